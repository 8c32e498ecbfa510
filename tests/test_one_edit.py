"""After each kind of edit the tree is that of a build without a past, and few pages were looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from archives import Archive, new_archive
from readingroom import segments
from readingroom.site import _looked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from readingroom.output import Output
    from readingroom.site import Press


@pytest.fixture(autouse=True, scope="module")
def _small_segments() -> Iterator[None]:
    """Cut the few reports into several segments."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "SPAN", 2)
        yield


@pytest.mark.parametrize(
    ("old", "new", "differ"),
    [
        ("at last. Sousa", "at last, Sousa", ["places/a", "places/b"]),  # now one sentence names both
        ("Hajin, far", "Hajin; far", ["places/a"]),
        ("a paragraph", "another paragraph", []),
        ("title: Report 1", "title: Report 2", ["places/a", "places/b", "places/c"]),
    ],
)
def test_after_an_edit_pages_of_names_differ_that_show_it_and_they_alone_are_looked_at(
    tmp_path: Path, old: str, new: str, differ: list[str]
) -> None:
    archive = new_archive(tmp_path / "archive")
    for entity, called in (("places/a", "Hajin"), ("places/b", "Sousa"), ("places/c", "Idlib")):
        archive.entity(entity, called)
    on = "and on " * 40
    archive.report(
        "2018-01-01-000001",
        f"Hajin, far away, went on {on}at last. Sousa went on {on}and fell.",
        "This is a paragraph.",
        "Idlib.",
    )
    archive.build()
    before, looked_at = archive.tree(), []

    def looked(output: Output, press: Press) -> Any:
        looked_at.append(output.url)
        return _looked(output, press)

    archive.change("content/reports/2018-01-01-000001.md", old, new)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("readingroom.site._looked", looked)
        archive.build()
    after = archive.tree()
    assert after == archive.cold(tmp_path / "cold")
    pages = ["places/a.html", "places/b.html", "places/c.html"]
    assert [url for url in pages if after[url] != before[url]] == [f"{entity}.html" for entity in differ]
    assert [url for url in pages if url in looked_at] == [f"{entity}.html" for entity in differ]


ONE_EDIT: dict[str, tuple[str, str, str]] = {
    "a name beside another is changed": ("content/places/b.md", "Sousa\nvariants: [", "Al-Sousah\nvariants: [Sousa, "),
    "a name beside another is not published": ("content/places/b.md", "name: Sousa", "name: Sousa\npublish: false"),
    "a name that is referred back to is changed": (
        "content/factions/e.md",
        "River Guards\nvariants: [",
        "Guards\nvariants: [River Guards, ",
    ),
    "a name is of a lower rank": ("content/places/c.md", "name: Idlib", "name: Idlib\nwithin: b"),
    "it is spelt otherwise": ("content/reports/2018-01-03-000003.md", "Sousa fell", "Souse fell"),
    "another is named in its stead": ("content/reports/2018-01-03-000003.md", "Sousa fell", "Idlib fell"),
    "who stands in a sentence": ("content/reports/2018-01-03-000003.md", "today. Hajin", "today, Hajin"),
    "a word stands before a name": ("content/reports/2018-01-03-000003.md", "Sousa fell", "Then Sousa fell"),
    "a headline": ("content/reports/2018-01-03-000003.md", "title: Report 3", "title: Another"),
    "a date": ("content/reports/2018-01-03-000003.md", "published: 2018-01-03", "published: 2018-01-09"),
    "a date is about right": (
        "content/reports/2018-01-03-000003.md",
        "published: 2018-01-03",
        "published: 2018-01-03~",
    ),
    "a year": ("content/reports/2018-01-03-000003.md", "published: 2018-01-03", "published: 2016-01-03"),
    "a publisher": ("content/reports/2018-01-03-000003.md", "title: Report 3", "title: Report 3\npublisher: SOHR"),
    "the publisher of the last": ("content/reports/2018-01-07-000007.md", "title", "publisher: SOHR\ntitle"),
    "a language": ("content/reports/2018-01-03-000003.md", "title: Report 3", "title: Report 3\nlanguage: ar"),
    "a report is not published": ("content/reports/2018-01-03-000003.md", "title: R", "publish: false\ntitle: R"),
    "a report that a role rests on is not published": (
        "content/reports/2018-01-07-000007.md",
        "title",
        "publish: false\ntitle",
    ),
    "suggestions are not published": ("readingroom.toml", "title", "publish_suggestions = false\ntitle"),
    "references back are linked": ("readingroom.toml", "title", "link_references = true\ntitle"),
}


