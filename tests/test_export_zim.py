"""The ZIM: found whole by zimcheck, searched by kiwix-serve, and the same entries each time."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import time
from html import unescape
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from libzim.reader import Archive as Zim
from libzim.search import Query, Searcher
from libzim.suggestion import SuggestionSearcher

from archives import Archive, chance, small_archive
from kiwix import kiwix_serve, tool
from readingroom.export import extras
from readingroom.export.zim import Zimmed, _File, _told, export_zim
from readingroom.options import silent
from readingroom.problems import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADDRESS = "https://example.org/repo/"
TITLE = "تقارير: River & <Sons> of the upper valley"
PROGRAM = "from readingroom.cli import main; main()"
# Debian 12's zimcheck knows only files that list all entries by title twice; libzim writes one list since its 9.3.
OLD_LIST = "Full Title index table outside (or not fully inside) ZIM file."
CHECKS = "-0CMFPRUXL"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = small_archive(tmp_path_factory.mktemp("zim") / "archive", plain=False)
    archive.write("readingroom.toml", f'title = "{TITLE}"\nurl = "{ADDRESS}"\nmaintainer = "Sons & Co"\n')
    archive.write("seeds/a b.txt", "The River Guards hold Hajin.\n\nNothing moved in Sousa.\n")
    digest = hashlib.sha256((archive.root / "seeds/a b.txt").read_bytes()).hexdigest()
    archive.report(
        "2018-01-02-aaaaa1", "The River Guards hold Hajin.", "Nothing moved in Sousa.",
        original=f"{{path: a b.txt, sha256: {digest}}}", publisher="The River Monitor",
    )  # fmt: skip
    archive.report("2018-03-01-eeeee5", "قصف حرس النهر فجر اليوم.", title="قصف", language="ar")
    archive.write("content/judgements.yaml", "- {moved: [places/old-sousa, places/sousa]}\n")
    archive.build("now")
    return archive


@pytest.fixture(scope="module")
def made(archive: Archive) -> Zimmed:
    return export_zim(archive.root, None, silent)


@pytest.fixture(scope="module")
def zim(made: Zimmed) -> Zim:
    return Zim(made.file.path)


def paths(zim: Zim) -> list[str]:
    return [zim._get_entry_by_id(number).path for number in range(zim.entry_count)]  # noqa: SLF001 - it has no other


def content(zim: Zim, path: str) -> bytes:
    return bytes(zim.get_entry_by_path(path).get_item().content)


def zimcheck(*words: str) -> tuple[int, str]:
    run = subprocess.run([tool("zimcheck"), *words], capture_output=True, text=True, check=False)
    return run.returncode, run.stdout + run.stderr


# Whole


def test_zimcheck_finds_nothing(made: Zimmed) -> None:
    code, said = zimcheck(CHECKS, str(made.file.path))
    assert code == 0, said
    assert "[ERROR]" not in said
    assert "[WARNING]" not in said
    assert "Overall Test Status: Pass" in said


def test_zimcheck_finds_no_damage_but_for_the_list_that_it_is_too_old_to_know(made: Zimmed, zim: Zim) -> None:
    code, said = zimcheck("-I", str(made.file.path))
    known = {OLD_LIST, "[ERROR] ZIM file's low level structure is invalid", "[ERROR] Invalid low-level structure:"}
    complaints = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("[INFO]")]
    assert code == 0 or (OLD_LIST in complaints and set(complaints) <= known), said
    assert zim.has_checksum
    assert zim.check()


def test_zimcheck_would_find_damage(made: Zimmed, tmp_path: Path) -> None:
    broken = bytearray(made.file.path.read_bytes())
    broken[len(broken) // 2] ^= 1
    (tmp_path / "broken.zim").write_bytes(broken)
    code, said = zimcheck("-C", str(tmp_path / "broken.zim"))
    assert code != 0, said


def test_the_zim_holds_the_site_but_for_what_only_hosts_crawlers_and_disks_use(archive: Archive, zim: Zim) -> None:
    site = archive.tree()
    left_out = {name for name in site if name in {"404.html", "robots.txt", "sitemap.xml"} or "/offline/" in name}
    moved = {"places/old-sousa.html"}
    assert len(left_out) > 3
    assert set(paths(zim)) == set(site) - left_out
    differs = {name for name in set(site) - left_out - moved if content(zim, name) != site[name]}
    assert differs == {"search.html"}
    assert "The reader’s own search finds the words" in content(zim, "search.html").decode()


def test_an_address_that_moved_leads_on(zim: Zim, made: Zimmed) -> None:
    entry = zim.get_entry_by_path("places/old-sousa.html")
    assert entry.is_redirect
    assert entry.get_redirect_entry().path == "places/sousa.html"
    assert made.redirects == 1


def test_files_keep_their_media_types(zim: Zim) -> None:
    kinds = {path: zim.get_entry_by_path(path).get_item().mimetype for path in paths(zim)}
    assert kinds["reports/2018-01-02-aaaaa1.html"] == "text/html"
    assert kinds["static/site.css"] == "text/css"
    assert kinds["data/SHA256SUMS"] == "text/plain"
    unknown = {path.rpartition(".")[2] for path, kind in kinds.items() if kind == "application/octet-stream"}
    assert {one.partition("_")[0] for one in unknown} <= {"pf", "pagefind", "facets"}


def test_the_front_page_and_the_picture_are_there(zim: Zim) -> None:
    assert zim.main_entry.get_item().path == "index.html"
    assert zim.has_illustration(48)
    picture = bytes(zim.get_illustration_item(48).content)
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])) == (48, 48)


def test_the_metadata_is_complete_and_names_edition_and_living_archive(
    archive: Archive, made: Zimmed, zim: Zim
) -> None:
    said = {key: bytes(zim.get_metadata(key)).decode() for key in zim.metadata_keys if "Illustration" not in key}
    edition = archive.build("now").edition
    assert said.pop("Counter")
    assert said.pop("LongDescription") == (
        f"{TITLE}. An archive of 5 reports. Edition {edition}. Its newest report or change is of 1 March 2018. "
        f"The living archive is at {ADDRESS}."
    )
    assert said == {
        "Title": "تقارير: River & <Sons> of the…",
        "Description": "An archive of 5 reports",
        "Language": "eng,ara",
        "Creator": "The River Monitor",
        "Publisher": "Sons & Co",
        "Date": "2018-03-01",
        "Name": "tqryr-river-sons-of-the-upper-valley_en",
        "Flavour": f"edition-{edition.rpartition('-')[2]}",
        "Source": ADDRESS,
        "Scraper": "readingroom",
        "Tags": "_category:other;_ftindex:yes",
    }
    assert made.file.path.name == f"تقارير-river-sons-of-the-upper-valley-{edition}.zim"


# The same each time


def test_two_exports_hold_the_same_entries_titles_and_content(archive: Archive, zim: Zim, tmp_path: Path) -> None:
    copy = archive.copy_to(tmp_path / "copy #")
    copy.build("now", jobs=2)
    time.sleep(1.1)
    again = Zim(export_zim(copy.root, tmp_path / "again.zim", silent).file.path)
    assert entries(again) == entries(zim)
    assert metadata(again) == metadata(zim)


def entries(zim: Zim) -> Iterator[Any] | list[Any]:
    listed = [zim.get_entry_by_path(path) for path in sorted(paths(zim))]
    return [
        (one.path, one.title, one.get_redirect_entry().path if one.is_redirect else content(zim, one.path))
        for one in listed
    ]


def metadata(zim: Zim) -> dict[str, bytes]:
    return {key: bytes(zim.get_metadata(key)) for key in zim.metadata_keys}


# Found


def found(zim: Zim, words: str) -> list[str]:
    search = Searcher(zim).search(Query().set_query(words))
    return [str(path) for path in search.getResults(0, 20)]


def offered(zim: Zim, typed: str) -> set[str]:
    suggested = SuggestionSearcher(zim).suggest(typed)
    return {str(path) for path in suggested.getResults(0, 20)}


def test_full_text_search_finds_reports_by_their_words_and_names_by_their_spellings(zim: Zim) -> None:
    assert zim.has_fulltext_index
    assert found(zim, "shelling north") == ["reports/2018-02-03-ccccc3.html"]
    assert found(zim, "قصف") == ["reports/2018-03-01-eeeee5.html"]
    assert "places/hajin.html" in found(zim, "Hajeen")


def test_full_text_search_does_not_search_what_stands_around_the_text(zim: Zim) -> None:
    assert found(zim, "cleaning provenance") == []
    assert found(zim, "Commanders Factions") == []


def test_readers_are_offered_reports_names_and_lists_by_title(zim: Zim) -> None:
    assert "places/hajin.html" in offered(zim, "haj")
    assert {"reports/2018-01-02-aaaaa1.html", "reports/2018-02-20-ddddd4.html"} <= offered(zim, "report")
    assert "factions/index.html" in offered(zim, "fact")
    assert offered(zim, "site.css") == set()


def test_a_search_in_kiwix_serve_finds_a_word_and_its_result_opens(made: Zimmed) -> None:
    with kiwix_serve(made.file.path) as address:
        book = quote(made.file.path.stem)
        answer = get(f"{address}search?content={book}&pattern=shelling")
        results = re.search(r'<div class="results">.*?</ul>', answer, re.DOTALL)
        assert results, answer
        (link,) = re.findall(r'<a href="([^"]+)"', results[0])
        page = get(address + unescape(link).lstrip("/"))
        assert 'id="p1">Shelling hit ' in page
        assert "No results" in get(f"{address}search?content={book}&pattern=zebra") or "0 results" in answer


def get(address: str) -> str:
    with urlopen(address, timeout=10) as answer:  # noqa: S310 - our own server
        return str(answer.read().decode())


# On the command line


def run(archive: Archive, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, "-C", str(archive.root), "export", "zim", *words]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_the_command_says_what_it_wrote_and_nothing_of_what_libzim_says(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "a.zim"
    said = run(archive, "-o", str(out)).stdout
    assert re.fullmatch(r"edition 2018-03-01-[0-9a-f]{8}\n.*a\.zim  \(\d+ entries, \d+ kB\)\n", said)
    values = json.loads(run(archive, "-o", str(out), "--json").stdout)
    assert values["entries"] == len(paths(Zim(out)))
    assert values["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert [path.name for path in tmp_path.iterdir()] == ["a.zim"]


def test_without_its_libraries_the_command_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "libzim" else object())
    with pytest.raises(ProblemsError) as caught:
        extras.need("export zim", "libzim", "langcodes")
    assert str(caught.value) == (
        "export zim: needs libzim, which is not installed\n"
        "    type:  python -m pip install libzim langcodes  with the Python that runs readingroom"
    )


def test_the_command_itself_asks_for_its_libraries_first(archive: Archive) -> None:
    hidden = "import sys; sys.modules['libzim'] = None; sys.modules['langcodes'] = None; " + PROGRAM
    command = [sys.executable, "-c", hidden, "-C", str(archive.root), "export", "zim"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "needs libzim and langcodes, which are not installed" in done.stderr


def test_a_site_that_is_not_up_to_date_is_not_packed(archive: Archive, tmp_path: Path) -> None:
    copy = archive.copy_to(tmp_path / "copy")
    copy.build()
    copy.change("content/about.md", "What this is.", "What that is.")
    with pytest.raises(ProblemsError, match="the site is not up to date"):
        export_zim(copy.root, None, silent)


@pytest.mark.parametrize(
    ("free", "said"), [(10**9, "libzim stopped: OSError: the stick is gone"), (0, "No space left on")]
)
def test_what_stops_libzim_is_told_as_a_problem_and_nothing_is_left(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, said: str
) -> None:
    def gone(_: object) -> None:
        raise OSError("the stick is gone")

    monkeypatch.setattr(_File, "get_contentprovider", gone)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    with pytest.raises(ProblemsError, match=said):
        export_zim(archive.root, tmp_path / "a.zim", silent)
    assert [*tmp_path.iterdir()] == []


LONG = ("W" * 5_000, "Long " * 1_000, "ﷺ" * 400, "a\u0301" * 3_000, "\u200f\u200e " * 300 + "marks", "a\u3000" * 300)


def long_titles(root: Path, more: int = 0) -> Archive:
    """Make an archive whose titles are longer, or odder, than libzim takes, and so many files more to pack."""
    archive = small_archive(root, plain=False)
    for number, title in enumerate(LONG):
        archive.report(f"2019-01-0{number + 1}-00000{number}", "Long titles.", title=json.dumps(title))
    for number in range(more):
        archive.write(f"templates/static/{number}.css", chance(number).randbytes(500_000).hex())
    archive.build()
    return archive


def test_titles_of_any_length_are_packed_and_found_by_their_beginning(tmp_path: Path) -> None:
    zim = Zim(export_zim(long_titles(tmp_path / "long").root, None, silent).file.path)
    titles = {zim.get_entry_by_path(f"reports/2019-01-0{one}-00000{one - 1}.html").title for one in (1, 2)}
    assert titles == {"W" * 40 + "…", " ".join(["Long"] * 40) + "…"}
    assert found(zim, "marks") != []


def test_a_zim_that_libzim_gives_up_ends_the_program_and_leaves_nothing(tmp_path: Path) -> None:
    archive = long_titles(tmp_path / "long", 12)
    program = "import readingroom.export.zim_entries as e; e.findable = str; from readingroom.cli import main; main()"
    command = [sys.executable, "-c", program, "-C", str(archive.root), "export", "zim"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "libzim stopped: " in done.stderr
    assert [*(archive.root / "build/exports").iterdir()] == []


def test_ctrl_c_while_libzim_asks_for_something_is_ctrl_c(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), _told(tmp_path / "a.zim"):
        raise SystemError from KeyboardInterrupt()
    with pytest.raises(SystemError), _told(tmp_path / "a.zim"):
        raise SystemError


def test_a_site_without_search_is_packed_with_the_readers_own(archive: Archive, tmp_path: Path) -> None:
    copy = archive.copy_to(tmp_path / "copy")
    copy.build()
    zim = Zim(export_zim(copy.root, None, silent).file.path)
    assert not any(path.startswith("pagefind/") for path in paths(zim))
    assert found(zim, "shelling") == ["reports/2018-02-03-ccccc3.html"]


def test_nothing_unpublished_is_in_the_zim(archive: Archive, tmp_path: Path) -> None:
    copy = archive.copy_to(tmp_path / "copy")
    copy.entity("commanders/hidden", "Abu Secret al-Word", publish="false")
    copy.report("2018-01-06-fffff6", "WITHHELDWORD in Hajin.", title="WITHHELDTITLE", publish="false")
    copy.build()
    zim = Zim(export_zim(copy.root, None, silent).file.path)
    everything = b"\n".join(content(zim, path) for path in paths(zim)) + b"\n".join(metadata(zim).values())
    for word in ("WITHHELD", "Secret"):
        assert word.encode() not in everything
        assert found(zim, word) == []
        assert not any(word.lower() in path for path in paths(zim))
