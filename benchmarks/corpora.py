"""The annotated texts that names.py measures on, read into documents with their gold spans.

`python benchmarks/corpora.py muc34 DIR OUT [-n 200]` splits the newswire reports into seeds for an archive.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from readingroom.discovery.rules import read_rules
from readingroom.model import Passage, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

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
            found.append(document(row["_id"], row["text"], settle(gold)))
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


def settle(gold: list[Gold]) -> list[Gold]:
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


SLOTS = {"INCIDENT: LOCATION": "place", "PERP: INDIVIDUAL ID": "person", "PERP: ORGANIZATION ID": "faction",
         "HUM TGT: NAME": "person"}  # fmt: skip


def read_muc(folder: Path, part: str) -> list[tuple[Document, list[tuple[str, tuple[str, ...]]]]]:
    """Read the newswire reports with the names their templates give: (class, alternative wordings)."""
    corpus = folder / "corpora/muc34/dev"
    keys: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for path in sorted(corpus.glob("key-*")):
        keys |= read_keys(path.read_text(encoding="latin-1"))
    found = []
    for name, text in muc_texts(folder):
        each = document(name, text, [], block=r"[^\n]+(?:\n[^\n]+)*")
        found.append((each, [slot for slot in keys.get(name, []) if occurs(slot, text)]))
    return {"dev": found[:300], "held": found[900:], "all": found}[part]


def muc_texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Read the newswire reports: name and text of each."""
    for path in sorted((folder / "corpora/muc34/dev").glob("dev-*")):
        texts = re.split(r"^(DEV-MUC3-\d+).*\n", path.read_text(encoding="latin-1"), flags=re.MULTILINE)[1:]
        yield from zip(texts[::2], texts[1::2], strict=True)


def write_seeds(folder: Path, out: Path, number: int) -> int:
    """Write the first reports as seeds, one file each, with blank lines between their paragraphs; say how many."""
    out.mkdir(parents=True, exist_ok=True)
    texts = list(muc_texts(folder))[:number]
    for name, text in texts:
        lines = (f"\n{line.strip()}" if line.startswith("   ") else line.rstrip() for line in text.splitlines())
        body = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
        (out / f"{name.lower()}.txt").write_text(body + "\n", encoding="utf-8")
    return len(texts)


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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", choices=("muc34",))
    parser.add_argument("folder", metavar="DIR", type=Path, help="the folder of corpora, see README.md")
    parser.add_argument("out", metavar="OUT", type=Path, help="where to write the seeds")
    parser.add_argument("-n", dest="number", metavar="N", type=int, default=200, help="how many reports (200)")
    options = parser.parse_args()
    written = write_seeds(options.folder, options.out, options.number)
    print(f"{written} seeds in {options.out}")
    return 0 if written else 1


if __name__ == "__main__":
    sys.exit(main())