def seven_reports(root: Path) -> Archive:
    """Make an archive of seven reports, the first withdrawn, the last without a name, and of a few names."""
    archive = new_archive(root)
    more = {
        "places/a": ("Hajin",),
        "places/b": ("Sousa", "variants: [Souse]"),
        "places/c": ("Idlib",),
        "factions/e": ("River Guards", "variants: [Guards of it]", "refers: [the guards]"),
        "commanders/f": ("Abu Omar", 'role: "A leader (2018-01-07-000007#title)"'),
    }
    for entity, (called, *keys) in more.items():
        archive.write(f"content/{entity}.md", "\n".join(["---", f"name: {called}", *keys, "---", ""]))
    for day in range(1, 7):
        archive.report(
            f"{2017 + day % 2}-01-{day:02d}-{day:06d}",
            "River Guards came to Hajin today. Hajin and Idlib are near. The guards left.",
            *(["Sousa fell today. Hajin did not.", "They are in the village of Tal Kafr."] if day > 2 else []),
        )
    archive.report("2018-01-07-000007", "Nothing moved.")
    archive.change("content/reports/2018-01-01-000001.md", "title", "publish: false\ntitle")
    withdrawal = "{date: 2019-01-01, kind: withdrawal, of: 2018-01-01-000001, note: Untrue.}"
    archive.write("content/changes.yaml", f"- {withdrawal}\n")
    return archive


@pytest.mark.parametrize("edit", ONE_EDIT)
@pytest.mark.parametrize("cut", [300, 1])
def test_after_one_edit_and_after_it_is_taken_back_the_warm_tree_is_the_cold_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edit: str, cut: int
) -> None:
    monkeypatch.setattr("readingroom.pages.entity.CUT_BY_YEAR", cut)
    archive = seven_reports(tmp_path / "archive")
    archive.build()
    path, old, new = ONE_EDIT[edit]
    archive.change(path, old, new)
    archive.build()
    assert archive.tree() == archive.cold(tmp_path / "cold")
    archive.change(path, new, old)
    archive.build()
    assert archive.tree() == archive.cold(tmp_path / "cold")


def test_after_two_reports_changed_places_the_warm_tree_is_the_cold_tree(tmp_path: Path) -> None:
    archive = seven_reports(tmp_path / "archive")
    archive.build()
    one, other = (f"content/reports/{report}.md" for report in ("2018-01-03-000003", "2018-01-05-000005"))
    first, second = archive.read(one), archive.read(other)
    archive.write(one, second)
    archive.write(other, first)
    archive.build()
    assert archive.tree() == archive.cold(tmp_path / "cold")


def test_after_two_spellings_changed_places_the_warm_tree_is_the_cold_tree(tmp_path: Path) -> None:
    archive = seven_reports(tmp_path / "archive")
    one, other = (f"content/reports/{report}.md" for report in ("2018-01-03-000003", "2018-01-05-000005"))
    archive.change(one, "Sousa fell", "Soussa fell")
    archive.build()
    archive.change(one, "Soussa fell", "Sousah fell")
    archive.change(other, "Sousa fell", "Soussa fell")
    archive.build()
    assert archive.tree() == archive.cold(tmp_path / "cold")


def test_a_line_end_in_a_headline_is_no_line_end_among_headlines(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    first, _, third, last = (f"2018-01-{day:02d}-{day:06d}" for day in range(1, 5))
    archive.report(first, "x", title=f'"x\\n{third} y"')
    archive.report("2018-01-02-000002", "middle")
    archive.report(last, "x", title="z")
    archive.build()
    archive.report(first, "x", title="x")
    archive.remove(f"content/reports/{last}.md")
    archive.report(third, "x", title=f'"y\\n{last} z"')
    archive.build()
    assert archive.tree() == archive.cold(tmp_path / "cold")


def test_after_a_withdrawn_report_is_deleted_the_warm_tree_is_the_cold_tree(tmp_path: Path) -> None:
    archive = seven_reports(tmp_path / "archive")
    archive.build()
    archive.remove("content/reports/2018-01-01-000001.md")
    archive.build(keep_going=True)
    assert archive.tree() == archive.cold(tmp_path / "cold", keep_going=True)
