"""Measure discovery and joining of names: python benchmarks/names.py [--corpora DIR] [--part dev|held|all].

Without corpora it scores tests/cases/discovery, which anyone has. README.md says what DIR must hold and how
each figure is counted.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from readingroom.config import DEFAULT_KINDS, Kind
from readingroom.discovery import decide, mentions, scan
from readingroom.discovery.rules import read_rules
from readingroom.model import Mention, Passage, Report
from readingroom.spelling_distance import may_join, may_suggest

ROOT = Path(__file__).parent.parent
KINDS = (*DEFAULT_KINDS, Kind("operation", "operations", "Operation", "Operations"))
SORTS = {"commander": "person", "facility": "place"}
RE3D = {"Organisation": "faction", "Location": "place", "Person": "person"}
DETERMINER = re.compile(r"^(?:the|a|an|its|their|his|our|this|that|all|both|some|other)\s+", re.IGNORECASE)


class Gold(NamedTuple):
    """A span that annotators marked; `counted` is False for what may be found or not."""

    start: int
    end: int
    sort: str
    counted: bool
    entity: str = ""


class Document(NamedTuple):
    """A text with its gold spans, as a report whose paragraphs start at `offsets` of the text."""

    report: Report
    text: str
    offsets: dict[str, int]
    gold: list[Gold]


class Score(NamedTuple):
    """How many spans were found, right and wanted."""

    right: int = 0
    found: int = 0
    wanted: int = 0

    def plus(self, other: Score) -> Score:
        return Score(self.right + other.right, self.found + other.found, self.wanted + other.wanted)

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.wanted) if self.found + self.wanted else 0.0

    def __str__(self) -> str:
        return f"P {self.precision:.3f} R {self.recall:.3f} F {self.f1:.3f} ({self.wanted} wanted)"


def document(name: str, text: str, gold: list[Gold], publisher: str = "", block: str = r"[^\n]+") -> Document:
    """Make a report of a text: each stretch that `block` matches is a paragraph."""
    passages, offsets = [], {}
    for number, match in enumerate(re.finditer(block, text), 1):
        anchor = f"p{number}"
        passages.append(Passage(anchor, match[0]))
        offsets[anchor] = match.start()
    report = Report(
        id=name, path="", title="", dek="", publisher=publisher, published="", date_basis="unknown", date_evidence="",
        source="", language="en", original=None, cleaning=(), publish=True, paragraphs=tuple(passages),
    )  # fmt: skip
    return Document(report, text, offsets, gold)


def read_seeds(folder: Path) -> list[Document]:
    table = json.loads((folder / "data/seeds_gold.json").read_text(encoding="utf-8"))
    found = []
    for each in table["docs"]:
        text = (folder / "seeds" / each["file"]).read_bytes().decode("utf-8")
        gold = [
            Gold(
                m["start"],
                m["end"],
                SORTS.get(m["type"], m["type"]),
                counted=m["form"] in {"name", "acronym", "quoted"} and not m.get("optional"),
                entity=m["canonical"],
            )
            for m in each["mentions"]
        ]
        publisher = text.lstrip().partition("\n")[0].strip()
        found.append(document(each["file"], text, gold, publisher))
    return found


def read_re3d(folder: Path, part: str) -> list[Document]:
    found = []
    for source in sorted(path for path in (folder / "data/re3d").iterdir() if path.is_dir()):
        entities = defaultdict(list)
        for row in read_rows(source / "entities.json"):
            entities[row["documentId"]].append(row)
        for row in read_rows(source / "documents.json"):
            gold = [re3d_gold(row["text"], each) for each in entities[row["_id"]]]
            found.append(document(row["_id"], row["text"], settle(row["text"], gold)))
    found.sort(key=lambda each: each.report.id)
    return split(found, part)


def read_rows(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]


def re3d_gold(text: str, row: dict[str, Any]) -> Gold:
    """Read one entity; only capitalised names of places, organisations and persons count."""
    start, end = row["begin"], row["end"]
    cut = DETERMINER.match(text[start:end])
    start += cut.end() if cut else 0
    value = text[start:end]
    sort = RE3D.get(row["type"], "")
    return Gold(start, end, sort, counted=bool(sort) and is_name(value))


def is_name(value: str) -> bool:
    """Tell a name from a common noun, a pronoun, a people's word or a title in a re3d annotation."""
    rules = read_rules("en")
    words = re.findall(r"[^\W\d_]+", value) if re.search(r"[^\W\d_]{2}", value) else []
    lows = [word.lower() for word in words]
    if not words or not (words[0][0].isupper() or value.startswith("al-")):
        return False
    if any(word[0].islower() and low not in {"al", "of", "the", "for", "and", "s", "in", "el", "to", "ez", "sh", "esh"}
           for word, low in zip(words, lows, strict=True)):  # fmt: skip
        return False
    titles = rules.titles["office"] | rules.titles["parts"] | rules.titles["civil"]
    if (
        lows[0] in rules.words["time"]
        or lows[0] in {"resolution", "operation"}
        or (len(words) == 1 and lows[0] in rules.words["function"] - {"us"})
    ):
        return False
    if all(low in titles | rules.world["peoples"] | {"the", "of", "for", "and", "u", "s"} for low in lows):
        return False
    return len(words) > 1 or not rules.lexicon.is_common(lows[0]) or words[0].isupper()


