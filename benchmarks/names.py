"""Measure discovery and joining of names: `python benchmarks/names.py [--corpora DIR] [--part dev|held|all]`.

Without corpora it scores the texts of tests/cases/discovery, which anyone has. README.md says what DIR must
hold, and how each figure is counted.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from corpora import SORTS, Document, Gold, document, places, read_cases, read_muc, read_re3d, read_seeds

from readingroom.config import DEFAULT_KINDS, Kind
from readingroom.discovery import decide, mentions, scan
from readingroom.judgements import Judgements
from readingroom.model import Mention
from readingroom.spelling_distance import may_join, may_suggest
from readingroom.suggestions import Known, what_waits

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
KINDS = (*DEFAULT_KINDS, Kind("operation", "operations", "Operation", "Operations"))
Found = dict[str, tuple[Mention, ...]]
Stretch = tuple[int, int, str]


class Score(NamedTuple):
    """How many spans were found, right and wanted."""

    right: int = 0
    found: int = 0
    wanted: int = 0

    def plus(self, other: Score) -> Score:
        """Add up two counts."""
        return Score(self.right + other.right, self.found + other.found, self.wanted + other.wanted)

    @property
    def precision(self) -> float:
        """Give the share of what was found that is right."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Give the share of what was wanted that was found."""
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        """Give the harmonic mean of precision and recall."""
        return 2 * self.right / (self.found + self.wanted) if self.found + self.wanted else 0.0

    def __str__(self) -> str:
        return f"P {self.precision:.3f} R {self.recall:.3f} F {self.f1:.3f} ({self.wanted} wanted)"


def found_in(documents: list[Document]) -> Found:
    scans = [scan(each.report, (), KINDS) for each in documents]
    votes = decide(scans)
    return {each.report: mentions(each, votes, KINDS) for each in scans}


def score(documents: list[Document], found: Found, *, exact: bool, sort: str = "") -> Score:
    total = Score()
    for each in documents:
        spans = [span for span, mention in stretches(each, found) if mention.kind]
        total = total.plus(compare(spans, each.gold, exact=exact, sort=sort))
    return total


def compare(spans: list[Stretch], gold: list[Gold], *, exact: bool, sort: str) -> Score:
    """Match spans with gold one to one; a span on something that need not be found does not count."""
    wanted = [g for g in gold if g.counted and sort in {"", g.sort}]
    spare = [g for g in gold if not g.counted]
    left = [span for span in spans if sort in {"", span[2]}]
    right = 0
    for same_span in (True, False):
        if exact and not same_span:
            break
        for g in list(wanted):
            hit = next((s for s in left if s[2] == g.sort and meets(s, g, exact=same_span)), None)
            if hit:
                left.remove(hit)
                wanted.remove(g)
                right += 1
    wrong = [s for s in left if not any(meets(s, g, exact=False) for g in spare)]
    return Score(right, right + len(wrong), right + len(wanted))


def meets(span: Stretch, gold: Gold, *, exact: bool) -> bool:
    if exact:
        return span[:2] == (gold.start, gold.end)
    return span[0] < gold.end and gold.start < span[1]


def stretches(each: Document, found: Found) -> list[tuple[Stretch, Mention]]:
    """Give the mentions of a document with their places in its text and their class."""
    return [
        ((each.offsets[m.paragraph] + m.start, each.offsets[m.paragraph] + m.end, SORTS.get(m.kind, m.kind)), m)
        for m in found[each.report.id]
        if m.paragraph in each.offsets
    ]


def score_muc(part: str, folder: Path) -> tuple[dict[str, Score], list[str]]:
    """Recall of the names in the templates: found if a mention of the class overlaps an occurrence of one."""
    corpus = read_muc(folder, part)
    found = found_in([each for each, _ in corpus])
    totals: defaultdict[str, Score] = defaultdict(Score)
    missed = []
    for each, slots in corpus:
        spans = [span for span, _ in stretches(each, found)]
        for sort, names in slots:
            at = [span for name in names for span in places(name, each.text)]
            hit = any(s[2] == sort and s[0] < end and start < s[1] for s in spans for start, end in at)
            totals[sort] = totals[sort].plus(Score(int(hit), 0, 1))
            if not hit:
                missed.append(f"{each.report.id} {sort} {' | '.join(names)}")
    return dict(sorted(totals.items())), missed


def score_pairs(folder: Path) -> dict[str, tuple[Score, Score]]:
    """Judge spelling pairs of persons, of places and of this field: joined without asking, and suggested."""
    return {name: (judge(rows, may_join), judge(rows, may_suggest)) for name, rows in pairs(folder).items()}


def pairs(folder: Path) -> dict[str, list[tuple[bool, str, str]]]:
    """Read the sets of spelling pairs, each with whether they are one name."""
    table = json.loads((folder / "data/variant_pairs_dev.json").read_text(encoding="utf-8"))
    sets = {
        sort: [(same == "same", *row[:2]) for same in ("same", "different") for row in table[f"{same}_{sort}"]]
        for sort in ("person", "place")
    }
    lines = (folder / "data/pairs_domain.tsv").read_text(encoding="utf-8").splitlines()
    sets["domain"] = [(same == "1", one, other) for same, one, other in (line.split("\t") for line in lines)]
    return sets


def offered(folder: Path) -> dict[str, Score]:
    """Put the names of each set into one archive; a pair counts where a reviewer is asked, or where both are joined."""
    return {name: _offered([(one, other) for same, one, other in rows if same]) for name, rows in pairs(folder).items()}


