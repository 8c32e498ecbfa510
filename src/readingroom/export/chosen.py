"""What someone calls a report, a name or a month, turned into which one it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from readingroom.dates import display
from readingroom.lookup import cards, flat, look_up
from readingroom.pages.lists import by_month
from readingroom.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from readingroom.index import Archive
    from readingroom.model import Entity

ADDRESS = re.compile(r"https?://", re.IGNORECASE)
FOLDERS = re.compile(r"^(?:.*/)?(?:content|build/site)/")
ENDINGS = re.compile(r"\.(?:html|md)$")
ASK = "give its id, its file, its address on the web, or its name"
MOST = 8


class Chosen(NamedTuple):
    """One of the archive's reports (`position`), entities or months; the two others are empty."""

    position: int | None = None
    entity: Entity | None = None
    month: str = ""


def choose(archive: Archive, asked: str) -> Chosen:
    """Find what someone means by an id, a path, an address or a name.

    Raises:
        ProblemsError: nothing published bears it, or several things do.
    """
    key = _key(archive, asked.strip())
    found = _by_id(archive, key) or _by_name(archive, asked.strip())
    if found:
        return found
    near = [hit.entity.id for hit in look_up(asked, cards(archive.entities.values(), {}), 3)]
    hint = f"did you mean {' or '.join(near)}?" if near else ASK
    raise ProblemsError([Problem(asked, 0, "no published report, name or month is called so", hint)])


def _key(archive: Archive, asked: str) -> str:
    """Reduce a path or an address to the id that it holds.

    Raises:
        ProblemsError: it is an address elsewhere.
    """
    live = archive.config.url
    if ADDRESS.match(asked):
        if not live or not asked.startswith(live):
            where = f"this archive stands at {live}" if live else "this archive names no address: give --url"
            raise ProblemsError([Problem(asked, 0, "is not an address of this archive", where)])
        asked = asked.removeprefix(live)
    path = unquote(asked.partition("#")[0].partition("?")[0]).replace("\\", "/").removeprefix("./")
    return ENDINGS.sub("", FOLDERS.sub("", path))


def _by_id(archive: Archive, key: str) -> Chosen | None:
    report, month = key.removeprefix("reports/"), key.removeprefix("months/")
    if report in archive.position:
        return Chosen(position=archive.position[report])
    moved, seen = dict(archive.moved), {key}
    while key not in archive.entities and moved.get(key, key) not in seen:
        key = moved[key]
        seen.add(key)
    entity = archive.entities.get(key) or archive.entities.get(key.partition(".")[0])
    if entity:
        return Chosen(entity=entity)
    return Chosen(month=month) if month in by_month(archive) else None


def _by_name(archive: Archive, asked: str) -> Chosen | None:
    """Find the one entity or report of a name; an entity's own name comes before spellings that others share."""
    words = flat(asked) or asked  # a name may be all signs
    named = [one for one in archive.entities.values() if words in {flat(one.name), one.name}]
    spelt = [one for one in archive.entities.values() if words in map(flat, one.spellings)]
    titled = [at for at, card in enumerate(archive.cards) if words in {flat(card.title), card.title}]
    entities = named or spelt
    if not words or not (entities or titled):
        return None
    if len(entities) + len(titled) == 1:
        return Chosen(entity=entities[0]) if entities else Chosen(position=titled[0])
    reports = [archive.cards[at] for at in titled]
    ids = [one.id for one in entities] + [f"{card.id} ({display(card.published) or 'undated'})" for card in reports]
    more = f" and {len(ids) - MOST} more" if len(ids) > MOST else ""
    hint = f"give the id of one: {', '.join(ids[:MOST])}{more}"
    raise ProblemsError([Problem(asked, 0, f"{len(ids)} things are called so", hint)])
