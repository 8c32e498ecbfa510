"""Write the scale corpus: `python benchmarks/scale_corpus.py DIR [--reports N] [--raw]`.

DIR/archive is an archive of readingroom, DIR/hugo/content the same reports as a generator without recognition needs
them: every mention linked, and every name a report holds listed in its front matter. Report i depends on the seed,
the number of entities and i alone, so that a small corpus is the beginning of a large one.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scale_names import FOLDERS, Authority, Listed
from scale_prose import Line, Mention, Written, plain, write

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = """title = "The Riverside Archive"
subtitle = "Made-up reports that measure how fast an archive is built"
url = "https://archive.example"
maintainer = "The Riverside Documentation Centre"
"""
BATCH = 250
MILESTONES = (10, 100, 1_000, 10_000, 100_000)


class Corpus(NamedTuple):
    """What corpus to write, and where."""

    folder: Path
    reports: int
    entities: int = 2_000
    seed: int = 1
    raw: bool = False

    @property
    def archive(self) -> Path:
        """Where the archive is."""
        return self.folder / "archive"

    @property
    def hugo(self) -> Path:
        """Where the site for Hugo is."""
        return self.folder / "hugo"

    @property
    def authority(self) -> Authority:
        """The names it is about."""
        return authority_of(self.seed, self.entities)


@cache
def authority_of(seed: int, entities: int) -> Authority:
    return Authority(seed, entities)


def quoted(text: str) -> str:
    """Write a text as YAML on one line."""
    return json.dumps(text, ensure_ascii=False)


def front_matter(values: dict[str, str], body: str = "") -> str:
    return "".join(("---\n", *(f"{key}: {value}\n" for key, value in values.items()), "---\n", body))


def entity_file(entity: Listed) -> str:
    values = {"name": quoted(entity.name), "variants": json.dumps(entity.variants, ensure_ascii=False)}
    return front_matter({**values, "reviewed": "2026-01-01", "reviewed_by": quoted("The Riverside Archive")})


def report_file(report: Written) -> str:
    """Write a report as ingesting and cleaning its seed would leave it."""
    values = {"title": quoted(plain(report.title)), "dek": quoted(plain(report.dek))}
    values |= {"publisher": quoted(report.publisher), "published": str(report.day), "date_basis": "given"}
    return front_matter({**values, "publish": "true"}, "\n\n".join(map(plain, report.paragraphs)) + "\n")


def seed_file(report: Written) -> str:
    lines = (report.publisher, *map(plain, (report.title, report.dek, *report.paragraphs)))
    return "\n\n".join(lines) + "\n"


def linked(line: Line) -> str:
    return "".join(bit if isinstance(bit, str) else f"[{bit.text}](/{bit.entity.id}.html)" for bit in line)


def hugo_entity(entity: Listed) -> str:
    return front_matter({"title": quoted(entity.name), "variants": json.dumps(entity.variants, ensure_ascii=False)})


def hugo_report(report: Written) -> str:
    """Write a report with its links made and its names listed by kind, which is what recognition would find out."""
    values = {"title": quoted(plain(report.title)), "description": quoted(plain(report.dek))}
    values |= {"publisher": quoted(report.publisher), "date": str(report.day), "months": f'["{report.day:%Y-%m}"]'}
    named = {mention.entity.id: mention.entity for mention in report.mentions}.values()
    for kind, folder in FOLDERS.items():
        values[folder] = json.dumps([entity.slug for entity in named if entity.kind == kind])
    return front_matter(values, "\n\n".join(map(linked, report.paragraphs)) + "\n")


def write_corpus(corpus: Corpus, jobs: int) -> None:
    """Write the archive and the content for Hugo; DIR must not hold a corpus yet."""
    folders = ["archive/content/reports", "archive/seeds", "hugo/content/reports"]
    folders += [f"{site}/content/{folder}" for site in ("archive", "hugo") for folder in FOLDERS.values()]
    for folder in folders:
        (corpus.folder / folder).mkdir(parents=True)
    (corpus.archive / "readingroom.toml").write_text(SETTINGS, encoding="utf-8")
    for entity in corpus.authority.listed:
        (corpus.archive / f"content/{entity.id}.md").write_text(entity_file(entity), encoding="utf-8")
        term = corpus.hugo / f"content/{entity.id}/_index.md"
        term.parent.mkdir()
        term.write_text(hugo_entity(entity), encoding="utf-8")
    with ProcessPoolExecutor(jobs) as pool:
        starts = range(0, corpus.reports, BATCH)
        rows = [row for batch in pool.map(_write_batch, [corpus] * len(starts), starts) for row in batch]
    if corpus.raw:
        _write_index(corpus, rows)


def _write_batch(corpus: Corpus, start: int) -> list[tuple[str, str]]:
    """Write some reports; a file that is there already is an error, for then two reports have one id."""
    rows = []
    for report in reports(corpus, start, start + BATCH):
        own = f"seeds/{report.seed_name}" if corpus.raw else f"content/reports/{report.id}.md"
        with (corpus.archive / own).open("x", encoding="utf-8") as file:
            file.write(seed_file(report) if corpus.raw else report_file(report))
        with (corpus.hugo / f"content/reports/{report.id}.md").open("x", encoding="utf-8") as file:
            file.write(hugo_report(report))
        rows.append((report.seed_name, str(report.day)))
    return rows


def _write_index(corpus: Corpus, rows: list[tuple[str, str]]) -> None:
    with (corpus.archive / "seeds/index.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("file", "source", "publisher", "published", "retrieved", "language"))
        table.writerows((name, "", "", day, "", "en") for name, day in rows)


def reports(corpus: Corpus, start: int, end: int) -> Iterator[Written]:
    for number in range(start, min(end, corpus.reports)):
        yield write(corpus.authority, number)


def describe(corpus: Corpus) -> None:
    """Print how long and how dense the reports are and how the vocabulary grows, writing nothing."""
    words: set[str] = set()
    running = mentions = distinct = 0
    for report in reports(corpus, 0, corpus.reports):
        found = re.findall(r"[\w’'-]+", seed_file(report).lower())
        named: list[Mention] = report.mentions
        words.update(found)
        running, mentions = running + len(found), mentions + len(named)
        distinct += len({mention.entity.id for mention in named})
        if (number := report.number + 1) in MILESTONES or number == corpus.reports:
            each = f"{running / number:.0f} words, {mentions / number:.1f} mentions of {distinct / number:.1f} names"
            print(f"{number:>7,} reports: {each} a report; {len(words):,} different words")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--reports", type=int, default=1_000)
    parser.add_argument("--entities", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--raw", action="store_true", help="seeds and seeds/index.csv in place of cleaned reports")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--describe", action="store_true", help="say how long and dense the reports are; write nothing")
    given = parser.parse_args()
    corpus = Corpus(given.folder, given.reports, given.entities, given.seed, given.raw)
    if given.describe:
        describe(corpus)
    else:
        write_corpus(corpus, given.jobs)


if __name__ == "__main__":
    main()