def settle(text: str, gold: list[Gold]) -> list[Gold]:
    """Let one of several overlapping names count: the longest, for persons the shortest."""
    ranked = sorted(gold, key=lambda g: (not g.counted, (g.end - g.start) * (1 if g.sort == "person" else -1), g.start))
    kept: list[Gold] = []
    for each in ranked:
        clash = any(each.start < other.end and other.start < each.end for other in kept if other.counted)
        kept.append(each._replace(counted=each.counted and not clash))
    return kept


def split(documents: list[Document], part: str) -> list[Document]:
    """Take every second document for tuning (dev) and the others for the figures (held)."""
    return {"dev": documents[::2], "held": documents[1::2], "all": documents}[part]


def found_in(documents: list[Document]) -> dict[str, tuple[Mention, ...]]:
    scans = [scan(each.report, (), KINDS) for each in documents]
    votes = decide(scans)
    return {each.report: mentions(each, votes, KINDS) for each in scans}


def score(documents: list[Document], found: dict[str, tuple[Mention, ...]], *, exact: bool, sort: str = "") -> Score:
    total = Score()
    for each in documents:
        spans = [
            (each.offsets[m.paragraph] + m.start, each.offsets[m.paragraph] + m.end, SORTS.get(m.kind, m.kind))
            for m in found[each.report.id]
            if m.kind and m.paragraph in each.offsets
        ]
        total = total.plus(compare(spans, each.gold, exact=exact, sort=sort))
    return total


def compare(spans: list[tuple[int, int, str]], gold: list[Gold], *, exact: bool, sort: str) -> Score:
    """Match spans with gold one to one; a span on something that need not be found does not count."""
    wanted = [g for g in gold if g.counted and sort in {"", g.sort}]
    spare = [g for g in gold if not g.counted or (sort and g.sort != sort and False)]
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


def meets(span: tuple[int, int, str], gold: Gold, *, exact: bool) -> bool:
    if exact:
        return span[:2] == (gold.start, gold.end)
    return span[0] < gold.end and gold.start < span[1]


SLOTS = {"INCIDENT: LOCATION": "place", "PERP: INDIVIDUAL ID": "person", "PERP: ORGANIZATION ID": "faction",
         "HUM TGT: NAME": "person"}  # fmt: skip


def read_muc(folder: Path, part: str) -> list[tuple[Document, list[tuple[str, tuple[str, ...]]]]]:
    """Read the newswire reports with the names their templates give: (class, alternative wordings)."""
    corpus = folder / "corpora/muc34/dev"
    keys: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for path in sorted(corpus.glob("key-*")):
        keys |= read_keys(path.read_text(encoding="latin-1"))
    found = []
    for path in sorted(corpus.glob("dev-*")):
        texts = re.split(r"^(DEV-MUC3-\d+).*\n", path.read_text(encoding="latin-1"), flags=re.MULTILINE)[1:]
        for name, text in zip(texts[::2], texts[1::2], strict=True):
            each = document(name, text, [], block=r"[^\n]+(?:\n[^\n]+)*")
            found.append((each, [slot for slot in keys.get(name, []) if occurs(slot, text)]))
    return {"dev": found[:300], "held": found[900:], "all": found}[part]


def read_keys(text: str) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    keys: defaultdict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    name = slot = ""
    for line in text.splitlines():
        match = re.match(r"\d+\.\s+([A-Z: ]+?)\s{2,}(.*)", line)
        if match:
            slot, value = match[1], match[2]
            name = value.split(" (")[0].strip() if slot == "MESSAGE: ID" else name
        else:
            value = line.strip()
        if slot in SLOTS and value not in {"", "*", "-"}:
            keys[name] += read_value(SLOTS[slot], value)
    return {name: sorted(set(values)) for name, values in keys.items()}


