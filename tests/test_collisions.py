"""Every output has an address of its own, or the build says which two do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archives import Archive, new_archive, small_archive
from readingroom.collisions import collisions
from readingroom.output import Copy, Text
from readingroom.pages.originals import original_url
from readingroom.problems import ProblemsError
from seeding import REPORT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return new_archive(tmp_path / "archive", plain=False)


def copy(url: str, path: str) -> Copy:
    return Copy(url, f"/archive/{path}", "", 0, path)


def said(archive: Archive) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        archive.build()
    return [f"{problem.path}: {problem.message}" for problem in caught.value.problems]


@pytest.mark.parametrize(
    "names",
    [
        ("a.html", "a.html.txt"),
        ("a", "a.txt"),
        ("Report.txt", "report.txt"),
        ("x/a b.txt", "x a b.txt", "x-a-b.txt"),
        ("con.txt", "con-1.txt", "CON.txt"),
        ("a.html", "a.htm", "a.md", "a.html.md"),
    ],
)
def test_no_two_seeds_share_an_address(archive: Archive, names: tuple[str, ...]) -> None:
    for number, name in enumerate(names):
        archive.write(f"seeds/{name}", REPORT.format(place=f"Hajin{number}"))
    archive.build(keep_going=True)  # a plain text is no web page
    taken = {path.relative_to(archive.site).as_posix(): path.read_bytes() for path in archive.site.rglob("*.*")
             if "originals/" in path.as_posix()}  # fmt: skip
    for name in names:
        if not name.endswith((".html", ".htm")):
            assert taken[original_url(name)] == (archive.root / "seeds" / name).read_bytes()
    assert len({original_url(name).casefold() for name in names}) == len(names)


def test_a_seed_that_bears_the_address_of_another_stops_the_build_and_both_are_named(archive: Archive) -> None:
    other = original_url("Report.txt").removeprefix("originals/")
    archive.write("seeds/Report.txt", REPORT.format(place="Hajin"))
    archive.write(f"seeds/{other}", REPORT.format(place="Sousa"))
    (problem,) = said(archive)
    assert f"seeds/{other}" in problem
    assert "seeds/Report.txt" in problem
    assert not archive.site.exists()


def test_a_file_that_would_stand_where_a_folder_must_is_a_problem() -> None:
    problems = collisions([copy("originals/a.txt/b.txt", "seeds/a.txt/b.txt"), copy("originals/a.txt", "seeds/A.txt")])
    assert [(problem.path, problem.message) for problem in problems] == [
        ("seeds/A.txt", "would be published at originals/a.txt, which is a folder of seeds/a.txt/b.txt")
    ]


def test_outputs_that_are_no_files_of_the_archive_are_named_by_their_address() -> None:
    made = Text("data/x.csv", "", str)
    (problem,) = collisions([made, copy("data/x.csv", "seeds/x.csv"), Text("data/y.csv", "", str)])
    assert problem.message == "would be published at data/x.csv, and so would data/x.csv"


@pytest.mark.parametrize("name", ["content/places/index.md", "content/reports/index.md"])
def test_a_file_may_not_take_the_address_of_its_folders_list(archive: Archive, name: str) -> None:
    archive.write(name, "---\ntitle: Index\nname: Index\n---\nText.\n")
    assert f'{name}: the name "index" is taken' in said(archive)


def test_a_moved_address_that_belongs_to_a_list_names_the_judgement(tmp_path: Path) -> None:
    archive = small_archive(tmp_path / "archive", plain=False)
    archive.write("content/judgements.yaml", "- {moved: [places/index, places/hajin]}\n")
    (problem,) = said(archive)
    assert "content/judgements.yaml" in problem
    assert "places/index.html" in problem


def test_pages_of_shared_spellings_give_way_to_moved_addresses_and_to_each_other(tmp_path: Path) -> None:
    archive = small_archive(tmp_path / "archive", plain=False)
    archive.entity("places/tiba-homs", "Tiba of Homs", "Al-Tiba", "Al Tiba", within="idlib")
    archive.entity("places/tiba-deir", "Tiba of Deir", "Al-Tiba", "Al Tiba", within="deir")
    archive.write("content/judgements.yaml", "- {moved: [places/al-tiba, places/tiba-homs]}\n")
    archive.build()
    names = {path.name: path.read_text() for path in (archive.site / "places").glob("al-tiba*.html")}
    assert "Tiba of Homs" in names["al-tiba.html"]
    assert "Tiba of Deir" not in names["al-tiba.html"]
    assert sorted(names) == ["al-tiba-which-2.html", "al-tiba-which.html", "al-tiba.html"]
