"""Nothing of what is not published is in any file of the site: neither words, nor names, nor ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archives import SETTINGS, Archive

if TYPE_CHECKING:
    from pathlib import Path

SHOWN, HIDDEN = "2018-01-18-aaaaaa", "2018-01-19-bbbbbb"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Make an archive whose published files refer in every way to a place and a report that are not published."""
    made = Archive(tmp_path)
    made.write("readingroom.toml", SETTINGS)
    made.report(
        SHOWN,
        "Fighters left Sinjar for the Whitewell crossing. They came back from Sinjar, says Emir Omar Almani.",
        "Sinjar and Hajin were shelled. Sinjar was quiet.",
    )
    made.report(HIDDEN, "Fighters of the Purple Crescent Brigade entered the town of Zarqawiya.", publish="false")
    made.entity("places/whitewell", "Whitewell", publish="false", at=point(35.0, 40.0))
    made.entity("places/sinjar-one", "Sinjar", within="whitewell", at=point(35.01, 40.01))
    made.entity("places/sinjar-two", "Sinjar", within="hajin", at=point(30.0, 45.0))
    made.entity("places/sinjar-three", "Sinjar", publish="false", within="hajin", at=point(20.0, 45.0))
    made.entity("places/hajin", "Hajin", **{"not": "[places/whitewell]"}, at=point(34.7, 40.8))
    made.entity("commanders/almani", "Omar Almani", role=f"emir ({HIDDEN}#p1)")
    return made


def point(lat: float, lon: float) -> str:
    return f"{{lat: {lat}, lon: {lon}, precision: village, source: a map}}"


def holders(archive: Archive, word: str) -> list[str]:
    return [url for url, content in archive.tree().items() if word.casefold().encode() in content.lower()]


@pytest.mark.parametrize(
    "word", ["places/whitewell", '"whitewell"', "sinjar-three", HIDDEN, "purple", "crescent", "zarqawiya"]
)
def test_no_file_of_the_site_holds_an_id_or_word_of_what_is_not_published(archive: Archive, word: str) -> None:
    archive.build("none")
    assert holders(archive, word) == []


@pytest.mark.parametrize("kind", ["withdrawal", "correction"])
def test_a_change_of_what_is_not_published_tells_its_kind_alone(archive: Archive, kind: str) -> None:
    archive.write("readingroom.toml", f'{SETTINGS}[kinds]\nplace = "places"\ncommander = "commanders"\n'
                  'operation = "operations"\nfaction = "factions"\n')  # fmt: skip
    archive.entity("commanders/zebedee-quill", "Zebedee Quill", publish="false")
    archive.entity("operations/yellow-moon", "Yellow Moon", publish="false")
    targets = ["commanders/zebedee-quill", "operations/yellow-moon"] + [HIDDEN] * (kind == "correction")
    rows = [f"- {{date: 2026-11-22, kind: {kind}, of: {target}, note: A word.}}\n" for target in targets]
    archive.write("content/changes.yaml", "".join(rows))
    archive.build("none")
    assert [holders(archive, word) for word in ("zebedee", "quill", "yellow", HIDDEN)] == [[], [], [], []]
    for page in ("index.html", "changes.html"):
        text = archive.tree()[page].decode()
        assert "a commander’s entry" in text
        assert "an operation’s entry" in text
        assert ("a report<" in text) == (kind == "correction")


def test_a_reason_names_no_place_that_is_not_published(archive: Archive) -> None:
    archive.build("none")
    rows = archive.tree()["data/mentions.csv"].decode()
    assert "within a larger place, named beside it" in rows
    assert "Whitewell" not in rows
    archive.change("content/places/whitewell.md", "publish: false", "publish: true")
    archive.build("none")
    assert "within Whitewell, named beside it" in archive.tree()["data/mentions.csv"].decode()


def test_what_is_published_is_in_the_data(archive: Archive) -> None:
    for path in ("content/places/whitewell.md", "content/places/sinjar-three.md", f"content/reports/{HIDDEN}.md"):
        archive.change(path, "publish: false", "publish: true")
    archive.build("none")
    entities = archive.tree()["data/entities.json"].decode()
    assert [word in entities for word in ("places/whitewell", '"whitewell"', f"emir ({HIDDEN}#p1)")] == [True] * 3
    assert holders(archive, "Zarqawiya")


def test_a_role_that_rests_on_nothing_readers_can_see_is_a_warning_with_its_line(archive: Archive) -> None:
    path = "content/commanders/almani.md"
    for cited, message in (
        (f"{HIDDEN}#p1", f"the role rests on {HIDDEN}, which is not published"),
        ("2018-01-18-aaaaab#p1", "the role rests on 2018-01-18-aaaaab, which is not here"),
        (f"{SHOWN}#p9", f"the role rests on {SHOWN}#p9, but there is no such passage"),
    ):
        archive.entity("commanders/almani", "Omar Almani", role=f"emir ({cited})")
        found = [problem for problem in archive.build("none").problems if problem.path == path]
        assert [(problem.line, problem.message, problem.severity) for problem in found] == [(3, message, "warning")]
    archive.entity("commanders/almani", "Omar Almani", role=f"emir ({SHOWN}#p1)")
    assert not [problem for problem in archive.build("none").problems if problem.path == path]