def _offered(same: list[tuple[str, str]]) -> Score:
    names = dict.fromkeys(name for pair in same for name in pair)
    ids = {name: f"places/{number}" for number, name in enumerate(names)}
    each = document("r1", "\n".join(names), [], block=r"[^\n]+").report
    found = [Mention("r1", f"p{number}", 0, len(name), name, "place", ids[name], "withheld", 0.5, ("pair",))
             for number, name in enumerate(names, 1)]  # fmt: skip
    asked = {(item.suggestion.id, other) for item in what_waits({"r1": found}, {"r1": each}, Known((), Judgements()))
             for other in item.candidates}  # fmt: skip
    hits = [may_join(one, other) or not asked.isdisjoint({(ids[one], ids[other]), (ids[other], ids[one])})
            for one, other in same]  # fmt: skip
    return Score(sum(hits), 0, len(same))


def judge(rows: list[tuple[bool, str, str]], joins: Callable[[str, str], bool]) -> Score:
    answers = [(same, joins(one, other)) for same, one, other in rows]
    return Score(
        sum(same and joined for same, joined in answers),
        sum(joined for _, joined in answers),
        sum(same for same, _ in answers),
    )


def b_cubed(documents: list[Document], found: Found) -> float:
    """B³ F1 over the counted gold mentions: their entities against the ids we propose (or their text)."""
    pairs = []
    for each in documents:
        spans = [(span, mention.entity) for span, mention in stretches(each, found) if mention.entity]
        for g in each.gold:
            if g.counted:
                hit = (entity for span, entity in spans if meets(span, g, exact=False))
                pairs.append((g.entity, next(hit, each.text[g.start : g.end])))
    both, gold, ours = Counter(pairs), Counter(g for g, _ in pairs), Counter(o for _, o in pairs)
    precision = sum(n * n / ours[o] for (_, o), n in both.items()) / len(pairs)
    recall = sum(n * n / gold[g] for (g, _), n in both.items()) / len(pairs)
    return 2 * precision * recall / (precision + recall)


def errors(documents: list[Document], found: Found) -> list[str]:
    """List what is missed and what is wrong, with its surroundings."""
    lines = []
    for each in documents:
        spans = stretches(each, found)
        for g in each.gold:
            got = [mention for span, mention in spans if meets(span, g, exact=False)]
            if g.counted and g.sort not in {SORTS.get(mention.kind, mention.kind) for mention in got}:
                shown = [(mention.text, mention.kind, mention.confidence, mention.why) for mention in got]
                lines.append(f"missed {g.sort}: {around(each.text, g.start, g.end)}: {shown}")
        for span, mention in spans:
            near = [g for g in each.gold if meets(span, g, exact=False)]
            if span[2] and not any(not g.counted or g.sort == span[2] for g in near):
                lines.append(f"wrong {span[2]}: {around(each.text, *span[:2])}: {mention.confidence} {mention.why}")
    return lines


def around(text: str, start: int, end: int) -> str:
    """Show a stretch in its surroundings."""
    return f"{text[max(0, start - 30) : start]}[{text[start:end]}]{text[end : end + 20]}".replace("\n", "/")


def speed(documents: list[Document]) -> float:
    """Kilobytes a second of CPU time through scan, decide and mentions, rules already read."""
    size = sum(len(each.text.encode()) for each in documents)
    start = time.process_time()
    found_in(documents)
    return size / 1000 / max(time.process_time() - start, 1e-6)


def report_on(name: str, documents: list[Document], *, verbose: bool) -> None:
    found = found_in(documents)
    print(f"{name}: typed F1, exact    {score(documents, found, exact=True)}")
    print(f"{name}: typed F1, overlap  {score(documents, found, exact=False)}")
    for sort in ("place", "faction", "person", "operation"):
        print(f"    {sort:9} overlap    {score(documents, found, exact=False, sort=sort)}")
    if any(g.entity for each in documents for g in each.gold):
        print(f"    clusters of mentions, B³ F {b_cubed(documents, found):.3f}")
    print(f"    speed {speed(documents):.0f} KB/s")
    if verbose:
        print(*errors(documents, found), sep="\n")


def report_on_muc(part: str, folder: Path, *, verbose: bool) -> None:
    totals, missed = score_muc(part, folder)
    for sort, total in totals.items():
        print(f"muc34: {sort:9} recall {total.recall:.3f} ({total.wanted} wanted)")
    print(f"    speed {speed([each for each, _ in read_muc(folder, part)]):.0f} KB/s")
    if verbose:
        print(*missed, sep="\n")


def report_on_pairs(folder: Path) -> None:
    for name, (joined, suggested) in score_pairs(folder).items():
        print(f"pairs of {name:7} joined     {joined}")
        print(f"pairs of {name:7} suggested  {suggested}")
    for name, total in offered(folder).items():
        print(f"pairs of {name:7} offered in one archive: R {total.recall:.3f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, help="the folder of corpora, see README.md")
    parser.add_argument("--part", choices=("dev", "held", "all"), default="held", help="of re3d and muc34")
    parser.add_argument("--only", default="", choices=("", "cases", "seeds", "re3d", "muc34", "pairs"))
    parser.add_argument("--errors", action="store_true", help="list what is missed and what is wrong")
    options = parser.parse_args()
    folder, only, verbose = options.corpora, options.only, options.errors
    if only in {"", "cases"}:
        report_on("cases", read_cases(ROOT / "tests/cases/discovery"), verbose=verbose)
    if folder is None:
        print("no --corpora DIR given: only the cases were scored (README.md says what DIR must hold)")
        return 0
    if only in {"", "seeds"}:
        report_on("seeds", read_seeds(folder), verbose=verbose)
    if only in {"", "re3d"}:
        report_on("re3d", read_re3d(folder, options.part), verbose=verbose)
    if only in {"", "muc34"}:
        report_on_muc(options.part, folder, verbose=verbose)
    if only in {"", "pairs"}:
        report_on_pairs(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
