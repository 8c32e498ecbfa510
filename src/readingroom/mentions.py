"""What each report says of names by itself: known names, references back to them, sightings of unlisted names.

It is found again only where the report or a name it can hold has changed; what the archive as a whole makes of it is
`settling`'s affair. Reports and mentions go to the cache as they are found and are read from there when a page needs
them: no more than a few are in memory at a time.
"""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from readingroom.cache import all_ready, ready
from readingroom.digest import digest, digest_bytes
from readingroom.discovery import ballot, scan
from readingroom.keep import card_of, mentions_row, report_of, report_row
from readingroom.load import read_text
from readingroom.matching import fold_report
from readingroom.problems import Problem
from readingroom.read import read_report
from readingroom.recognise import Recogniser
from readingroom.references import References
from readingroom.searchable import searchable_page
from readingroom.signature import can_hold, signature
from readingroom.variants import Reading, read_listed
from readingroom.workers import stream

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from readingroom.cache import Cache, Ready, Row, Shelf
    from readingroom.config import Kind
    from readingroom.discovery import Scan
    from readingroom.judgements import Judgements
    from readingroom.model import Card, Entity, Mention, Report
    from readingroom.workers import Crew

AUTHORITY, READINGS = "authority", "readings"
BATCH = 50
FOUND: tuple[Shelf, ...] = ("card", "report", "known", "scan", "ballot", "signature")
OF_REPORT: tuple[Shelf, ...] = (*FOUND, "basis", "named", "mentions")

Rows = dict["Shelf", dict[str, "Row | Ready"]]


class Names(NamedTuple):
    """What recognition goes by: the authority, its kinds, decisions that are no entities, and how sure to be.

    `confidence` is the least that makes an unlisted name a suggestion.
    """

    entities: Sequence[Entity]
    kinds: Sequence[Kind]
    judgements: Judgements
    confidence: float


class Place(NamedTuple):
    """Where reports are: the archive's folder, and the SHA-256 of each by path."""

    root: Path
    digests: Mapping[str, str]


class Searched(NamedTuple):
    """Every report that can be read, searched for names: its row on the shelf of cards, by path.

    `gone` are the reports of earlier builds that are not there, or cannot be read, any more.
    """

    rows: dict[str, dict[str, Any]]
    gone: list[str]
    read: int
    recognised: int
    authority: Row
    problems: list[Problem]

    @property
    def cards(self) -> dict[str, Card]:
        """The cards by path."""
        return {path: card_of(row["card"]) for path, row in self.rows.items()}


class _Again(NamedTuple):
    """A report to be searched again: its path, the SHA-256 of its file, and whether it must be read first."""

    path: str
    sha256: str
    read: bool


def search(where: Place, paths: Sequence[str], names: Names, cache: Cache, crew: Crew) -> Searched:
    """Read and search every report that is not on the cache's shelves as it is now.

    A report keeps its mentions if its file is the same and it can hold no spelling of an entity that differs
    between the two authorities, nor of one that lies within such an entity (signature.signature says why
    that is safe).
    """
    now = authority_row(names)
    before = cache.get("build", AUTHORITY)
    changed = changed_spellings(before, now)
    rows = cast("dict[str, dict[str, Any]]", cache.load("card")) if changed is not None else {}
    kept, again = _parted(where, paths, rows, _holders(cache, rows, changed))
    problems = [Problem(*problem) for row in kept.values() for problem in row["problems"]]
    if changed is None:
        cache.save({"build": {AUTHORITY: now}}, {"card": list(cache.load("card"))})
    elif again:
        cache.save({"build": {AUTHORITY: {**cast("dict[str, object]", before), "also": sorted(changed)}}})
    for done in _searched(where.root, again, names, cache, crew) if again else ():
        cache.save(done.rows)
        kept |= done.cards
        problems += done.problems
    found = {path: kept[path] for path in paths if path in kept}
    gone = [path for path in rows if path not in found]
    return Searched(found, gone, sum(one.read for one in again), len(again), now, problems)


class _Batch(NamedTuple):
    """Rows for the cache, and what is wrong with the reports they were made from."""

    rows: Rows
    problems: list[Problem]


class _Done(NamedTuple):
    """A batch ready to be saved, and its cards."""

    rows: Mapping[Shelf, Mapping[str, Ready]]
    cards: dict[str, dict[str, Any]]
    problems: list[Problem]


def _searched(root: Path, again: Sequence[_Again], names: Names, cache: Cache, crew: Crew) -> Iterator[_Done]:
    """Search reports, and read those first that must be read."""
    kinds = names.kinds
    recogniser = Recogniser(names.entities, kinds, _readings(names, cache))
    references = References(names.entities)

    def work(part: Sequence[_Again]) -> Iterator[tuple[int, _Done]]:
        each = iter(part)
        while some := list(islice(each, BATCH)):
            batch = _Batch({shelf: {} for shelf in FOUND}, [])
            # one step after the other for all of them: what a step looks up stays in the processor's own memory
            reports = [report for one in some if (report := _report(root, one, cache, batch))]
            texts = [*map(fold_report, reports)]
            known = [*map(recogniser.mentions, reports, texts)]
            seen = [*map(partial(scan, kinds=kinds), reports, known)]
            for report, named_in, sightings in zip(reports, known, seen, strict=True):
                _put(batch.rows, report, [*named_in, *references.resolve(report, named_in)], sightings)
            for report, folded in zip(reports, texts, strict=True):
                batch.rows["signature"][report.path] = [signature(folded.values()).hex()]
            cards = cast("dict[str, dict[str, Any]]", batch.rows["card"])
            yield len(some), _Done(all_ready(batch.rows), cards, batch.problems)

    cache.rest()
    return stream(work, again, crew)


