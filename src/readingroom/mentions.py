"""Mentions of every report, found again only where the report or a name it can hold has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from readingroom.digest import digest
from readingroom.keep import mentions_of
from readingroom.recognise import Recogniser
from readingroom.signature import can_hold, signature
from readingroom.workers import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from readingroom.cache import Row
    from readingroom.config import Kind
    from readingroom.model import Entity, Mention, Report
    from readingroom.workers import Crew

AUTHORITY = "authority"


class Found(NamedTuple):
    """Mentions by report id; `rows` are those found afresh, by the path of their report, for the cache."""

    mentions: dict[str, tuple[Mention, ...]]
    rows: dict[str, Row]
    authority: Row


class Names(NamedTuple):
    """What recognition goes by: the authority and its kinds."""

    entities: Sequence[Entity]
    kinds: Sequence[Kind]


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
    mentions: dict[str, tuple[Mention, ...]] = {}
    again: list[tuple[Report, str]] = []
    for report, sha256 in reports:
        row = kept.rows.get(report.path)
        if changed is not None and isinstance(row, dict) and row["sha256"] == sha256 and not _holds(row, changed):
            mentions[report.id] = mentions_of(row["mentions"])
        else:
            again.append((report, sha256))
    if not again:
        return Found(mentions, {}, now)
    recogniser = Recogniser(names.entities, names.kinds)

    def work(part: Sequence[tuple[Report, str]], tell: Callable[[int], None]) -> dict[str, Row]:
        rows: dict[str, Row] = {}
        for report, sha256 in part:
            found = recogniser.mentions(report)
            rows[report.path] = {
                "sha256": sha256,
                "signature": signature(report).hex(),
                "mentions": list(found),
            }
            tell(1)
        return rows

    rows = {path: row for part in spread(work, again, crew) for path, row in part.items()}
    for report, _ in again:
        mentions[report.id] = mentions_of(cast("dict[str, Any]", rows[report.path])["mentions"])
    return Found(mentions, rows, now)


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
                    entity.distinct_from, entity.publish,
                )),
                list(entity.spellings),
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
