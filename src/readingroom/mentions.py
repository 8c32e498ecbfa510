"""Every mention of every report: known names, references back to them, and names nobody has listed yet.

What a report says alone (known names, references, sightings of unlisted names) is found again only where the
report or a name it can hold has changed; what the archive as a whole says of unlisted names is decided anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from readingroom.digest import digest
from readingroom.discovery import Scan, Sighting, decide, scan
from readingroom.discovery import mentions as suggest
from readingroom.keep import mentions_of
from readingroom.recognise import Recogniser
from readingroom.references import References
from readingroom.signature import can_hold, signature
from readingroom.workers import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from readingroom.cache import Row
    from readingroom.config import Kind
    from readingroom.judgements import Judgements
    from readingroom.model import Entity, Mention, Report
    from readingroom.workers import Crew

AUTHORITY = "authority"
LINKED = frozenset({"reviewed", "suggested"})
UNLISTED = frozenset({"suggested", "withheld"})


class Found(NamedTuple):
    """Mentions by report id, in reading order; `rows` are those found afresh, by the path of their report."""

    mentions: dict[str, tuple[Mention, ...]]
    rows: dict[str, Row]
    authority: Row


class Names(NamedTuple):
    """What recognition goes by: the authority, its kinds, decisions that are no entities, and how sure to be.

    `confidence` is the least that makes an unlisted name a suggestion.
    """

    entities: Sequence[Entity]
    kinds: Sequence[Kind]
    judgements: Judgements
    confidence: float


class Kept(NamedTuple):
    """What an earlier build found: rows by path of the report, and what its names were."""

    rows: Mapping[str, Row]
    authority: Row | None


def find_mentions(reports: Sequence[tuple[Report, str]], names: Names, kept: Kept, crew: Crew) -> Found:
    """Find the mentions of every report; `reports` come with the digest of their file.

    A report keeps its mentions if its file is the same and it can hold no spelling of an entity that differs
    between the two authorities, nor of one that lies within such an entity (signature.signature says why
    that is safe).
    """
    now = _authority(names)
    changed = changed_spellings(kept.authority, now)
    rows: dict[str, Row] = {}
    again: list[tuple[Report, str]] = []
    for report, sha256 in reports:
        row = kept.rows.get(report.path)
        if changed is not None and isinstance(row, dict) and row["sha256"] == sha256 and not _holds(row, changed):
            rows[report.path] = row
        else:
            again.append((report, sha256))
    fresh = _recognise(again, names, crew) if again else {}
    return Found(_together([report for report, _ in reports], {**rows, **fresh}, names), fresh, now)


def _recognise(again: Sequence[tuple[Report, str]], names: Names, crew: Crew) -> dict[str, Row]:
    recogniser, references = Recogniser(names.entities, names.kinds), References(names.entities)

    def work(part: Sequence[tuple[Report, str]], tell: Callable[[int], None]) -> dict[str, Row]:
        rows: dict[str, Row] = {}
        for report, sha256 in part:
            known = recogniser.mentions(report)
            rows[report.path] = {
                "sha256": sha256,
                "signature": signature(report).hex(),
                "mentions": [*known, *references.resolve(report, known)],
                "scan": scan(report, known, names.kinds),
            }
            tell(1)
        return rows

    return {path: row for part in spread(work, again, crew) for path, row in part.items()}


def _together(reports: Sequence[Report], rows: Mapping[str, Row], names: Names) -> dict[str, tuple[Mention, ...]]:
    """Add what the archive as a whole makes of the names nobody has listed; judgements have the last word."""
    found = {report.id: cast("dict[str, Any]", rows[report.path]) for report in reports}
    scans = {key: _scan_of(row["scan"]) for key, row in found.items()}
    votes = decide(scans.values())
    listed = {entity.id for entity in names.entities}
    together: dict[str, tuple[Mention, ...]] = {}
    for report in reports:
        places = {passage.anchor: number for number, passage in enumerate(report.passages)}
        unlisted = suggest(scans[report.id], votes, names.kinds, threshold=names.confidence)
        mentions = [*mentions_of(found[report.id]["mentions"]), *(_unclaimed(one, listed) for one in unlisted)]
        judged = (judge(one, names.judgements) for one in mentions)
        together[report.id] = tuple(
            sorted((one for one in judged if one), key=lambda one: (places[one.paragraph], one.start))
        )
    return together


def judge(mention: Mention, judgements: Judgements) -> Mention | None:
    """Apply the archive's decisions to a mention: what is never to be linked is withheld, what was rejected goes."""
    if mention.status in LINKED and judgements.is_never(mention.text):
        return mention._replace(status="withheld", why=(*mention.why, "never linked, by decision"))
    if mention.status in UNLISTED and mention.confidence < 1 and judgements.is_rejected(mention.text, mention.kind):
        return None
    return mention


def _unclaimed(mention: Mention, listed: Collection[str]) -> Mention:
    """Withhold a suggestion whose proposed address belongs to a listed entity of another spelling."""
    if mention.entity not in listed:
        return mention
    return mention._replace(status="withheld", why=(*mention.why, f"its address is that of {mention.entity}"))


def changed_spellings(before: Row | None, now: Row) -> Collection[str] | None:
    """Return every spelling that recognition may treat differently; None if that cannot be told."""
    if not isinstance(before, dict) or not isinstance(now, dict) or before.get("kinds") != now["kinds"]:
        return None
    old, new = cast("dict[str, Any]", before["entities"]), cast("dict[str, Any]", now["entities"])
    changed = {key for key in {*old, *new} if old.get(key) != new.get(key)}
    for entities in (old, new):
        changed |= {key for key in entities if _ancestors(key, entities) & changed}
    return {spelling for entities in (old, new) for key in changed & set(entities) for spelling in entities[key][1]}


def _authority(names: Names) -> Row:
    return {
        "kinds": digest(tuple(names.kinds)),
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


def _holds(row: dict[str, object], changed: Collection[str]) -> bool:
    held = bytes.fromhex(str(row["signature"]))
    return any(can_hold(held, spelling) for spelling in changed)


def _scan_of(row: Sequence[Any]) -> Scan:
    """Rebuild the scan of a report from its row."""
    report, sightings, aliases = row
    return Scan(report, tuple(_sighting(each) for each in sightings), tuple((one, other) for one, other in aliases))


def _sighting(row: Sequence[Any]) -> Sighting:
    values = dict(zip(Sighting._fields, row, strict=True))
    values["scores"] = tuple((sort, score) for sort, score in values["scores"])
    return Sighting(**{**values, "why": tuple(values["why"])})
