"""`readingroom names`: what it lists, a review by keys, and that decisions are files a build always reads alike."""

from __future__ import annotations

import io
import json
import shutil
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from archives import Archive
from readingroom import cli
from readingroom.config import settings
from readingroom.decision_log import apply_decision
from readingroom.gather import gather
from readingroom.model import Mention
from readingroom.options import Options, silent
from readingroom.reviewing import LINE, Desk, Session, Terminal
from readingroom.state import opened
from readingroom.terminal import wrapped
from test_decisions import FILES, TEN, contents

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ONE, TWO = "2018-01-18-aaaaaa", "2018-02-09-bbbbbb"
J = "content/judgements.yaml"


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive(tmp_path)
    archive.write("readingroom.toml", 'title = "Test"\n')
    archive.report(ONE, "Shells hit Tiba.", "All fled and badr left.", title="shells")
    archive.report(TWO, "Tiba was quiet.", title="quiet")
    archive.entity("places/tiba-homs", "Tiba Homs", "Tiba")
    archive.entity("places/tiba-hama", "Tiba Imam", "Tiba")
    archive.entity("places/hajin", "Hajin")
    return archive


@pytest.fixture
def run(archive: Archive, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run `readingroom names`, with what is typed as standard input."""

    def go(*words: str, typed: str = "") -> Ran:
        monkeypatch.setattr(sys, "argv", ["readingroom", "-C", str(archive.root), "names", *words])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        try:
            cli.main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Ran(code, *capsys.readouterr())

    return go


@pytest.fixture
def desk(archive: Archive) -> Archive:
    """The archive with more names in its reports."""
    archive.report(ONE, "Shells hit Tiba. Clashes in Gharanij and Hujayn.", "Gharaneej fell; Badr left.")
    archive.report(TWO, "Tiba was quiet. Gharanij was not. Badr came back.")
    return archive


# What waits


def test_what_waits_is_listed_by_sort_with_evidence(run: Callable[..., Ran]) -> None:
    assert run().out == (
        "ambiguous spellings (1)\n"
        "  Tiba  ambiguous, place, 2 mentions, confidence 0.50\n"
        "    because: may be places/tiba-hama or places/tiba-homs\n"
        "    may be 1: Tiba Imam  places/tiba-hama\n"
        "    may be 2: Tiba Homs  places/tiba-homs\n"
        f"    {ONE}#p1  Shells hit [Tiba].\n"
        f"    {TWO}#p1  [Tiba] was quiet.\n"
        "1 name to decide on:  readingroom names review\n"
    )


def test_what_waits_is_one_json_list(run: Callable[..., Ran]) -> None:
    (item,) = json.loads(run("--json").out)
    assert item["sort"] == "ambiguous"
    assert item["spellings"] == [["Tiba", 2]]
    assert item["candidates"] == ["places/tiba-hama", "places/tiba-homs"]
    assert item["evidence"][0] == {
        "report": ONE, "paragraph": "p1", "before": "Shells hit ", "text": "Tiba", "after": ".",
    }  # fmt: skip


def test_the_list_can_be_cut_to_a_kind_and_a_number(run: Callable[..., Ran], archive: Archive) -> None:
    assert run("--kind", "faction").out == "nothing waits\n"
    assert run("--kind", "unknown").out == "nothing waits\n"
    refused = run("--kind", "plaice")
    assert refused.code == 2
    assert "no kind is called plaice; known: place, faction, commander, unknown" in refused.err
    archive.report(TWO, "Badr was quiet.", title="quiet")
    archive.entity("places/badr-homs", "Badr Homs", "Badr")
    archive.entity("places/badr-hama", "Badr Hama", "Badr")
    assert "and 1 more; --limit 0 shows all" in run("--limit", "1").out
    assert "more" not in run("--limit", "0").out


def test_faulty_content_is_told_and_ends_in_exit_code_one(run: Callable[..., Ran], archive: Archive) -> None:
    archive.write("content/reports/2018-03-01-cccccc.md", "no front matter\n")
    answered = run()
    assert (answered.code, "no front matter" in answered.err, "Tiba  ambiguous" in answered.out) == (1, True, True)
    assert run("find", "Tiba").code == 1


# Decisions by command


def test_a_merge_is_shown_first_then_made_then_taken_back(run: Callable[..., Ran], archive: Archive) -> None:
    before = contents(archive)
    shown = run("merge", "places/tiba-homs", "places/tiba-hama", "--by", "Ana", "--dry-run")
    assert "--- a/content/places/tiba-homs.md\n+++ /dev/null\n" in shown.out
    assert "+variants: [Tiba, Tiba Homs]\n" in shown.out
    assert contents(archive) == before
    made = run("merge", "places/tiba-homs", "places/tiba-hama", "--by", "Ana")
    assert made.out == (
        "wrote content/judgements.yaml\nwrote content/places/tiba-hama.md\nremoved content/places/tiba-homs.md\n"
        "places/tiba-homs is merged into places/tiba-hama; to take it back:  readingroom names undo\n"
    )
    assert run().out == "nothing waits\n"
    assert "+variants: [Tiba]" in run("undo", "--dry-run").out
    assert run("undo").out == "taken back: places/tiba-homs is merged into places/tiba-hama\n"
    assert contents(archive) == before
    refused = run("undo")
    assert (refused.code, "there is no decision to take back" in refused.err) == (1, True)


def test_split_rename_same_and_not_same_write_what_they_say(run: Callable[..., Ran], archive: Archive) -> None:
    assert run("split", "places/tiba-homs", "Tiba", "--into", "Tiba South", "--slug", "south", "--by", "Ana").code == 0
    assert archive.read("content/places/south.md").startswith("---\nname: Tiba South\nvariants: [Tiba]\nreviewed: 20")
    assert run("rename", "places/hajin", "Hajeen", "--slug", "hajeen", "--by", "Ana").code == 0
    assert archive.read("content/places/hajeen.md") == "---\nname: Hajeen\nvariants: [Hajin]\n---\n"
    assert run("same", "Sheitat", "Sh’aytat", "--by", "Ana").code == 0
    assert run("not-same", "Hamoud", "Hamouda", "--by", " A\n na ").code == 0
    lines = archive.read(J).splitlines()
    assert [line.partition(", by: ")[0] for line in lines] == [
        "- {moved: [places/hajin, places/hajeen]",
        "- {not_same: [Hamoud, Hamouda]",
        "- {not_same: [Tiba Homs, Tiba South]",
        "- {same: [Sheitat, Sh’aytat]",
    ]
    assert ", by: A na, on: 20" in lines[1]
    assert run("same", "Sheitat", "Sh’aytat").out == "nothing changed\n"


def test_who_decides_is_gits_user_name_then_the_user(
    run: Callable[..., Ran], archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(archive.root / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(archive.root / "none"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(archive.root.parent))
    monkeypatch.setenv("USER", "ben")
    archive.write("gitconfig", "")
    run("same", "a b", "c d")
    archive.write("gitconfig", "[user]\n\tname = Ana Editor\n")
    run("same", "a b", "e f")
    assert [line.split("by: ")[1].split(",")[0] for line in archive.read(J).splitlines()] == ["ben", "Ana Editor"]


def test_a_refused_command_is_a_problem_with_a_hint(run: Callable[..., Ran]) -> None:
    refused = run("merge", "places/tiba", "places/hajin")
    assert refused.code == 1
    assert "no entity of this id has a file\n    did you mean places/tiba-homs?" in refused.err
    assert run("split", "places/hajin").code == 2


def test_find_says_what_bears_a_spelling_and_where(run: Callable[..., Ran]) -> None:
    assert run("find", "TIBA").out == (
        f"Tiba  place  (ambiguous, exact)  Tiba 2\n  {ONE}#p1\n  {TWO}#p1\n"
        "Tiba Imam  place places/tiba-hama  (reviewed, exact)  printed in no report\n"
        "Tiba Homs  place places/tiba-homs  (reviewed, exact)  printed in no report\n"
    )
    (words,) = json.loads(run("find", "badr", "--json").out)
    assert (words["status"], words["spellings"], words["places"]) == ("text", [["badr", 1]], [[ONE, "p2"]])
    assert run("find", "Nowhere").out == "Nowhere is nowhere: no name is like it, and no report prints it\n"


# Review


def test_a_review_reads_keys_from_a_pipe(run: Callable[..., Ran], archive: Archive) -> None:
    done = run("review", "--by", "Ana", typed="a\nx ? m 2\n")
    assert done.out.count("this key decides nothing here; ? for help") == 2
    assert "  r  reject it: no name of this kind\n" in done.out
    assert done.out.endswith(
        "  Tiba is places/tiba-homs\n\nnothing waits\n1 decision written; next:  readingroom build\n"
    )
    assert archive.read("content/places/tiba-hama.md") == "---\nname: Tiba Imam\n---\n"


def test_an_ended_pipe_ends_the_review(run: Callable[..., Ran], archive: Archive) -> None:
    before = contents(archive)
    assert run("review", typed="").out.endswith("? help\n0 decisions written\n")
    assert run("review", typed="m\n").out.endswith("0 decisions written\n")
    assert contents(archive) == before


def test_an_interrupted_review_says_how_many_decisions_are_written(
    run: Callable[..., Ran], archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.entity("places/badr-homs", "Badr Homs", "Badr")
    archive.entity("places/badr-hama", "Badr Hama", "Badr")
    archive.report(TWO, "Tiba was quiet. Badr was not.", title="quiet")
    pressed = iter("n")

    def key() -> str:
        for name in pressed:
            return name
        raise KeyboardInterrupt

    monkeypatch.setattr("readingroom.cli_names._piped_key", key)
    done = run("review", "--by", "Ana")
    assert done.out.endswith("\n1 decision written; next:  readingroom build\n")
    assert (done.code, done.err.endswith("\ninterrupted; the site is whole\n")) == (130, True)


def test_what_is_longer_than_the_terminal_is_wide_goes_on_indented() -> None:
    said = wrapped(f"  {ONE}#p1  Shells hit \x1b[1m[Tiba]\x1b[0m and other villages near it.\n{LINE}", 44)
    assert said.split("\n") == [
        f"  {ONE}#p1  Shells hit \x1b[1m[Tiba]\x1b[0m",
        "    and other villages near it.",
        "a accept  k kind  w write name  m merge",
        "  d different  r reject  n never  s skip",
        "  u undo  q quit  ? help",
    ]


def suggested(archive: Archive, text: str, kind: str, entity: str) -> list[Mention]:
    """Every place in the reports of a name, as discovery would suggest it."""
    found = []
    for report in (ONE, TWO):
        paragraphs = archive.read(f"content/reports/{report}.md").partition("\n---\n")[2].strip().split("\n\n")
        for number, words in enumerate(paragraphs, 1):
            start = words.find(text)
            if start >= 0:
                status = "suggested" if entity and not entity.startswith("commanders") else "withheld"
                end = start + len(text)
                found.append(
                    Mention(report, f"p{number}", start, end, text, kind, entity, status, 0.6, ("villages of",))  # type: ignore[arg-type]
                )
    assert found
    return found


def reviewed(archive: Archive, keys: str, *names: tuple[str, str, str], lines: tuple[str, ...] = ()) -> tuple[int, str]:
    """Press keys in a review of names in the reports; `lines` are what is typed where a line is asked for."""
    with opened(archive.root, look_only=True) as cache:
        gathered = gather(archive.root, settings(archive.root), cache, Options(frozen=True), silent)
        reports = dict(gathered.drafts)
    mentions = [mention for name in names for mention in suggested(archive, *name)]
    found = {report: [mention for mention in mentions if mention.report == report] for report in reports}
    pressed, typed, said = iter(keys), iter(lines), list[str]()
    terminal = Terminal(lambda: next(pressed, ""), lambda _: next(typed, ""), said.append, lambda text: text)
    decided = Session(Desk(archive.root, reports, found, "Ana", "2026-11-22"), terminal).run()
    return decided, "\n".join(said)


GHARANIJ = ("Gharanij", "place", "places/gharanij")
GHARANEEJ = ("Gharaneej", "place", "places/gharanij")
HUJAYN = ("Hujayn", "place", "places/hujayn")
BADR = ("Badr", "faction", "factions/badr")
SIGNED = "reviewed: 2026-11-22\nreviewed_by: Ana\n---\n"


def test_a_name_is_shown_with_its_spellings_reasons_and_marked_evidence(desk: Archive) -> None:
    _, said = reviewed(desk, "q", GHARANIJ, GHARANEEJ)
    assert said.split("\n")[:7] == [
        "1 name to go",
        "Gharanij  new name, place, 3 mentions, confidence 0.60",
        "  spellings: Gharanij 2, Gharaneej 1",
        "  because: villages of",
        f"  {ONE}#p1  Clashes in [Gharanij] and Hujayn.",
        f"  {TWO}#p1  [Gharanij] was not.",
        f"  {ONE}#p2  [Gharaneej] fell; Badr left.",
    ]


def test_accepting_writes_the_file_and_brings_the_next_name(desk: Archive) -> None:
    decided, said = reviewed(desk, "aa", GHARANIJ, GHARANEEJ, BADR)
    assert decided == 2
    assert said.endswith("nothing waits")
    assert desk.read("content/places/gharanij.md") == f"---\nname: Gharanij\nvariants: [Gharaneej]\n{SIGNED}"
    assert desk.read("content/factions/badr.md") == f"---\nname: Badr\n{SIGNED}"


def test_another_kind_is_chosen_by_its_number_and_the_shown_address_leads_there(desk: Archive) -> None:
    decided, said = reviewed(desk, "k9k2", GHARANIJ)
    assert decided == 1
    assert "  which kind?  1 Place  2 Faction  3 Commander" in said
    assert "  nothing chosen" in said
    assert desk.read("content/factions/gharanij.md") == f"---\nname: Gharanij\n{SIGNED}"
    assert desk.read(J) == "- {moved: [places/gharanij, factions/gharanij], by: Ana, on: 2026-11-22}\n"


def test_a_name_whose_kind_the_archive_has_not_asks_for_the_kind_and_is_rejected_as_a_whole(desk: Archive) -> None:
    assert reviewed(desk, "a1", ("Badr", "", ""))[0] == 1
    assert reviewed(desk, "ra1", ("Gharanij", "person", ""), ("Hujayn", "person", ""))[0] == 2
    assert desk.read(J).rstrip() == "- {rejected: [Gharanij], by: Ana, on: 2026-11-22}"
    assert desk.read("content/places/hujayn.md") == f"---\nname: Hujayn\n{SIGNED}"
    assert desk.read("content/places/badr.md") == f"---\nname: Badr\n{SIGNED}"


def test_the_keys_are_shown_again_after_help_and_after_what_was_refused(desk: Archive) -> None:
    _, said = reviewed(desk, "?aq", ("Badr", "commander", "commanders/badr"))
    assert said.count(f"\n\n{LINE}") == 3
    assert said.endswith(LINE)


def test_a_person_of_one_word_is_refused_until_the_name_is_written_out(desk: Archive) -> None:
    decided, said = reviewed(desk, "aw", ("Badr", "commander", "commanders/badr"), lines=("Badr al-Din", "badr-al-din"))
    assert decided == 1
    assert '"Badr" is too short to name a person\n    give the full name' in said
    assert desk.read("content/commanders/badr-al-din.md") == f"---\nname: Badr al-Din\nvariants: [Badr]\n{SIGNED}"


def test_a_name_is_merged_into_a_candidate_or_one_found_by_any_spelling(desk: Archive) -> None:
    assert reviewed(desk, "m", HUJAYN, lines=("1",))[0] == 1
    assert desk.read("content/places/hajin.md") == "---\nname: Hajin\nvariants: [Hujayn]\n---\n"
    decided, said = reviewed(desk, "m", BADR, lines=("zzz", "imam", "1"))
    assert decided == 1
    assert "  no name like zzz has a file" in said
    assert "  1  Tiba Imam  places/tiba-hama" in said
    assert desk.read("content/places/tiba-hama.md") == "---\nname: Tiba Imam\nvariants: [Tiba, Badr]\n---\n"


def test_a_name_is_merged_into_a_larger_one_that_waits_too(desk: Archive) -> None:
    other = ("Gharaneej", "place", "places/gharaneej")
    assert reviewed(desk, "sm", GHARANIJ, other, lines=("1",))[0] == 1
    assert desk.read("content/places/gharanij.md") == f"---\nname: Gharanij\nvariants: [Gharaneej]\n{SIGNED}"


def test_different_reject_and_never_are_judgements(desk: Archive) -> None:
    decided, said = reviewed(desk, "nrdr", GHARANIJ, HUJAYN, BADR)
    assert decided == 4
    assert said.endswith("nothing waits")
    assert [line.partition(", by")[0] for line in desk.read(J).splitlines()] == [
        "- {never: [Badr]",
        "- {not_same: [Hajin, Hujayn]",
        "- {rejected: [Gharanij], kind: place",
        "- {rejected: [Hujayn], kind: place",
    ]


def test_undo_takes_back_decisions_and_skips_one_after_another(desk: Archive) -> None:
    before = contents(desk)
    decided, said = reviewed(desk, "uasuuu", GHARANIJ, BADR, HUJAYN)
    assert decided == 0
    assert contents(desk) == before
    assert said.count("nothing to undo in this review; earlier decisions:  readingroom names undo") == 2
    assert "  no longer skipped" in said
    assert "  taken back: Badr is a faction" in said


def test_a_skipped_name_does_not_come_again_in_this_review(desk: Archive) -> None:
    decided, said = reviewed(desk, "sa", GHARANIJ, BADR)
    assert decided == 1
    assert said.endswith("nothing else waits")


# Builds


def test_ten_decisions_and_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for path, text in FILES.items():
        archive.write(path, text)
    archive.report(ONE, "Clashes in Hajin, Hujayn and Hajine; Gharanij and Gharaneej fell.", "HTS left Abu Hamam.")
    archive.write("content/changes.yaml", f"- {{date: 2026-01-01, kind: correction, of: {ONE}, note: Moved.}}\n")
    assert len(TEN) == 10
    for decision in TEN:
        apply_decision(archive.root, decision, today="2026-11-22", by="Ana")
    archive.build()
    warm = archive.tree()
    assert {"places/hajin.html", "places/gharanij.html", "factions/hts-2017.html"} <= warm.keys()
    archive.build()
    assert archive.tree() == warm
    shutil.rmtree(archive.root / "build")
    archive.build()
    assert archive.tree() == warm
