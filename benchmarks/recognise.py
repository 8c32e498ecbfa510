"""Measure how fast known names are recognised: `python benchmarks/recognise.py [--entities N …]`.

Makes its own authority and reports (about 4 KB and 40 mentions each), the same ones every time, and
prints medians of several runs. `automaton` is the search for listed spellings alone, in folded text.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick, MatchKind

from readingroom.config import DEFAULT_KINDS
from readingroom.matching import fold_passage
from readingroom.model import Entity, Passage, Report
from readingroom.recognise import Recogniser
from readingroom.romanise import fold
from readingroom.signature import signature

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ONSETS = ("b d f gh h j k kh l m n q r s sh t th w y z dh").split(" ")
VOWELS = "a a i u aa ee ou ay".split()
ENDS = "b d f h j l m n r s sh t q ra la na iyah in oun an".split()
HEADS = ("", "", "", "", "Tal ", "Umm al-", "Kafr ", "Deir ", "al-", "al-")
GIVEN = "Talha Omar Bakr Yusuf Ibrahim Hamza Khalid Saeed Maher Nizar Qasim Rami Suhail Tariq Waleed".split()
FOLDERS = (("place", "places"), ("place", "places"), ("commander", "commanders"), ("faction", "factions"))
SENTENCES = (
    "The monitors said that shelling hit {} and the road to {}, while fighters of {} withdrew from {}.",
    "After the clashes near {}, residents of {} were displaced to camps in the countryside of {}.",
    "Reliable sources told us on Thursday that {} took control of two villages between {} and {}.",
    "In the past few days, commanders of {} were seen in {}, after the Russian warplanes had left.",
    "Electricity and water were cut for the third week, and prices in the markets of {} rose again.",
)
RESPELLED = (("ee", "i"), ("ou", "u"), ("al-", "el-"), ("aa", "a"), ("kh", "k"), ("iyah", "iyeh"), ("q", "k"))
PARAGRAPH, REPORT = 1200, 4000


def make_name(chance: random.Random, kind: str) -> str:
    syllables = (chance.choice(ONSETS) + chance.choice(VOWELS) for _ in range(chance.randint(1, 3)))
    word = ("".join(syllables) + chance.choice(ENDS)).capitalize()
    if kind == "commander":
        return f"Abu {chance.choice(GIVEN)} al-{word}"
    return f"Jaysh al-{word}" if kind == "faction" else chance.choice(HEADS) + word


def make_entities(count: int) -> list[Entity]:
    chance = random.Random(count)
    names: dict[str, Entity] = {}
    while len(names) < count:
        kind, folder = FOLDERS[len(names) % len(FOLDERS)]
        name = make_name(chance, kind)
        variants = tuple({name.replace(*chance.choice(RESPELLED)) for _ in range(3)} - {name})
        names.setdefault(name, Entity(f"{folder}/n{len(names)}", "", kind, name, variants))
    return list(names.values())


def make_report(entities: Sequence[Entity], number: int) -> Report:
    chance = random.Random(number)
    paragraphs: list[Passage] = []
    size = 0
    while size < REPORT:
        text = ""
        while len(text) < PARAGRAPH:
            sentence = chance.choice(SENTENCES)
            named = [chance.choice(entities[: 1 + int(len(entities) * chance.random() ** 3)]) for _ in range(4)]
            text += sentence.format(*(chance.choice(each.spellings) for each in named)) + " "
        paragraphs.append(Passage(f"p{len(paragraphs) + 1}", text.strip()))
        size += len(text)
    return Report(
        f"r{number}", "", "Clashes in the countryside", "", "The Eastern Monitor For Rights", "", "unknown",
        "", "", "en", None, (), publish=True, paragraphs=tuple(paragraphs),
    )  # fmt: skip


def measure(label: str, work: Callable[[Report], object], reports: Sequence[Report], runs: int) -> None:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        for report in reports:
            work(report)
        times.append((time.perf_counter() - start) / len(reports))
    size = sum(len(passage.text.encode()) for report in reports for passage in report.passages) / len(reports)
    each = statistics.median(times)
    print(f"  {label:<10} {each * 1e6:7.0f} µs a report {size / each / 1000:9,.0f} KB/s")


def run(count: int, number: int, runs: int) -> None:
    entities = make_entities(count)
    reports = [make_report(entities, each) for each in range(number)]
    start = time.perf_counter()
    recogniser = Recogniser(entities, DEFAULT_KINDS)
    built = time.perf_counter() - start
    found = [mention for report in reports for mention in recogniser.mentions(report)]
    by_key = sum("romanisation" in mention.why for mention in found)
    print(f"{count:,} entities: built in {built * 1000:.0f} ms; {len(found) / number:.1f} mentions a report,")
    print(f"  {by_key / number:.1f} of them by romanisation key")
    spellings = {fold(spelling) for entity in entities for spelling in entity.spellings}
    automaton = AhoCorasick(list(spellings), matchkind=MatchKind.Standard)
    folded = {report.id: [fold_passage(passage.text).folded for passage in report.passages] for report in reports}

    def search(report: Report) -> None:
        for text in folded[report.id]:
            automaton.find_matches_as_indexes(text, overlapping=True)

    measure("automaton", search, reports, runs)
    measure("mentions", recogniser.mentions, reports, runs)
    measure("signature", signature, reports, runs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entities", type=int, nargs="+", default=[2_000, 50_000])
    parser.add_argument("--reports", type=int, default=200)
    parser.add_argument("--runs", type=int, default=7)
    given = parser.parse_args()
    for count in given.entities:
        run(count, given.reports, given.runs)


if __name__ == "__main__":
    main()
