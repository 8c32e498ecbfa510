"""Throw-away archives for tests: reports, entities and templates written to a folder, built, and built cold."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from readingroom.build import build
from readingroom.options import Options, Result, Search

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = 'title = "Test archive"\n'
SOURCES = ("readingroom.toml", "content", "seeds", "templates")

# Every template prints its whole view, so that any difference between two views is one between two pages.
PAGES = (
    "404", "changes", "data", "entity", "free", "home", "index", "month", "report", "reports", "search",
)  # fmt: skip
TEMPLATES = {
    "base.html": '<!doctype html>\n<html lang="en"><body>{% block main %}{% endblock %}</body></html>\n',
    "_shown.html": "<pre>{{ view }}</pre>",
    **{f"{page}.html": '{% extends "base.html" %}{% block main %}{% include "_shown.html" %}{% endblock %}'
       for page in PAGES},
    "report.html": '{% extends "base.html" %}{% block main %}<main data-pagefind-body>'
    '{% include "_shown.html" %}</main>{% endblock %}',
    "feed.xml": "{{ view }}",
    "sitemap.xml": "{{ view }}",
    "robots.txt": "{{ view }}",
    "static/own.css": "body {}\n",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive in a folder of its own."""

    root: Path

    @property
    def site(self) -> Path:
        return self.root / "build" / "site"

    @property
    def cache(self) -> Path:
        return self.root / "build" / "cache.sqlite"

    def write(self, path: str, text: str | bytes) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def change(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        assert old in text
        self.write(path, text.replace(old, new))

    def remove(self, path: str) -> None:
        (self.root / path).unlink()

    def report(self, name: str, *paragraphs: str, title: str = "", **keys: str) -> None:
        """Write a report; its date is the first ten characters of its name, unless that says undated."""
        dated = {} if name.startswith("undated") else {"published": name[:10], "date_basis": "given"}
        meta = {"title": title or f"Report {name[-1]}", **dated, **keys}
        head = "".join(f"{key}: {value}\n" for key, value in meta.items())
        self.write(f"content/reports/{name}.md", f"---\n{head}---\n" + "\n\n".join(paragraphs) + "\n")

    def entity(self, key: str, name: str, *variants: str, **keys: str) -> None:
        meta = {"name": name, **({"variants": f"[{', '.join(variants)}]"} if variants else {}), **keys}
        head = "".join(f"{name}: {value}\n" for name, value in meta.items())
        self.write(f"content/{key}.md", f"---\n{head}---\n")

    def build(self, search: Search = "none", **options: bool | int | str) -> Result:
        return build(self.root, Options(search=search, **options))  # type: ignore[arg-type]

    def tree(self) -> dict[str, bytes]:
        return tree(self.site)

    def copy_to(self, root: Path) -> Archive:
        """Copy the sources, and nothing a build made, to a new folder."""
        root.mkdir(parents=True)
        for name in SOURCES:
            source = self.root / name
            if source.is_dir():
                shutil.copytree(source, root / name)
            elif source.is_file():
                shutil.copyfile(source, root / name)
        return Archive(root)

    def cold(self, root: Path, search: Search = "none", **options: bool | int | str) -> dict[str, bytes]:
        """Build a copy of the sources that has no past; return its tree."""
        copy = self.copy_to(root)
        copy.build(search, **options)
        found = copy.tree()
        shutil.rmtree(root)
        return found


def chance(seed: float | str) -> random.Random:
    """Give chances that are the same on every run."""
    return random.Random(seed)  # noqa: S311 - repeatable is what tests want


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its path; a link counts as what it says, an empty folder as itself."""
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = b"-> " + str(path.readlink()).encode()
        elif path.is_file():
            found[name] = path.read_bytes()
        elif not any(path.iterdir()):
            found[f"{name}/"] = b""
    return found


def tree_hash(files: dict[str, bytes]) -> str:
    digest = sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def new_archive(root: Path, *, plain: bool = True) -> Archive:
    """Make an archive without content; `plain` gives it templates that print their whole view."""
    archive = Archive(root)
    archive.write("readingroom.toml", SETTINGS)
    for name, text in TEMPLATES.items() if plain else ():
        archive.write(f"templates/{name}", text)
    return archive


def small_archive(root: Path, *, plain: bool = True) -> Archive:
    """Make an archive of four reports and six entities that name each other in various ways."""
    archive = new_archive(root, plain=plain)
    archive.write("content/about.md", "---\ntitle: About\n---\nWhat this is.\n")
    archive.entity("places/deir", "Deir Valley")
    archive.entity("places/hajin", "Hajin", "Hajeen Town", within="deir")
    archive.entity("places/sousa", "Sousa", within="deir")
    archive.entity("places/idlib", "Idlib")
    archive.entity("factions/guards", "River Guards", "RG")
    archive.entity("commanders/abu-talha", "Abu Talha al-Almani", role="a commander (2018-01-09-bbbbb2#p1)")
    archive.report("2018-01-02-aaaaa1", "The River Guards hold Hajin.", "Nothing moved in Sousa.")
    archive.report("2018-01-09-bbbbb2", "Abu Talha al-Almani left Hajin.", "He went far away.")
    archive.report("2018-02-03-ccccc3", "Shelling hit Idlib and the north.")
    archive.report("2018-02-20-ddddd4", "The River Guards came to Sousa.")
    return archive
