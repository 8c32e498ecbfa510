from __future__ import annotations

import csv
import errno
import hashlib
import os
import resource
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.build import build
from readingroom.cli import cli
from readingroom.frontmatter import parse
from readingroom.ingest import IngestPlan, plan_ingest, write_ingest
from readingroom.ledger import Ingested, read_ledger, write_ledger
from readingroom.options import Options
from readingroom.problems import ProblemsError
from seeding import REPORT, ingest, only_report, said, seed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from readingroom.frontmatter import Document
    from readingroom.problems import Problem

ROOT = Path(__file__).resolve().parent.parent
HEADER = "file,source,publisher,published,retrieved,language\n"


@contextmanager
def limited_file_size(size: int) -> Iterator[None]:
    """Let no file grow larger, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_seed_becomes_one_report_file(tmp_path: Path) -> None:
    seed(tmp_path, {"2018/hajin.txt": REPORT.format(place="Hajin")})
    plan = ingest(tmp_path)
    identity = f"2018-12-14-{hashlib.sha256(b'2018/hajin.txt').hexdigest()[:6]}"
    sha256 = hashlib.sha256(REPORT.format(place="Hajin").encode()).hexdigest()
    assert [(file.path, file.seed) for file in plan.files] == [(f"content/reports/{identity}.md", "2018/hajin.txt")]
    assert (tmp_path / "content/reports" / f"{identity}.md").read_text(encoding="utf-8") == (
        "---\n"
        "title: SDF take Hajin\n"
        "publisher: Hajin Monitor\n"
        "published: 2018-12-14\n"
        "date_basis: stated\n"
        "date_evidence: today, the 14th of December 2018 (p1)\n"
        "language: en\n"
        f"original: {{path: 2018/hajin.txt, sha256: {sha256}}}\n"
        "cleaning:\n"
        "  - {step: masthead, count: 1, lines: [Hajin Monitor]}\n"
        "publish: true\n"
        "---\n"
        "The SDF took Hajin today, the 14th of December 2018.\n"
    )
    assert (tmp_path / "content/ingested.csv").read_text(encoding="utf-8") == (
        f"path,sha256,report\n2018/hajin.txt,{sha256},{identity}\n"
    )


def test_ingesting_again_writes_nothing(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin"), "b.txt": REPORT.format(place="Sinjar")})
    assert len(ingest(tmp_path).files) == 2
    assert plan_ingest(tmp_path) == IngestPlan((), "", ())


def test_without_the_ledger_the_reports_say_what_was_ingested(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin")})
    ledger = ingest(tmp_path).ledger
    (tmp_path / "content/ingested.csv").unlink()
    again = ingest(tmp_path)
    assert (again.files, again.ledger, again.problems) == ((), ledger, ())


def test_only_the_seeds_asked_for_are_ingested(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin"), "b.txt": REPORT.format(place="Sinjar")})
    plan = plan_ingest(tmp_path, only=["seeds/b.txt", "elsewhere/c.txt"])
    assert [file.seed for file in plan.files] == ["b.txt"]
    assert said(plan) == ["elsewhere/c.txt: is no seed: it is not below seeds/"]


def test_a_seed_asked_for_that_has_its_report_is_told_with_it(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin"), "b.txt": REPORT.format(place="Sinjar")})
    (tmp_path / "readingroom.toml").write_text('title = "x"\n', encoding="utf-8")
    first, _ = ingest(tmp_path).files
    answer = CliRunner().invoke(cli, ["-C", str(tmp_path), "ingest", str(tmp_path / "seeds/a.txt")])
    assert (answer.exit_code, answer.output) == (0, f"seeds/a.txt has its report already: {first.path}\n")
    assert CliRunner().invoke(cli, ["-C", str(tmp_path), "ingest"]).output == "no new seeds\n"


def test_a_changed_seed_is_an_error(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin")})
    (file,) = ingest(tmp_path).files
    seed(tmp_path, {"a.txt": REPORT.format(place="Sinjar")})
    plan = plan_ingest(tmp_path)
    assert (plan.files, said(plan)) == ((), [f"seeds/a.txt: differs from what {file.path} says it was made from"])


def test_a_changed_seed_is_accepted_when_its_report_names_the_new_digest(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin")})
    (file,) = ingest(tmp_path).files
    seed(tmp_path, {"a.txt": REPORT.format(place="Sinjar")})
    old, new = (hashlib.sha256(REPORT.format(place=place).encode()).hexdigest() for place in ("Hajin", "Sinjar"))
    (tmp_path / file.path).write_text(file.text.replace(old, new), encoding="utf-8")
    plan = ingest(tmp_path)
    assert plan.problems == ()
    assert new in plan.ledger


def test_a_deleted_report_whose_seed_is_there_is_an_error_and_is_not_made_again(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin")})
    (file,) = ingest(tmp_path).files
    (tmp_path / file.path).unlink()
    for _ in range(2):
        plan = ingest(tmp_path)
        assert plan.files == ()
        assert said(plan) == [f"{file.path}: the report was deleted, but its seed seeds/a.txt is still there"]
        assert "publish: false" in plan.problems[0].hint


def test_a_renamed_report_still_counts(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin")})
    (file,) = ingest(tmp_path).files
    (tmp_path / file.path).rename(tmp_path / "content/reports/2018-12-13-aaaaaa.md")
    plan = ingest(tmp_path)
    assert (plan.files, plan.problems) == ((), ())
    assert plan.ledger.endswith(",2018-12-13-aaaaaa\n")


def test_a_seed_and_its_report_may_go_together(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin"), "b.txt": REPORT.format(place="Sinjar")})
    plan = ingest(tmp_path)
    (tmp_path / "seeds/a.txt").unlink()
    (tmp_path / plan.files[0].path).unlink()
    after = ingest(tmp_path)
    assert (after.files, after.problems) == ((), ())
    assert "a.txt" not in after.ledger


def test_a_seed_that_is_away_for_a_while_keeps_its_line_of_the_ledger(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin"), "b.txt": REPORT.format(place="Sinjar")})
    first, _ = ingest(tmp_path).files
    ledger = tmp_path / "content/ingested.csv"
    known = ledger.read_bytes()
    (tmp_path / "readingroom.toml").write_text('title = "x"\n', encoding="utf-8")
    (tmp_path / "seeds/a.txt").rename(tmp_path / "a.txt")
    for command in ("build", "ingest"):
        CliRunner().invoke(cli, ["-C", str(tmp_path), command])
        assert ledger.read_bytes() == known
    (tmp_path / "a.txt").rename(tmp_path / "seeds/a.txt")
    (tmp_path / first.path).unlink()
    plan = ingest(tmp_path)
    assert said(plan) == [f"{first.path}: the report was deleted, but its seed seeds/a.txt is still there"]
    assert (plan.files, ledger.read_bytes()) == ((), known)


def test_a_seed_renamed_together_with_the_path_its_report_gives_is_no_new_seed(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin")})
    (file,) = ingest(tmp_path).files
    (tmp_path / "seeds/a.txt").rename(tmp_path / "seeds/b.txt")
    (tmp_path / file.path).write_text(file.text.replace("path: a.txt", "path: b.txt"), encoding="utf-8")
    plan = ingest(tmp_path)
    assert (plan.files, plan.problems) == ((), ())
    assert [line.split(",")[0] for line in plan.ledger.splitlines()] == ["path", "b.txt"]


def test_no_ledger_is_written_beside_errors_unless_a_new_report_is(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin"), "b.txt": REPORT.format(place="Sinjar")})
    ingest(tmp_path)
    (tmp_path / "content/ingested.csv").unlink()
    seed(tmp_path, {"a.txt": "changed"})
    plan = plan_ingest(tmp_path)
    assert [problem.path for problem in plan.problems] == ["seeds/a.txt"]
    assert plan.ledger == ""
    seed(tmp_path, {"c.txt": REPORT.format(place="Hama")})
    assert [line.split(",")[0] for line in plan_ingest(tmp_path).ledger.splitlines()] == [
        "path", "a.txt", "b.txt", "c.txt",
    ]  # fmt: skip
    (tmp_path / "content/ingested.csv").write_text("b.txt,1,2\n", encoding="utf-8")
    plan = plan_ingest(tmp_path)
    assert (len(plan.files), plan.ledger) == (1, "")


def test_nothing_that_exists_is_overwritten(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin")})
    plan = plan_ingest(tmp_path)
    (tmp_path / "content/reports").mkdir(parents=True)
    (tmp_path / plan.files[0].path).write_text("mine", encoding="utf-8")
    with pytest.raises(ProblemsError, match="appeared while it was to be written"):
        write_ingest(tmp_path, plan)
    assert (tmp_path / plan.files[0].path).read_text(encoding="utf-8") == "mine"
    again = plan_ingest(tmp_path)
    assert again.files == ()
    assert (
        said(again)[0]
        == f"seeds/a.txt: its report would be {plan.files[0].path}, which is there but is not of this seed"
    )
    assert "if that file is empty or cut off" in again.problems[0].hint


def test_a_full_disk_leaves_no_part_of_a_report_and_the_error_names_the_file(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin"), "b.txt": "A headline\n\n" + "word " * 200_000})
    plan = plan_ingest(tmp_path)
    with limited_file_size(100_000), pytest.raises(ProblemsError) as stopped:
        write_ingest(tmp_path, plan)
    (problem,) = stopped.value.problems
    assert problem.path == plan.files[1].path
    assert problem.message.startswith("cannot be written: ")
    assert [path.name for path in (tmp_path / "content/reports").iterdir()] == [Path(plan.files[0].path).name]
    assert [file.seed for file in ingest(tmp_path).files] == ["b.txt"]
    assert plan_ingest(tmp_path) == IngestPlan((), "", ())


def test_a_full_disk_leaves_the_ledger_as_it_was(tmp_path: Path) -> None:
    seed(tmp_path, {f"{number:03}.txt": REPORT.format(place=f"Hajin {number}") for number in range(20)})
    plan = plan_ingest(tmp_path)
    (tmp_path / "content").mkdir()
    (tmp_path / "content/ingested.csv").write_text("path,sha256,report\n", encoding="utf-8")
    with limited_file_size(1_000), pytest.raises(ProblemsError, match=r"content/ingested\.csv: cannot be written"):
        write_ingest(tmp_path, plan)
    assert (tmp_path / "content/ingested.csv").read_text(encoding="utf-8") == "path,sha256,report\n"
    assert [path.name for path in (tmp_path / "content").iterdir() if path.is_file()] == ["ingested.csv"]


@pytest.mark.parametrize("call", ["fsync", "link", "replace"])
def test_after_an_interruption_the_next_run_simply_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    seed(tmp_path, {f"{name}.txt": REPORT.format(place=name) for name in ("Hajin", "Sinjar", "Hama")})
    plan = plan_ingest(tmp_path)
    real = getattr(os, call)
    calls = iter(range(9))

    def interrupted(*arguments: Any, **options: Any) -> None:
        if next(calls) == (0 if call == "replace" else 1):
            raise KeyboardInterrupt
        real(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(os, call, interrupted)
        with pytest.raises(KeyboardInterrupt):
            write_ingest(tmp_path, plan)
    left = sorted((tmp_path / "content/reports").iterdir())
    assert {path.read_text(encoding="utf-8") for path in left} <= {file.text for file in plan.files}
    again = ingest(tmp_path)
    assert again.problems == ()
    assert len(left) + len(again.files) == 3
    assert again.ledger == plan.ledger
    assert plan_ingest(tmp_path) == IngestPlan((), "", ())


def test_what_a_killed_run_left_unfinished_is_no_report_and_goes_at_the_next(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin")})
    reports = tmp_path / "content/reports"
    reports.mkdir(parents=True)
    (reports / ".2018-12-14-aaaaaa.md.123.new").write_text("---\ntitle: cut", encoding="utf-8")
    (tmp_path / "content/.ingested.csv.123.new").write_text("path", encoding="utf-8")
    plan = ingest(tmp_path)
    assert (len(plan.files), plan.problems) == (1, ())
    assert [path.name for path in reports.iterdir()] == [Path(plan.files[0].path).name]
    assert not list((tmp_path / "content").glob(".*"))


def test_a_disk_without_links_gets_its_reports_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin")})
    plan = ingest(tmp_path)
    assert (tmp_path / plan.files[0].path).read_text(encoding="utf-8") == plan.files[0].text
    with pytest.raises(ProblemsError, match="appeared while"):
        write_ingest(tmp_path, plan)


def test_a_file_outside_of_seeds_is_a_problem_not_a_bug(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin")})
    (tmp_path / "readingroom.toml").write_text('title = "x"\n', encoding="utf-8")
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    for path in ("a.txt", "../a.txt", "/elsewhere/a.txt"):
        assert said(plan_ingest(tmp_path, only=[path])) == [f"{path}: is no seed: it is not below seeds/"]
    answer = CliRunner().invoke(cli, ["-C", str(tmp_path), "ingest", __file__])
    assert isinstance(answer.exception, ProblemsError), answer.output
    assert f"{__file__}: is no seed" in str(answer.exception)


def test_an_edited_report_is_left_as_it_is(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin")})
    (file,) = ingest(tmp_path).files
    edited = file.text.replace("2018-12-14", "2018-12-15").replace("took", "seized")
    (tmp_path / file.path).write_text(edited, encoding="utf-8")
    assert ingest(tmp_path).files == ()
    assert (tmp_path / file.path).read_text(encoding="utf-8") == edited


def test_the_same_bytes_twice_become_one_report_and_a_warning(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin"), "b.txt": REPORT.format(place="Hajin")})
    plan = ingest(tmp_path)
    assert [file.seed for file in plan.files] == ["a.txt"]
    assert said(plan) == ["seeds/b.txt: warning: the same bytes as seeds/a.txt; not ingested again"]
    assert said(ingest(tmp_path)) == said(plan)


def test_each_unreadable_seed_is_a_problem_and_the_others_are_ingested(tmp_path: Path) -> None:
    seed(
        tmp_path,
        {
            "empty.txt": b"",
            "binary.txt": b"\x00\x01\x02",
            "report.pdf": b"%PDF-1.7",
            "report.docx": b"PK\x03\x04",
            "good.txt": REPORT.format(place="Hajin"),
            ".hidden.txt": "x",
            "README.md": "# Seeds\n",
            "marks.txt": "•\n–\n",
        },
    )
    plan = ingest(tmp_path)
    assert [file.seed for file in plan.files] == ["good.txt"]
    assert sorted(said(plan)) == [
        "seeds/binary.txt: the file is binary, not text",
        "seeds/empty.txt: the file is empty",
        "seeds/marks.txt: no text is left after cleaning",
        "seeds/report.docx: .docx files are not read, only .txt, .md and .html",
        "seeds/report.pdf: .pdf files are not read, only .txt, .md and .html",
    ]


def test_links_and_unreadable_names_are_refused(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin"), "li\nne.txt": "x", "li\u2028ne.txt": "x"})
    (tmp_path / "seeds/link.txt").symlink_to(tmp_path / "seeds/a.txt")
    (tmp_path / "seeds/folder").symlink_to(tmp_path)
    Path(os.fsdecode(os.fsencode(tmp_path / "seeds") + b"/\xff.txt")).write_bytes(b"x")
    plan = ingest(tmp_path)
    assert [file.seed for file in plan.files] == ["a.txt"]
    assert sorted(said(plan)) == [
        "seeds/\\udcff.txt: its name is no readable text",
        "seeds/folder: is a symbolic link",
        "seeds/li\\nne.txt: its name is no readable text",
        "seeds/li\\u2028ne.txt: its name is no readable text",
        "seeds/link.txt: is a symbolic link",
    ]


def test_what_the_index_gives_wins(tmp_path: Path) -> None:
    line = "a.txt,https://example.org/1,Somebody,2018-11~,2019-01-01,en-GB\n"
    seed(tmp_path, {"a.txt": "A headline\n\nIt fell today, the 14th of December 2018.", "index.csv": HEADER + line})
    report = only_report(ingest(tmp_path))
    assert report.id == f"2018-11-{hashlib.sha256(b'a.txt').hexdigest()[:6]}"
    assert (report.published, report.date_basis, report.date_evidence) == ("2018-11~", "given", "seeds/index.csv")
    assert (report.publisher, report.source, report.language) == ("Somebody", "https://example.org/1", "en-GB")


@pytest.mark.parametrize(
    ("index", "problem"),
    [
        ("a,b\n", "seeds/index.csv:1: the first line names no column file"),
        ("file,sorce\n", 'seeds/index.csv:1: unknown column "sorce"'),
        ("file,file\n", 'seeds/index.csv:1: the column "file" stands twice'),
        (HEADER + "a.txt,,,,\n", "seeds/index.csv:2: has another number of cells than the header"),
        (HEADER + "a.txt,,,18.1.2018,,\n", 'seeds/index.csv:2: published "18.1.2018" is no date'),
        (HEADER + "a.txt,example.org,,,,\n", "seeds/index.csv:2: source is no web address: example.org"),
        (HEADER + "a.txt,,,,,english please\n", 'seeds/index.csv:2: language "english please" is no language tag'),
        (HEADER + "a.txt,,,,,\na.txt,,,,,\n", "seeds/index.csv:3: a.txt has two lines"),
        (HEADER + "z.txt,,,,,\n", "seeds/index.csv: warning: z.txt is not in seeds/"),
        (b"\xff\xfe\x00", "seeds/index.csv: cannot be read: 'utf-8' codec can't decode byte 0xff in position 0"),
    ],
)
def test_a_faulty_index_is_a_problem_with_its_line(tmp_path: Path, index: str | bytes, problem: str) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin"), "index.csv": index})
    assert said(plan_ingest(tmp_path))[0].startswith(problem)


def test_a_seed_whose_line_is_faulty_waits(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin"), "index.csv": HEADER + "a.txt,,,soon,,\n"})
    assert plan_ingest(tmp_path).files == ()


def test_a_faulty_ledger_line_is_a_problem_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content/ingested.csv").write_text("path,sha256,report\na.txt,123,x\n", encoding="utf-8")
    assert said(plan_ingest(tmp_path)) == ["content/ingested.csv:2: is no line of path,sha256,report"]


@given(st.lists(st.tuples(st.text('ab," \u0641/', min_size=1), st.sampled_from("abc")), unique_by=lambda row: row[0]))
@settings(deadline=None, max_examples=60)
def test_the_ledger_reads_back_and_has_one_sorted_line_a_seed(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    root = tmp_path_factory.mktemp("archive")
    (root / "content").mkdir()
    lines = [Ingested(path, digit * 64, f"undated-{digit}") for path, digit in rows]
    text = write_ledger(lines)
    (root / "content/ingested.csv").write_text(text, encoding="utf-8")
    assert read_ledger(root) == ({line.path: line for line in lines}, [])
    paths = [row[0] for row in csv.reader(text.splitlines()[1:])]
    assert paths == sorted(paths)


def test_reports_that_the_ledger_knows_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "content/reports").mkdir(parents=True)
    lines = []
    for number in range(20):
        content = f"{number} ".encode() * 500
        (tmp_path / f"seeds/{number:05}.txt").write_bytes(content)
        lines.append(Ingested(f"{number:05}.txt", hashlib.sha256(content).hexdigest(), f"undated-{number}"))
        (tmp_path / f"content/reports/undated-{number}.md").touch()
    (tmp_path / "content/ingested.csv").write_text(write_ledger(lines[1:]), encoding="utf-8")
    parsed: list[str] = []

    def noted(text: str, path: str) -> tuple[Document | None, list[Problem]]:
        parsed.append(path)
        return parse(text, path)

    monkeypatch.setattr("readingroom.frontmatter.parse", noted)
    plan_ingest(tmp_path)
    assert parsed == ["content/reports/undated-0.md"]


@pytest.mark.parametrize("folder", ["content", "content/reports"])
@pytest.mark.parametrize("keep_going", [False, True])
def test_nothing_is_written_or_deleted_behind_a_link(tmp_path: Path, folder: str, *, keep_going: bool) -> None:
    root, outside = tmp_path / "archive", tmp_path / "outside"
    seed(root, {"a.txt": REPORT.format(place="Hajin")})
    (root / "readingroom.toml").write_text('title = "x"\n', encoding="utf-8")
    (outside / "reports").mkdir(parents=True)
    mine = [outside / ".mine.new", outside / "reports/.mine.new"]
    for path in mine:
        path.write_text("mine", encoding="utf-8")
    (root / folder).parent.mkdir(exist_ok=True)
    (root / folder).symlink_to(outside)
    with nullcontext() if keep_going else pytest.raises(ProblemsError, match=f"{folder}: is a symbolic link"):
        build(root, Options(search="none", keep_going=keep_going))
    assert sorted(path for path in outside.rglob("*") if path.is_file()) == sorted(mine)
    with pytest.raises(ProblemsError, match=f"{folder}: is a symbolic link"):
        ingest(root)
    assert sorted(path for path in outside.rglob("*") if path.is_file()) == sorted(mine)


def test_a_file_where_the_folder_of_reports_should_be_is_a_problem(tmp_path: Path) -> None:
    seed(tmp_path, {"a.txt": REPORT.format(place="Hajin")})
    (tmp_path / "content").mkdir()
    (tmp_path / "content/reports").write_text("mine", encoding="utf-8")
    assert said(plan_ingest(tmp_path)) == ["content/reports: is no folder"]