def _readings(names: Names, cache: Cache) -> Mapping[str, Reading]:
    """Read every spelling of the authority, or remember how it was read."""
    kept = cast("dict[str, list[Any]]", cache.get("build", READINGS) or {})
    readings = {
        spelling: Reading(*kept[spelling]) if spelling in kept else read_listed(spelling)
        for entity in names.entities
        for spelling in entity.spellings
    }
    if readings.keys() != kept.keys():
        cache.save({"build": {READINGS: {spelling: [*reading] for spelling, reading in readings.items()}}})
    return readings


def _parted(
    where: Place, paths: Sequence[str], rows: Mapping[str, dict[str, Any]], holders: Collection[str]
) -> tuple[dict[str, dict[str, Any]], list[_Again]]:
    """Part reports into those whose rows hold, and those to be searched, or read and searched, again."""
    kept: dict[str, dict[str, Any]] = {}
    again: list[_Again] = []
    for path in paths:
        row, sha256 = rows.get(path), where.digests[path]
        if row is None or row["sha256"] != sha256:
            again.append(_Again(path, sha256, read=True))
        elif path in holders:
            again.append(_Again(path, sha256, read=False))
        else:
            kept[path] = row
    return kept, again


def _holders(cache: Cache, paths: Iterable[str], changed: Collection[str] | None) -> Collection[str]:
    """Find the reports that may hold a changed spelling."""
    if not changed:
        return ()
    held = cast("dict[str, list[str]]", cache.load("signature"))
    found = {path: bytes.fromhex(row[0]) for path, row in held.items()}
    return {path for path in paths if path not in found or any(can_hold(found[path], spelling) for spelling in changed)}


def _report(root: Path, one: _Again, cache: Cache, batch: _Batch) -> Report | None:
    """Take a report from the cache, or read its file and put what was read into the batch."""
    if not one.read:
        card = cast("dict[str, Any]", cache.need("card", one.path))
        batch.rows["card"][one.path] = card
        batch.problems.extend(Problem(*problem) for problem in card["problems"])
        return report_of(cast("dict[str, Any]", cache.need("report", one.path))["report"])
    text, problems = read_text(root, one.path, one.sha256)
    report, found = read_report(text, one.path) if text is not None else (None, [])
    problems += found
    batch.problems.extend(problems)
    if report is not None:
        flat = [[each.path, each.line, each.message, each.hint, each.severity] for each in problems]
        batch.rows["card"][one.path] = {"sha256": one.sha256, "card": _card(report), "problems": flat}
        batch.rows["report"][one.path] = {"report": report_row(report)}
    return report


def _card(report: Report) -> Card:
    """Return a report's card, with a digest of what the search is given of it."""
    return report.card._replace(words=digest_bytes(searchable_page(report).encode("utf-8", "surrogatepass")))


def _put(rows: Rows, report: Report, known: Sequence[Mention], seen: Scan) -> None:
    """Put what was found in a report into the rows of a batch."""
    found, sightings = ready("known", report.path, mentions_row(report, known)), ready("scan", report.path, [*seen])
    rows["known"][report.path] = found
    rows["scan"][report.path] = sightings
    rows["ballot"][report.path] = [*ballot(seen)]
    card = cast("dict[str, Any]", rows["card"][report.path])
    rows["card"][report.path] = {**card, "mark": (found.mark + sightings.mark).hex()}


def changed_spellings(before: Row | None, now: Row) -> Collection[str] | None:
    """Return every spelling that recognition may treat differently; None if that cannot be told.

    `also` lists those to which a build that did not end may have applied its own authority.
    """
    if not isinstance(before, dict) or not isinstance(now, dict) or before.get("kinds") != now["kinds"]:
        return None
    old, new = cast("dict[str, Any]", before["entities"]), cast("dict[str, Any]", now["entities"])
    changed = {key for key in {*old, *new} if old.get(key) != new.get(key)}
    for entities in (old, new):
        changed |= {key for key in entities if _ancestors(key, entities) & changed}
    spellings = {
        spelling for entities in (old, new) for key in changed & set(entities) for spelling in entities[key][1]
    }
    return spellings.union(cast("list[str]", before["also"]))


def authority_row(names: Names) -> Row:
    """Return all that recognition takes from the authority, entity by entity, for the next build to compare."""
    return {
        "kinds": digest(tuple(names.kinds)),
        "also": [],
        "entities": {
            entity.id: [
                digest((
                    entity.kind, entity.name, entity.variants, entity.native, entity.within, entity.at,
                    entity.distinct_from, entity.publish, entity.refers,
                )),
                [*entity.spellings, *entity.refers],
                f"{entity.id.partition('/')[0]}/{entity.within}" if entity.within else "",
            ]
            for entity in names.entities
        },
    }  # fmt: skip


def _ancestors(key: str, entities: Mapping[str, list[str]]) -> set[str]:
    found: set[str] = set()
    while key in entities and (key := entities[key][2]) and key not in found:
        found.add(key)
    return found