def read_value(sort: str, value: str) -> list[tuple[str, tuple[str, ...]]]:
    if sort == "place":
        parts = re.split(r":| - ", value)
        return [("place", (name,)) for name in (re.sub(r"\(.*?\)|[?\"]", "", p).strip() for p in parts) if name]
    names = [name.replace('\\"', '"') for name in re.findall(r'"((?:[^"\\]|\\.)+)"', value)]
    named = is_person if sort == "person" else is_faction
    return [(sort, tuple(names))] if names and all(map(named, names)) else []


def is_person(name: str) -> bool:
    """Tell a person's name from a description ("TERRORISTS") in a template: not all its words are common."""
    rules = read_rules("en")
    lows = re.findall(r"[a-z]+", name.lower())
    titles = rules.titles["office"] | rules.titles["civil"] | rules.titles["parts"]
    names = [low for low in lows if len(low) > 1 and low not in titles]
    return bool(names) and all(not rules.lexicon.is_common(low) or low in rules.given for low in names)


def is_faction(name: str) -> bool:
    """Tell a name from a common noun ("ARMY", "THE GOVERNMENT") in a template."""
    lows = [low for low in re.findall(r"[a-z]+", name.lower()) if low != "the"]
    return len(lows) > 1 or not read_rules("en").lexicon.is_common(lows[0])


def occurs(slot: tuple[str, tuple[str, ...]], text: str) -> bool:
    return any(places(name, text) for name in slot[1])


def places(name: str, text: str) -> list[tuple[int, int]]:
    pattern = r"\s+".join(map(re.escape, name.split()))
    return [match.span() for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text)]


def score_muc(part: str, folder: Path) -> tuple[dict[str, Score], list[str]]:
    """Recall of the names in the templates: found if a mention of the class overlaps an occurrence of one."""
    corpus = read_muc(folder, part)
    found = found_in([each for each, _ in corpus])
    totals: defaultdict[str, Score] = defaultdict(Score)
    missed = []
    for each, slots in corpus:
        spans = [
            (each.offsets[m.paragraph] + m.start, each.offsets[m.paragraph] + m.end, SORTS.get(m.kind, m.kind))
            for m in found[each.report.id]
            if m.kind and m.paragraph in each.offsets
        ]
        for sort, names in slots:
            at = [span for name in names for span in places(name, each.text)]
            hit = any(s[2] == sort and s[0] < end and start < s[1] for s in spans for start, end in at)
            totals[sort] = totals[sort].plus(Score(int(hit), 0, 1))
            if not hit:
                missed.append(f"{each.report.id} {sort} {names}")
    return dict(totals), missed


def score_pairs(folder: Path) -> dict[str, tuple[Score, Score]]:
    """Joining of spelling pairs, automatic and suggested, for persons, places and the domain's pairs."""
    table = json.loads((folder / "data/variant_pairs_dev.json").read_text(encoding="utf-8"))
    sets = {
        sort: [(True, *row[:2]) for row in table[f"same_{sort}"]]
        + [(False, *row[:2]) for row in table[f"different_{sort}"]]
        for sort in ("person", "place")
    }
    lines = (folder / "data/pairs_domain.tsv").read_text(encoding="utf-8").splitlines()
    sets["domain"] = [(row[0] == "1", row[1], row[2]) for row in (line.split("\t") for line in lines) if len(row) > 2]
    return {name: (judge(pairs, may_join), judge(pairs, may_suggest)) for name, pairs in sets.items()}


def judge(pairs: list[tuple[bool, str, str]], joins: Any) -> Score:
    answers = [(same, joins(one, other)) for same, one, other in pairs]
    return Score(
        sum(same and joined for same, joined in answers),
        sum(joined for _, joined in answers),
        sum(same for same, _ in answers),
    )


def b_cubed(documents: list[Document], found: dict[str, tuple[Mention, ...]]) -> float:
    """B³ F1 over the counted gold mentions: their entities against the ids we propose (or their text)."""
    pairs = []
    for each in documents:
        spans = [(each.offsets[m.paragraph] + m.start, each.offsets[m.paragraph] + m.end, m.entity)
                 for m in found[each.report.id] if m.paragraph in each.offsets]  # fmt: skip
        for g in each.gold:
            if g.counted:
                hit = next((s[2] for s in spans if meets(s, g, exact=False) and s[2]), each.text[g.start : g.end])
                pairs.append((g.entity, hit))
    both, gold, ours = Counter(pairs), Counter(g for g, _ in pairs), Counter(o for _, o in pairs)
    precision = sum(n * n / ours[o] for (_, o), n in both.items()) / len(pairs)
    recall = sum(n * n / gold[g] for (g, _), n in both.items()) / len(pairs)
    return 2 * precision * recall / (precision + recall)


