"""What only shows when the files of content/ are seen together: each fault once, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archives import SETTINGS, Archive
from readingroom.problems import ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

REPORT = "2018-01-18-aaaaaa"
CHANGE = "- {{date: 2026-01-01, kind: correction, of: {}, note: x}}\n"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path)
    made.write("readingroom.toml", SETTINGS)
    made.report(REPORT, "Shelling near Hajin. Hajin was quiet.")
    made.entity("places/hajin", "Hajin")
    return made


def problems(archive: Archive) -> list[str]:
    try:
        return [str(problem).partition("\n")[0] for problem in archive.build().problems]
    except ProblemsError as error:
        return [str(problem).partition("\n")[0] for problem in error.problems]


def test_a_reference_to_a_file_that_is_left_out_for_its_own_fault_is_no_second_fault(archive: Archive) -> None:
    archive.write("content/changes.yaml", CHANGE.format(REPORT) + CHANGE.format("places/deir"))
    archive.change(f"content/reports/{REPORT}.md", "published: 2018-01-18", "published: soon")
    archive.entity("places/deir", "Deir", reviewed="soon")
    archive.entity("places/hajin", "Hajin", within="deir", **{"not": "[places/deir]"}, role=f"x ({REPORT}#p1)")
    assert problems(archive) == [
        'content/places/deir.md:3: "soon" is no date',
        f'content/reports/{REPORT}.md:3: "soon" is no date',
    ]


def test_references_of_a_faulty_file_are_checked_with_its_own_faults(archive: Archive) -> None:
    text = "---\nname: Hajin\nnative: x\nwithin: nowhere\nat: {lat: x}\nnot: [places/none]\nids: x\n---\n"
    archive.write("content/places/hajin.md", text)
    assert problems(archive) == [
        "content/places/hajin.md:3: native must be a table of texts",
        'content/places/hajin.md:4: within "nowhere": no such place',
        "content/places/hajin.md:5: at needs lat and lon as numbers",
        'content/places/hajin.md:6: not "places/none": no such entity',
        "content/places/hajin.md:7: ids must be a table of texts",
    ]


def test_every_fault_seen_between_files_names_the_line_of_its_key(archive: Archive) -> None:
    archive.write("content/changes.yaml", CHANGE.format(REPORT) + "\n" + CHANGE.format("places/gone"))
    archive.write("content/places/a.md", "---\nvariants: [x]\nname: A\nwithin: a\n---\n")
    archive.write("content/places/hajin-2.md", "---\nreviewed: 2026-01-01\nname: Hajin\n---\n")
    original = f"{{path: a.txt, sha256: {'a' * 64}}}"
    archive.report("2018-01-18-bbbbbb", "Text.", original=original, publish="false")
    archive.report("2018-01-18-cccccc", "Text.", original=original, publish="false")
    assert problems(archive) == [
        'content/changes.yaml:3: a change of "places/gone", which is not here',
        "content/places/a.md:4: lies within itself",
        'content/places/hajin.md:2: "Hajin" also names places/hajin-2',
        'content/places/hajin.md:2: warning: "Hajin" may be places/hajin or places/hajin-2: 2 mentions are not linked',
        "content/reports/2018-01-18-cccccc.md:5: duplicate: also made from seeds/a.txt",
    ]


def test_lines_are_known_of_reports_that_an_earlier_build_read(archive: Archive) -> None:
    archive.report("2018-01-18-bbbbbb", "Text.", original=f"{{path: a.txt, sha256: {'a' * 64}}}")
    for _ in range(2):
        assert "content/reports/2018-01-18-bbbbbb.md:5: its original seeds/a.txt is not there" in problems(archive)


def test_a_page_or_a_report_is_no_entity_to_be_told_apart_from(archive: Archive) -> None:
    archive.write("content/about.md", "---\ntitle: About\n---\nText.\n")
    archive.entity("places/hajin", "Hajin", **{"not": "[about]"})
    assert problems(archive) == ['content/places/hajin.md:3: not "about": no such entity']


def test_spellings_that_nothing_decides_are_a_warning_each_with_how_many_mentions_it_costs(archive: Archive) -> None:
    archive.entity("places/deir", "Deir")
    archive.write("content/places/hajin-2.md", "---\nname: Hajin\nwithin: deir\n---\n")
    archive.entity("places/tiba", "Tiba", "Tayba")
    archive.entity("factions/tayba", "Tayba")
    archive.report("2018-01-19-bbbbbb", "It rained on Tayba.")
    archive.report("2018-01-19-cccccc", "It rained on Tayba.", publish="false")
    found = sorted(archive.build().problems)
    assert [(problem.path, problem.line, problem.message, problem.severity) for problem in found] == [
        (
            "content/factions/tayba.md",
            2,
            '"Tayba" may be factions/tayba or places/tiba: 1 mention is not linked',
            "warning",
        ),
        (
            "content/places/hajin.md",
            2,
            '"Hajin" may be places/hajin or places/hajin-2: 2 mentions are not linked',
            "warning",
        ),
    ]
    assert ["within:" in problem.hint for problem in found] == [False, True]
    assert sorted(archive.build().problems) == found


def test_a_spelling_that_the_context_decides_is_no_warning(archive: Archive) -> None:
    archive.entity("places/deir", "Deir")
    archive.write("content/places/hajin-2.md", "---\nname: Hajin\nwithin: deir\n---\n")
    archive.report(REPORT, "Shelling near Hajin in Deir.")
    assert problems(archive) == []
