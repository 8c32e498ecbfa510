"""What a seed is made into, and what of it can be held against the seed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from readingroom.cli import cli
from readingroom.drafting import changed_words, draft, report_id
from readingroom.ledger import Facts
from readingroom.model import Change, CleaningStep, Original
from readingroom.provenance import check_seeds
from readingroom.read import read_report
from seeding import REPORT, ingest, only_report, said, seed

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("legacy.txt", "Clashes in Sha’fah\n\nIt fell – at last.".encode("cp1252"), ["decode cp1252"]),
        ("bom.txt", b"\xef\xbb\xbfClashes\r\n\r\nIt fell.", ["byte order mark", "line ends"]),
        ("line.txt", b"word " * 20_000, ["white space", "headline made of first words"]),
        ("bidi.txt", "Report \u202eabc\u202c 123\n\nIt fell.", ["direction marks"]),
    ],
)
def test_what_was_done_to_a_seed_stands_in_its_report(
    tmp_path: Path, name: str, content: str | bytes, expected: list[str]
) -> None:
    seed(tmp_path, {name: content})
    report = only_report(ingest(tmp_path))
    assert [step.step for step in report.cleaning] == expected
    assert changed_words(report, (tmp_path / "seeds" / name).read_bytes()) == ("", "")
    assert report.title.isprintable()


def test_an_endless_paragraph_is_kept_with_a_warning(tmp_path: Path) -> None:
    seed(tmp_path, {"line.txt": "word " * 999_999})
    plan = ingest(tmp_path)
    assert said(plan) == ["seeds/line.txt: warning: paragraph p1 has 4,999,994 characters"]
    assert len(only_report(plan).paragraphs[0].text) == 4_999_994


def test_names_in_arabic_letters_are_kept_and_an_arabic_report_says_its_language(tmp_path: Path) -> None:
    seed(tmp_path, {"حجين.txt": "مقتل ثلاثة مدنيين في حجين\n\nقتل ثلاثة مدنيين في قصف على بلدة حجين مساء الجمعة."})
    report = only_report(ingest(tmp_path))
    assert (report.title, report.language) == ("مقتل ثلاثة مدنيين في حجين", "ar")
    assert report.id.isascii()
    assert report.original == Original(
        "حجين.txt", hashlib.sha256((tmp_path / "seeds/حجين.txt").read_bytes()).hexdigest()
    )


def test_a_markdown_seed_keeps_its_markup(tmp_path: Path) -> None:
    text = "---\ntitle: Hajin falls\npublished: 2018-12-14\n---\n## Losses\n\n- *two* dead\n- [one](https://a.org)\n"
    seed(tmp_path, {"a.md": text})
    report = only_report(ingest(tmp_path))
    assert (report.title, report.published, report.date_basis) == ("Hajin falls", "2018-12-14", "given")
    assert [(passage.block, passage.text) for passage in report.paragraphs] == [
        ("h2", "Losses"),
        ("li", "two dead"),
        ("li", "one"),
    ]
    assert changed_words(report, text.encode()) == ("", "")
    assert changed_words(report, text.replace("two", "ten").encode())[1].startswith("word 4: “ten dead one”")


def test_plain_text_that_looks_like_markup_is_shown_as_it_was(tmp_path: Path) -> None:
    lines = ["1. The SDF", "# advanced", "> in *Hajin* & [Sha’fah](x)", "{#p1}", "<b>on</b> Friday_", "===", "+ 3 dead"]
    seed(tmp_path, {"a.txt": "A headline\n\n" + "\n\n".join(lines)})
    report = only_report(ingest(tmp_path))
    assert [passage.text for passage in report.paragraphs] == [line for line in lines if line != "==="]
    assert {passage.block for passage in report.paragraphs} == {"p"}


def test_the_archives_own_language_is_not_that_of_its_reports(tmp_path: Path) -> None:
    (tmp_path / "readingroom.toml").write_text('title = "x"\nlanguage = "ar"\n', encoding="utf-8")
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin")})
    answer = CliRunner().invoke(cli, ["-C", str(tmp_path), "ingest"])
    assert answer.exit_code == 0, answer.output
    (path,) = (tmp_path / "content/reports").iterdir()
    assert "\nlanguage: en\n" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("a.md", "---\nlang: ku\n---\n# Hajin\n\nSDF li Hajin.\n", "ku"),
        ("a.txt", "Боевые действия\n\nВ Идлибе погибли мирные жители, сообщили источники.", "ru"),
        ("a.html", '<html lang="en-US"><body><article><p>' + "قتل ثلاثة مدنيين في قصف على بلدة حجين. " * 9, "ar"),
        ("b.html", '<html lang="en-GB"><body><article><p>' + "The SDF took the town of Hajin. " * 9, "en-GB"),
    ],
)
def test_a_report_is_in_the_language_its_file_or_its_text_shows(
    tmp_path: Path, name: str, text: str, language: str
) -> None:
    seed(tmp_path, {name: text})
    assert only_report(ingest(tmp_path)).language == language


def test_an_edited_word_is_found_against_the_seed() -> None:
    data = REPORT.format(place="Hajin").encode()
    file, _ = draft("a.txt", data, Facts())
    assert file is not None
    report, _ = read_report(file.text.replace("took Hajin", "took Sinjar"), file.path)
    assert report is not None
    assert changed_words(report, data)[0] == "p1"
    assert changed_words(report, data)[1].startswith("word 9: “Hajin today the 14th")


def test_an_edited_word_is_a_warning_that_names_the_report_and_the_word(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin")})
    report = only_report(ingest(tmp_path))
    assert list(check_seeds(tmp_path, [report], [])) == []
    path = tmp_path / report.path
    path.write_text(path.read_text("utf-8").replace("took Hajin", "took Sinjar"), encoding="utf-8", newline="\n")
    edited, _ = read_report(path.read_text("utf-8"), report.path)
    assert edited is not None
    [problem] = check_seeds(tmp_path, [edited], [])
    assert problem.severity == "warning"
    assert problem.line == 13
    assert problem.message.startswith("differs from its seed: word 9: “Hajin today")
    assert "content/changes.yaml" in problem.hint
    told = [Change("2026-11-22", kind, report.id, "A name was corrected.") for kind in ("addition", "correction")]
    assert list(check_seeds(tmp_path, [edited], told[:1])) == [problem]
    assert list(check_seeds(tmp_path, [edited], told)) == []
    listed = CleaningStep("correction", 1, (("Hajin", "Sinjar"),))
    assert list(check_seeds(tmp_path, [replace(edited, cleaning=(*edited.cleaning, listed))], [])) == []
    assert list(check_seeds(tmp_path, [replace(edited, original=None)], [])) == []


@pytest.mark.parametrize(
    ("name", "text", "old", "new", "where"),
    [
        ("a.txt", REPORT.format(place="Hajin"), "title: SDF take Hajin", "title: SDF takes Hajin", "title"),
        ("a.txt", REPORT.format(place="Hajin"), "publisher: Hajin Monitor", "publisher: Hajin Watch", "publisher"),
        ("a.txt", REPORT.format(place="Hajin"), "today, the", "today, on the", "p1"),
        (
            "a.md",
            "---\ntitle: Hajin falls\ndek: At last\n---\n1. one\n2. two\n",
            "title: Hajin",
            "title: Baghuz",
            "title",
        ),
        (
            "a.md",
            "---\ntitle: Hajin falls\ndek: At last\n---\n1. one\n2. two\n",
            "dek: At last",
            "dek: At first",
            "dek",
        ),
        ("a.md", "# Hajin falls\n\n1. one\n2. two\n", "2. two", "3. two", "p2"),
        ("a.md", "# Dead\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", "| 1 | 2 |", "| 1 | 3 |", "p2"),
    ],
)
def test_a_word_edited_anywhere_in_a_report_leaves_a_trace(
    name: str, text: str, old: str, new: str, where: str
) -> None:
    file, _ = draft(name, text.encode(), Facts())
    assert file is not None
    assert old in file.text
    assert changed_words(file.report, text.encode()) == ("", "")
    edited, _ = read_report(file.text.replace(old, new), file.path)
    assert edited is not None
    assert changed_words(edited, text.encode())[0] == where


def test_lines_made_of_wrapped_ones_and_ones_of_their_own_are_counted(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": "Clashes in\nHajin\n\nDaraa Province:\nA truce was announced.\nAnother one was not."})
    report = only_report(ingest(tmp_path))
    assert report.title == "Clashes in Hajin"
    assert [(step.step, step.times) for step in report.cleaning] == [
        ("wrapped lines joined", 1),
        ("lines made paragraphs", 2),
    ]


def test_an_arabic_report_has_its_masthead_headline_and_stated_day(tmp_path: Path) -> None:
    text = (
        "المرصد السوري لحقوق الإنسان\n\nمقتل ثلاثة مدنيين في حجين\n\n"
        "وثق المرصد السوري لحقوق الإنسان اليوم الجمعة ١٤ كانون الأول ٢٠١٨ مقتل ثلاثة مدنيين في بلدة حجين.\n"
    )
    seed(tmp_path, {"a.txt": text})
    report = only_report(ingest(tmp_path))
    assert (report.publisher, report.title) == ("المرصد السوري لحقوق الإنسان", "مقتل ثلاثة مدنيين في حجين")
    assert (report.published, report.date_basis, report.language) == ("2018-12-14", "stated", "ar")
    assert report.date_evidence == "اليوم الجمعة ١٤ كانون الأول ٢٠١٨ (p1)"


def test_the_reports_of_this_archive_hold_the_words_of_their_seeds() -> None:
    paths = sorted((ROOT / "content/reports").glob("*.md"))
    assert len(paths) >= 2
    for path in paths:
        report, problems = read_report(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
        assert problems == []
        assert report is not None
        assert report.original is not None
        data = (ROOT / "seeds" / report.original.path).read_bytes()
        assert hashlib.sha256(data).hexdigest() == report.original.sha256
        assert changed_words(report, data) == ("", "")
        assert report.id == report_id(report.original.path, report.published)


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.html", "head.md"])
def test_a_headline_is_one_line_whatever_ends_lines_in_its_seed(name: str) -> None:
    text = "Hajin falls\u2028to the SDF\u2029today"
    body = "It fell on Friday, local sources told the monitors, after weeks of fighting around the town. " * 4
    seeds = {
        "a.md": f"# {text}\n\n{body}\n",
        "a.txt": f"{text}\n\n{body}\n",
        "a.html": f"<html><head><title>{text}</title></head><body><h1>{text}</h1><p>{body}</p></body></html>",
        "head.md": f'---\ntitle: "Hajin falls\\u2028to the SDF"\n---\n{body}\n',
    }
    file, problems = draft(name, seeds[name].encode(), Facts())
    assert problems == []
    assert file is not None
    assert not re.search("[\u2028\u2029]|u202[89]", file.text)
    assert read_report(file.text, file.path)[1] == []
