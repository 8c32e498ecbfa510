"""Judgements: what is read, what is answered, and that writing and reading lose nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.frontmatter import unprintable
from readingroom.judgements import (
    EXAMPLES,
    Judgement,
    Judgements,
    judgement_line,
    read_judgements,
    with_judgements,
    write_judgements,
)
from readingroom.romanise import fold

HOSTILE = ["no", "2018-01-18", "a: b", "- x", "{x}", "[a, b]", "“Storm”", "x #y", "&a", "*a", "!t", "'", '"', "\\", "?"]
NAMES = (st.sampled_from(HOSTILE) | st.text(max_size=20)).filter(
    lambda name: bool(fold(name)) and not unprintable(name)
)
TEXTS = st.sampled_from([*HOSTILE, ""]) | st.text(max_size=10).filter(lambda text: not unprintable(text))
DATES = st.sampled_from(["", "2026-11-22", "2026-11"])
IDS = st.from_regex(r"[a-z]{1,3}/[a-z0-9-]{1,6}", fullmatch=True)


def pairs(names: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return (
        st.tuples(names, names)
        .filter(lambda pair: fold(pair[0]) != fold(pair[1]))
        .map(lambda pair: tuple(sorted(pair)))
    )


ANY = st.one_of(
    st.builds(Judgement, st.sampled_from(["same", "not_same"]), pairs(NAMES), by=TEXTS, on=DATES),
    st.builds(Judgement, st.just("never"), st.tuples(NAMES), by=TEXTS, on=DATES),
    st.builds(Judgement, st.just("rejected"), st.lists(NAMES, min_size=1, max_size=3).map(tuple), TEXTS, TEXTS, DATES),
    st.builds(Judgement, st.just("moved"), pairs(IDS), by=TEXTS, on=DATES),
)


def read(text: str) -> Judgements:
    judgements, problems = read_judgements(text)
    assert problems == []
    return judgements


@given(st.lists(ANY, max_size=6))
@settings(deadline=None, max_examples=120)
def test_what_is_written_reads_back_the_same_one_judgement_a_line_sorted(given: list[Judgement]) -> None:
    text = write_judgements(given)
    assert set(read_judgements(text)[0].all) == set(given)
    assert text == write_judgements(reversed(given))
    lines = text.split("\n")[:-1]
    assert len(lines) == len(set(given))
    assert lines == sorted(lines)


@given(st.lists(ANY, max_size=5), st.lists(ANY, max_size=3))
@settings(deadline=None, max_examples=80)
def test_judgements_added_one_after_another_make_the_file_that_is_written_at_once(
    old: list[Judgement], new: list[Judgement]
) -> None:
    unique = {judgement.subject: judgement for judgement in reversed([*old, *new])}
    text = ""
    for judgement in [*old, *new]:
        text = with_judgements(text, [judgement])
    assert text == write_judgements(unique.values())


def test_two_spellings_that_are_the_same_are_so_however_they_are_written_and_over_a_third() -> None:
    judgements = read("- {same: [Sh’aytat, Sheitat]}\n- {same: [SHEITAT, Shaitat], by: Ana, on: 2026-11-22}\n")
    assert judgements.is_same("sh'aytat", "Sheitat")
    assert judgements.is_same("Shaitat", "Sh‘aytat")
    assert not judgements.is_same("Sheitat", "Hajin")
    assert not judgements.is_same("Hajin", "Hajin")
    assert judgements.same_as("Sheitat") == {"sh'aytat", "shaitat"}


def test_what_is_not_the_same_as_one_spelling_is_not_the_same_as_its_other_spellings() -> None:
    judgements = read("- {not_same: [Hamoud, Hamouda]}\n- {same: [Hamouda, Hammouda]}\n")
    assert judgements.is_different("hamouda", "Hamoud")
    assert judgements.is_different("Hamoud", "Hammouda")
    assert not judgements.is_different("Hamouda", "Hammouda")
    assert not Judgements().is_different("Hamoud", "Hamouda")


def test_a_name_rejected_without_a_kind_is_no_name_at_all() -> None:
    judgements = read("- {rejected: [Peace Spring], kind: place}\n- {rejected: [Dawn]}\n- {never: [Front]}\n")
    assert judgements.is_rejected("peace spring", "place")
    assert not judgements.is_rejected("Peace Spring", "operation")
    assert judgements.is_rejected("Dawn", "operation")
    assert judgements.is_never("FRONT")
    assert not judgements.is_never("Dawn")


def test_an_address_that_moved_twice_leads_to_the_last() -> None:
    judgements = read("- {moved: [places/a, places/b]}\n- {moved: [places/b, factions/c]}\n")
    assert judgements.moved == {"places/a": "factions/c", "places/b": "factions/c"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- Hajin\n", "content/judgements.yaml:1: a judgement is a table\n    - {same: [Sh’aytat, Sheitat]}"),
        ("same: [a, b]\n", "content/judgements.yaml:1: not a list\n    start each entry with a hyphen: - …"),
        ("- {nevr: [Front]}\n", 'content/judgements.yaml:1: unknown key "nevr"\n    did you mean never?'),
        ("\n- {by: Ana}\n",
         "content/judgements.yaml:2: a judgement has one verdict of same, not_same, never, rejected, "
         "moved\n    - {same: [Sh’aytat, Sheitat]}"),
        ("- {same: [Hajin]}\n", "content/judgements.yaml:1: same takes two names\n    write " + EXAMPLES["same"]),
        ("- {never: Front}\n",
         "content/judgements.yaml:1: never must be a list of names\n    write - {never: [Front]}"),
        ("- {never: ['']}\n", "content/judgements.yaml:1: never must be a list of names\n    write - {never: [Front]}"),
        ("- {not_same: [Hama, HAMA]}\n",
         "content/judgements.yaml:1: not_same takes two different names\n    write " + EXAMPLES["not_same"]),
        ("- {moved: [Hajin, places/hajin]}\n",
         "content/judgements.yaml:1: moved takes two ids\n    write " + EXAMPLES["moved"]),
        ("- {never: [Front], kind: place}\n",
         "content/judgements.yaml:1: kind belongs to rejected, not to never\n    write - {never: [Front]}"),
        ("- {never: [Front], on: yesterday}\n",
         'content/judgements.yaml:1: "yesterday" is no date\n    write - {never: [Front]}'),
        ('- {never: ["Fr\\x01ont"]}\n',
         "content/judgements.yaml:1: holds U+0001, which no page can show\n    write - {never: [Front]}"),
        ("- {never: [Front], by: [Ana]}\n",
         "content/judgements.yaml:1: by must be text\n    write - {never: [Front]}"),
        ("- {same: [a, b]}\n- {same: [b, c]}\n- {not_same: [a, c]}\n",
         'content/judgements.yaml:3: "a" and "c" are said to be the same and not the same\n'
         "    take one of the judgements out"),
        ("- {moved: [p/a, p/b]}\n- {moved: [p/a, p/c]}\n",
         "content/judgements.yaml:2: p/a is said to have moved to p/b and to p/c\n    keep one of them"),
        ("- {moved: [p/a, p/b]}\n- {moved: [p/b, p/a]}\n",
         "content/judgements.yaml:1: p/a moves in a circle\n    take one of the moves out"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_line_and_what_to_write(text: str, message: str) -> None:
    _, problems = read_judgements(text)
    assert str(problems[0]) == message


def test_a_faulty_judgement_stops_only_itself() -> None:
    judgements, problems = read_judgements("- {never: [Front]}\n- {same: [x]}\n- {never: [Dawn]}\n")
    assert len(problems) == 1
    assert judgements.is_never("front")
    assert judgements.is_never("dawn")


def test_adding_and_taking_out_keeps_comments_and_lines_of_other_shapes() -> None:
    text = "# ours\n- {never: [Front]}  # a common word\n- same: [a, b]\n  by: Ana\n"
    new = Judgement("never", ("Dawn",), by="Ben")
    added = with_judgements(text, [new])
    assert (
        added == "# ours\n- {never: [Dawn], by: Ben}\n- {never: [Front]}  # a common word\n- same: [a, b]\n  by: Ana\n"
    )
    assert with_judgements(added, [], [new]) == text
    assert with_judgements(text, [Judgement("never", ("FRONT",), by="Cem", on="2026-11-22")]) == text


def test_a_judgement_over_several_lines_can_be_taken_out_all_the_same() -> None:
    text = "- same: [a, b]\n  by: Ana\n- {never: [Front]}\n"
    gone = Judgement("same", ("a", "b"), by="Ana")
    assert with_judgements(text, [], [gone]) == "- {never: [Front]}\n"


def test_an_indented_list_is_written_anew_rather_than_broken() -> None:
    assert with_judgements("  - {never: [Front]}\n", [Judgement("never", ("Dawn",))]) == (
        "- {never: [Dawn]}\n- {never: [Front]}\n"
    )


def test_a_line_quotes_only_what_must_be_quoted() -> None:
    assert judgement_line(Judgement("same", ("Sh’aytat", "a, b"))) == '- {same: [Sh’aytat, "a, b"]}'
