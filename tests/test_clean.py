from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from readingroom.clean import BODY_STEPS, HEAD_STEPS, TEXT_STEPS, Cleaned, clean, clean_markdown, split_paragraphs
from readingroom.model import CleaningStep
from readingroom.steps import run
from readingroom.words import check_words, first_difference, words

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
CASES = Path(__file__).parent / "cases/clean"
SEEDS = sorted((ROOT / "seeds").glob("*.txt"))
ESCAPE = re.compile(r"\\u([0-9a-f]{4})")
CASE = re.compile(
    r"^## (?P<name>.+?)\n+```in\n(?P<given>.*?)\n```\n```out\n(?P<expected>.*?)\n```", re.MULTILINE | re.DOTALL
)
STEPS = (*TEXT_STEPS, *HEAD_STEPS, *BODY_STEPS)


def cases() -> Iterator[object]:
    """Every case of the files in cases/clean; those below "Known failures" must fail."""
    for path in sorted(CASES.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        failures = text.index("# Known failures\n")
        for case in CASE.finditer(text):
            marks = [pytest.mark.xfail(strict=True)] if case.start() > failures else []
            yield pytest.param(case["given"], case["expected"], id=f"{path.stem}: {case['name']}", marks=marks)


def unescape(text: str) -> str:
    return ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def shown(cleaned: Cleaned) -> list[str]:
    """A cleaned report as the cases write it."""
    head = [("publisher", cleaned.publisher), ("title", cleaned.title), ("dek", cleaned.dek)]
    lines = [f"{name}: {text}" for name, text in head if text]
    lines += [f"p{number}: {text}" for number, text in enumerate(cleaned.paragraphs, 1)]
    for step in cleaned.steps:
        lines.append(f"step: {step.step} × {step.times}")
        lines += [f"words: {old} → {new}" for old, new in step.words]
        lines += [f"line: {line}" for line in step.lines]
    return lines


@pytest.mark.parametrize(("given", "expected"), list(cases()))
def test_a_seed_is_cleaned_as_its_case_says(given: str, expected: str) -> None:
    original = unescape(given)
    cleaned = clean(original)
    assert first_difference(original, cleaned.parts, cleaned.steps) == ""
    assert shown(cleaned) == unescape(expected).split("\n")


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_the_words_of_the_seeds_are_kept_to_the_letter(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    cleaned = clean(text)
    assert [step.step for step in cleaned.steps] == ["masthead"]
    assert " ".join(cleaned.parts) == " ".join(text.split())


SENTENCES = st.sampled_from(
    [
        "The Syrian Observatory For Human Rights",
        "المرصد السوري لحقوق الإنسان",
        "ISIS comes back to life in Aleppo province",
        "The SOHR monitored clashes in the countryside of Hama since the morning of Friday.",
        "enforced disap- pearances in al- Hasakah and al-Hasakah",
        "the disap-",
        "pearances of Sha’fah, pre- and post-war",
        "• 12 civilians",
        "- 3 children",
        "–",
        "date 2018-07-30",
        "18 January 2018",
        "Check Also",
        "Read More",
        "Share this:",
        "Snow closes the roads",
        "Stateâ€\x9d ShaÃ¢â‚¬â„¢fah",
        "Idlib province:: \u00a0 two shells",
        "Ab\u0304u \u202eabc\u202c H\u200bama \x07 e\u200e\u0301",
        "",
        " ",
    ]
)
GENERATED = st.one_of(
    st.lists(SENTENCES, max_size=9).flatmap(
        lambda lines: st.lists(st.sampled_from(["\n", "\n\n", "\r\n", " \n\n\n", " "]), max_size=9).map(
            lambda ends: "".join(line + end for line, end in zip(lines, [*ends, *["\n"] * len(lines)], strict=False))
        )
    ),
    st.text(st.characters(exclude_categories=[]), max_size=80),
    st.text("aAlL-’ \n\t•.:|*–e\u0301â€œÃ¢\u0093\u202e\u00a0\u0085\u1e0b\u0323ي", max_size=60),
)


@given(GENERATED)
@settings(deadline=None, max_examples=500)
@example("a-b\nab- ab\nabab")
@example("\u0344 \u212b e\u200b\u0301")
def test_the_listed_changes_turn_the_words_of_any_text_into_the_words_of_its_report(text: str) -> None:
    cleaned = clean(text)
    assert first_difference(text, cleaned.parts, cleaned.steps) == ""


@given(GENERATED)
@settings(deadline=None, max_examples=300)
def test_a_step_that_lists_nothing_changes_no_word(text: str) -> None:
    for step in STEPS:
        cleaned, done = run(step, text)
        assert (cleaned != text) == (done is not None)
        if done and step.lists == "nothing":
            assert words(text) == words(cleaned), step.name
        if done:
            assert check_words(text, [cleaned], [done]), step.name


@given(GENERATED)
@settings(deadline=None, max_examples=200)
def test_a_cleaned_part_is_one_line_of_seen_characters(text: str) -> None:
    cleaned = clean(text)
    for part in (*cleaned.parts[:3], *cleaned.paragraphs):
        assert part == " ".join(part.split())
        assert not re.search("[\x00-\x1f\x7f-\x9f\ufeff\u200b\ud800-\udfff]", part)
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "".join(cleaned.parts[:3]))


@pytest.mark.parametrize(
    ("after", "difference"),
    [
        (["Two were killed in Hama", "Share"], ""),
        (["Two were killed in Hama"], "word 6: “Share” became “”"),
        (
            ["Ten were killed in Hama", "Share"],
            "word 1: “Two were killed in Hama Share” became “Ten were killed in Hama Share”",
        ),
        (["Two were killed in Hama", "Share it"], "word 7: “” became “it”"),
        (["Two were in Hama", "Share"], "word 3: “killed in Hama Share” became “in Hama Share”"),
    ],
)
def test_an_unlisted_change_is_found(after: list[str], difference: str) -> None:
    assert first_difference("Two were killed in Hama\nShare", after, []) == difference


def test_a_listed_change_may_be_used_as_often_as_it_is_counted_and_no_more() -> None:
    step = CleaningStep("page furniture", 1, (), ("Share",))
    assert check_words("Share\nTwo dead\nShare", ["Two dead", "Share"], [step])
    assert check_words("Share\nTwo dead\nShare", ["Share", "Two dead"], [step])
    assert not check_words("Share\nTwo dead\nShare", ["Two dead"], [step])
    assert check_words("Share\nTwo dead\nShare", ["Two dead"], [step._replace(times=2)])


def test_many_ambiguous_changes_are_checked_in_bounded_time() -> None:
    step = CleaningStep("page furniture", 5_000, (), ("Share", "Share it"))
    start = time.process_time()
    assert check_words("Share it\nShare it now\n" * 5_000, ["Share it now"] * 5_000, [step])
    assert not check_words("Share it\nShare it now\n" * 5_000, ["Share it not"] * 5_000, [step])
    assert time.process_time() - start < 5


def test_curly_quotes_and_look_alike_letters_stay_as_printed() -> None:
    text = "“Islamic State” ‘so-called’ Sha’fah Sh'aytat ʿAin Раcca K2 — ﷲ ½ km²"
    assert clean(text).parts == ("", text, "")


def test_a_known_publisher_is_a_masthead_whatever_its_name() -> None:
    text = "Deir Ezzor 24\n\nStrike on Hajin\n\nA strike hit Hajin on Monday, local sources said."
    assert clean(text).publisher == ""
    assert clean(text, frozenset({"deir ezzor 24"})).publisher == "Deir Ezzor 24"


def test_markdown_keeps_its_lines() -> None:
    text, steps = clean_markdown("# A\r\n\r\n-  b\u200b\r\n\r\n      code  \r\n")
    assert text == "# A\n\n-  b\n\n      code  \n"
    assert [(step.step, step.times) for step in steps] == [("line ends", 5), ("hidden characters", 1)]


def test_lines_of_their_own_are_not_joined() -> None:
    lines = ["Hama: two killed", "Homs: a shell fell on the market and wounded five", "Idlib: calm", "Daraa: calm"]
    assert split_paragraphs("\n".join(lines)) == lines


HOSTILE = {
    "mojibake": "word â€œ- " * 50_000,
    "broken words": "a-\n" * 150_000,
    "bullets": "•\u00a0\u00a0" * 150_000,
    "one word": "a" * 500_000,
    "spaces": " " * 500_000 + "a",
    "spaced lines": "\n " * 250_000,
    "repeated lines": "twenty characters and more\n" * 20_000,
    "colons": ":" * 500_000,
    "teasers": "Check also\n" * 45_000 + "end.",
    "marks": "\u0301" * 200_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_cleaned_in_bounded_time(text: str) -> None:
    start = time.process_time()
    clean(text)
    assert time.process_time() - start < 3


def test_five_megabytes_are_cleaned_and_checked_in_bounded_time() -> None:
    text = "".join(f"The SOHR documented {number} losses in “Sha’fah”.\n\n" for number in range(88_000))
    start = time.process_time()
    cleaned = clean(text)
    assert check_words(text, cleaned.parts, cleaned.steps)
    assert time.process_time() - start < 10
