"""The finished site in one zip: the same site gives the same bytes, wherever and whenever it is packed."""

from __future__ import annotations

import hashlib
import zipfile
from typing import TYPE_CHECKING, NamedTuple

from readingroom.export.finished import finished
from readingroom.export.places import called, fresh, measured, place, write_sum
from readingroom.export.readme import readme
from readingroom.options import counting
from readingroom.problems import Problem, ProblemsError
from readingroom.publish import room_to_write, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from readingroom.export.places import Exported
    from readingroom.options import Progress

README, SUMS = "00-README.html", "SHA256SUMS"
WHEN = (1980, 1, 1, 0, 0, 0)
MODE = 0o100644 << 16
UNIX = 3
CHUNK = 1 << 20
PACKED_ALREADY = (".pf_fragment", ".pf_index", ".pf_meta", ".pf_filter", ".pagefind")


class Zipped(NamedTuple):
    """What was packed: the zip, the checksum beside it, how many files are in it, whether it can be searched."""

    file: Exported
    sums: Path
    files: int
    searches: bool


class Contents(NamedTuple):
    """What goes into a zip, in order: names below the top folder, the site's folder, and files made for the zip."""

    names: list[str]
    site: Path
    made: dict[str, bytes]

    def chunks(self, name: str) -> Iterator[bytes]:
        """Read a file piece by piece."""
        if name in self.made:
            yield self.made[name]
            return
        with open(f"{self.site}/{name}", "rb") as file:  # noqa: PTH123 - half the price of Path.open at 100,000 files
            while chunk := file.read(CHUNK):
                yield chunk


def export_zip(root: Path, asked: Path | None, say: Progress) -> Zipped:
    """Pack the site in build/site, with a page for whoever receives it and the checksum of every file.

    Raises:
        ProblemsError: there is no site, it is not up to date, or the zip cannot be written.
    """
    with finished(root) as site:
        edition = site.result.edition
        name = called(site.config.title, edition)
        target = place(root, asked, f"{name}.zip")
        sizes = {url: file.size for url, file in written(site.path).items()}
        if README.lower() in sizes:
            message, hint = f"has the name of the page that goes into every zip, {README}", "give the page another name"
            raise ProblemsError([Problem(f"content/{README.lower().removesuffix('html')}md", 0, message, hint)])
        contents = Contents(sorted([*sizes, README, SUMS]), site.path, {README: readme(root, site)})
        contents.made[SUMS] = _sums(contents, say)
        with room_to_write(target.parent), fresh(target) as passing:
            pack(passing, name, contents, sizes, say)
        with room_to_write(target.parent):
            file = measured(target, edition)
            return Zipped(file, write_sum(file), len(contents.names), site.searches)


def _sums(contents: Contents, say: Progress) -> bytes:
    """List the SHA-256 of every file that goes into the zip, but for the list itself."""
    names = [name for name in contents.names if name != SUMS]
    done = counting(say, "taking checksums", len(names))
    lines = []
    for name in names:
        digest = hashlib.sha256()
        for chunk in contents.chunks(name):
            digest.update(chunk)
        lines.append(f"{digest.hexdigest()}  {name}\n")
        done(1)
    return "".join(lines).encode()


def pack(target: Path, folder: str, contents: Contents, sizes: dict[str, int], say: Progress) -> None:
    """Write the zip; each entry depends on nothing but its name and its bytes."""
    done = counting(say, "packing", len(contents.names))
    with zipfile.ZipFile(target, "w") as archive:
        for name in contents.names:
            entry = zipfile.ZipInfo(f"{folder}/{name}", WHEN)
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(PACKED_ALREADY) else zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = UNIX, MODE
            entry.file_size = sizes.get(name, 0)
            with archive.open(entry, "w") as packed:
                for chunk in contents.chunks(name):
                    packed.write(chunk)
            done(1)