def errors(documents: list[Document], found: dict[str, tuple[Mention, ...]]) -> list[str]:
    """List what is wrong, with its surroundings."""
    lines = []
    for each in documents:
        spans = [(each.offsets[m.paragraph] + m.start, each.offsets[m.paragraph] + m.end, SORTS.get(m.kind, m.kind), m)
                 for m in found[each.report.id] if m.paragraph in each.offsets]  # fmt: skip
        for g in each.gold:
            if g.counted and not any(s[2] == g.sort and meets(s[:3], g, exact=False) for s in spans):
                got = [s[3] for s in spans if meets(s[:3], g, exact=False)]
                shown = [(m.text, m.kind, m.confidence, m.why) for m in got]
                around = each.text[max(0, g.start - 30) : g.end + 20].replace("\n", "/")
                lines.append(f"MISSED {g.sort:8} {each.text[g.start : g.end]!r} in {around!r}: {shown}")
        for s in spans:
            if s[2] and not any(meets(s[:3], g, exact=False) and (not g.counted or g.sort == s[2]) for g in each.gold):
                around = each.text[max(0, s[0] - 30) : s[1] + 20].replace("\n", "/")
                lines.append(f"WRONG  {s[2]:8} {s[3].text!r} in {around!r}: {s[3].confidence} {s[3].why}")
    return lines


def speed(documents: list[Document]) -> float:
    """Kilobytes a second through scan, decide and mentions on one core, rules already read."""
    size = sum(len(each.text.encode()) for each in documents)
    start = time.perf_counter()
    found_in(documents)
    return size / 1000 / (time.perf_counter() - start)


def report_on(name: str, documents: list[Document], *, verbose: bool) -> None:
    found = found_in(documents)
    print(f"{name}: typed exact   {score(documents, found, exact=True)}")
    print(f"{name}: typed overlap {score(documents, found, exact=False)}")
    for sort in ("place", "faction", "person", "operation"):
        print(f"    {sort:9} overlap {score(documents, found, exact=False, sort=sort)}")
    if any(g.entity for each in documents for g in each.gold):
        print(f"    clusters, B³ F {b_cubed(documents, found):.3f}")
    print(f"    {speed(documents):.0f} KB/s")
    if verbose:
        print(*errors(documents, found), sep="\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--part", choices=("dev", "held", "all"), default="held")
    parser.add_argument("--only", default="")
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()
    if not options.corpora:
        print("no --corpora DIR given (benchmarks/README.md says what it must hold); scoring tests/cases/discovery")
        report_on("cases", read_cases(ROOT / "tests/cases/discovery"), verbose=options.errors)
        return 0
    if options.only in {"", "seeds"}:
        report_on("seeds", read_seeds(options.corpora), verbose=options.errors)
    if options.only in {"", "re3d"}:
        report_on("re3d", read_re3d(options.corpora, options.part), verbose=options.errors)
    if options.only in {"", "muc"}:
        totals, missed = score_muc(options.part, options.corpora)
        for sort, total in totals.items():
            print(f"muc34: {sort:9} recall {total.recall:.3f} ({total.wanted} wanted)")
        documents = [each for each, _ in read_muc(options.corpora, options.part)]
        print(f"    {speed(documents):.0f} KB/s")
        if options.errors:
            print(*missed, sep="\n")
    if options.only in {"", "pairs"}:
        for name, (joined, suggested) in score_pairs(options.corpora).items():
            print(f"pairs {name:7} automatic {joined}")
            print(f"pairs {name:7} suggested {suggested}")
    return 0


def read_cases(folder: Path) -> list[Document]:
    """Read the texts of the cases: a name is marked [name](class)."""
    found = []
    for path in sorted(folder.glob("*.md")):
        head = path.read_text(encoding="utf-8").partition("\n# Known failures\n")[0]
        for section in re.split(r"^## ", head, flags=re.MULTILINE)[1:]:
            name, _, body = section.partition("\n")
            marked = "\n".join(line[2:] for line in body.splitlines() if line.startswith("> "))
            found.append(unmarked(f"{path.stem}: {name}", marked))
    return found


def unmarked(name: str, marked: str) -> Document:
    gold, text, last = [], "", 0
    for match in re.finditer(r"\[([^\]]+)\]\((\w+)\)", marked):
        text += marked[last : match.start()]
        gold.append(Gold(len(text), len(text) + len(match[1]), match[2], counted=match[2] != "any"))
        text += match[1]
        last = match.end()
    return document(name, text + marked[last:], gold)


if __name__ == "__main__":
    sys.exit(main())
