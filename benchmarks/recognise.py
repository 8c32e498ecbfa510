"""Measure how fast known names are recognised: `python benchmarks/recognise.py [--entities N …]`.

Makes its own authority and reports (about 4 KB and 40 mentions each), the same ones every time, and
prints medians of several runs in CPU time. `automaton` is the search for listed spellings alone, in folded text.
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

ONSETS = "b d f gh h j k kh l m n q r s sh t th w y z dh"
VOWELS = "a a i u aa ee ou ay"
ENDS = "b d f h j l m n r s sh t q ra la na iyah in oun an"
HEADS = ("", "", "", "", "Tal ", "Umm al-", "Kafr ", "Deir ", "al-", "al-")
GIVEN = "Talha Omar Bakr Yusuf Ibrahim Hamza Khalid Saeed Maher Nizar Qasim Rami Suhail Tariq Waleed"
FOLDERS = (("place", "places"), ("place", "places"), ("commander", "commanders"), ("faction", "factions"))
SENTENCES = (
    "The monitors said that shelling hit {} and the road to {}, while fighters of {} withdrew from {}.",
    "After the clashes near {}, residents of {} were displaced to camps in the countryside of {}.",
    "Reliable sources told us on Thursday that {} took control of two villages between {} and {}.",
    "In the past few days, commanders of {} were seen in {}, after the Russian warplanes had left.",
    "Electricity and water were cut for the third week, and prices in the markets of {} rose again.",
)
FILLER = (
    "The organization carried out counter attacks in the past few days, accompanied by detonating booby trapped"
    " vehicles, amid continuing preparations by all parties to the fighting, and there is confirmed information"
    " about casualties among them. "
)
RESPELLED = (("ee", "i"), ("ou", "u"), ("al-", "el-"), ("aa", "a"), ("kh", "k"), ("iyah", "iyeh"), ("q", "k"))
PARAGRAPH, REPORT, UNLISTED = 1200, 4000, 0.1


def make_name(chance: random.Random, kind: str) -> str:
    syllables = (chance.choice(ONSETS.split()) + chance.choice(VOWELS.split()) for _ in range(chance.randint(2, 4)))
    word = ("".join(syllables) + chance.choice(ENDS.split())).capitalize()
    if kind == "commander":
        return f"Abu {chance.choice(GIVEN.split())} al-{word}"
    return f"Jaysh al-{word}" if kind == "faction" else chance.choice(HEADS) + word


def make_entities(count: int) -> list[Entity]:
    chance = random.Random(count)  # noqa: S311
    names: dict[str, Entity] = {}
    taken: set[str] = set()
    while len(names) < count:
        kind, folder = FOLDERS[len(names) % len(FOLDERS)]
        name = make_name(chance, kind)
        variants = [name.replace(*chance.choice(RESPELLED)) for _ in range(3)]
        if taken.isdisjoint({name, *variants}):
            taken.update(variants, [name])
            listed = tuple(dict.fromkeys(each for each in variants if each != name))
            names[name] = Entity(f"{folder}/n{len(names)}", "", kind, name, listed)
    return list(names.values())


def print_name(chance: random.Random, entity: Entity) -> str:
    """Print a listed spelling, or one in ten times another romanisation of it."""
    spelling = chance.choice(entity.spellings)
    return spelling.replace("i", "ee").replace("u", "ou") if chance.random() < UNLISTED else spelling


def make_report(entities: Sequence[Entity], number: int) -> Report:
    chance = random.Random(number)  # noqa: S311
    paragraphs: list[Passage] = []
    size = 0
    while size < REPORT:
        text = ""
        while len(text) < PARAGRAPH:
            sentence = chance.choice(SENTENCES)
            named = [chance.choice(entities[: 1 + int(len(entities) * chance.random() ** 3)]) for _ in range(4)]
            text += sentence.format(*(print_name(chance, each) for each in named)) + " " + FILLER
        paragraphs.append(Passage(f"p{len(paragraphs) + 1}", text.strip()))
        size += len(text)
    return Report(
        f"r{number}", "", "Clashes in the countryside", "", "The Eastern Monitor For Rights", "", "unknown",
        "", "", "en", None, (), publish=True, paragraphs=tuple(paragraphs),
    )  # fmt: skip


def measure(label: str, work: Callable[[Report], object], reports: Sequence[Report], runs: int) -> None:
    times = []
    for _ in range(runs):
        start = time.process_time()
        for report in reports:
            work(report)
        times.append((time.process_time() - start) / len(reports))
    size = sum(len(passage.text.encode()) for report in reports for passage in report.passages) / len(reports)
    each = statistics.median(times)
    print(f"  {label:<10} {each * 1e6:7.0f} µs a report {size / each / 1000:9,.0f} KB/s")


def run(count: int, number: int, runs: int) -> None:
    entities = make_entities(count)
    reports = [make_report(entities, each) for each in range(number)]
    start = time.process_time()
    recogniser = Recogniser(entities, DEFAULT_KINDS)
    built = time.process_time() - start
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
