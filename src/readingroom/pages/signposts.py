"""Addresses that lead elsewhere or nowhere any more: moved entities, shared spellings, withdrawn reports."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from itertools import chain, count, groupby
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup
from slugify import slugify

from readingroom.ambiguity import kilometres
from readingroom.authority import lineage
from readingroom.concordance import section
from readingroom.dates import display
from readingroom.digest import digest
from readingroom.output import Page
from readingroom.pages.frame import canonical, chrome, root_of
from readingroom.pages.lists import index_entry
from readingroom.romanise import fold
from readingroom.views import AmbiguousView, Head, Link, MovedView, WithdrawnView

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from readingroom.index import Archive
    from readingroom.model import Change, Entity, Mention
    from readingroom.pages.bases import Bases


def moved_pages(archive: Archive, bases: Bases) -> Iterator[Page]:
    """Make a stub for every id that moved, as long as no entity has it again."""
    for url, entity in moved_addresses(archive):
        yield Page(url, "moved.html", bases.of(bases.face(entity.id)), partial(_moved, archive, url, entity))


def moved_addresses(archive: Archive) -> Iterator[tuple[str, Entity]]:
    """Return every address that leads on to an entity, as long as no entity has it again."""
    for old, new in archive.moved:
        entity = archive.entities.get(_last(new, dict(archive.moved)))
        if entity is not None and old not in archive.entities:
            yield f"{old}.html", entity


def _moved(archive: Archive, url: str, entity: Entity) -> MovedView:
    target = Link(entity.name, root_of(url) + entity.url)
    head = Head(entity.name, f"Moved to {entity.name}", canonical(archive.config, entity.url), robots="noindex")
    return MovedView(chrome(archive, url), head, target)


def withdrawn_pages(archive: Archive, bases: Bases) -> Iterator[Page]:
    """Make a page at the address of every withdrawn report that says so, and nothing of the report."""
    for change in archive.withdrawn:
        basis = bases.of(digest(change).encode())
        yield Page(f"reports/{change.of}.html", "withdrawn.html", basis, partial(_withdrawn, archive, change))


def _withdrawn(archive: Archive, change: Change) -> WithdrawnView:
    head = Head(f"Withdrawn: {change.of}", "This report was withdrawn.", robots="noindex")
    frame = chrome(archive, f"reports/{change.of}.html", section="reports/index.html")
    return WithdrawnView(frame, head, change.of, display(change.date), change.note)


def ambiguous_pages(archive: Archive, bases: Bases) -> Iterator[Page]:
    """Make a page for every spelling that several entities bear, at an address none of them has."""
    undecided = defaultdict(list)
    for mention in archive.ambiguous:
        undecided[fold(mention.text)].append(mention)
    for url, (spelling, bearers) in ambiguous_spellings(archive).items():
        mentions = undecided[fold(spelling)]
        reports = dict.fromkeys(archive.position[mention.report] for mention in mentions)
        parts = [bases.entity(one) for bearer in bearers for one in (bearer, *lineage(bearer, archive.entities))]
        apart = tuple(_whereabouts(archive, bearer, bearers) for bearer in bearers)
        basis = bases.of(digest((spelling, mentions, apart)).encode(), *parts, bases.reports(reports))
        found = _Borne(spelling, bearers, mentions, apart)
        yield Page(url, "ambiguous.html", basis, partial(_ambiguous, archive, url, found))


class _Borne(NamedTuple):
    """A spelling, who bears it, where it stands undecided, and where each bearer lies, in words."""

    spelling: str
    bearers: Sequence[Entity]
    undecided: Sequence[Mention]
    apart: tuple[str, ...]


def _whereabouts(archive: Archive, entity: Entity, bearers: Sequence[Entity]) -> str:
    """Say where a bearer lies: the places around it, its position, the nearest other place.

    The nearest place is looked for only where the places around do not tell the bearers apart.
    """
    around = [place.name for place in lineage(entity, archive.entities)]
    found = ", ".join(around)
    if entity.at:
        north, east = ("N" if entity.at.lat >= 0 else "S"), ("E" if entity.at.lon >= 0 else "W")
        found = f"{found}; " if found else ""
        found += f"{abs(entity.at.lat):.2f}° {north}, {abs(entity.at.lon):.2f}° {east}"
        if sum(one.within == entity.within for one in bearers) > 1:
            found += _neighbour(archive, entity, bearers)
    return found


def _neighbour(archive: Archive, entity: Entity, bearers: Sequence[Entity]) -> str:
    own = {one.id for one in bearers} | {place.id for place in lineage(entity, archive.entities)}
    others = (one for one in archive.entities.values() if one.at and one.id not in own and one.kind == entity.kind)
    apart = [(kilometres(entity.at, one.at), one.name) for one in others if entity.at and one.at]
    return f"; {min(apart)[0]:.0f} km from {min(apart)[1]}" if apart else ""


def _ambiguous(archive: Archive, url: str, found: _Borne) -> AmbiguousView:
    root = root_of(url)
    spelling, bearers, undecided, apart = found
    head = Head(
        spelling,
        f"{len(bearers)} entries of {archive.config.title} bear the name {spelling}",
        canonical(archive.config, url),
        robots="noindex" if any(archive.config.kind(one.kind).noindex for one in bearers) else "",
    )
    return AmbiguousView(
        chrome(archive, url, section=f"{url.partition('/')[0]}/index.html"),
        head,
        spelling,
        tuple(index_entry(archive, entity, root) for entity in bearers),
        tuple(
            Markup(section(archive.shown[key].report, group, root))  # noqa: S704 - escaped where it was made
            for key, group in groupby(undecided, key=attrgetter("report"))
        ),
        apart,
    )


def ambiguous_spellings(archive: Archive) -> Mapping[str, tuple[str, tuple[Entity, ...]]]:
    """Return the spellings that several entities bear and who they are, by the address of their page."""
    bearers: defaultdict[str, dict[str, Entity]] = defaultdict(dict)
    printed: dict[str, str] = {}
    for entity in archive.entities.values():
        for spelling in entity.spellings:
            folded = fold(spelling)
            bearers[folded][entity.id] = entity
            printed.setdefault(folded, spelling)
    found: dict[str, tuple[str, tuple[Entity, ...]]] = {}
    taken = {*archive.entities, *dict(archive.moved), *(f"{kind.folder}/index" for kind in archive.config.kinds)}
    for folded, entities in bearers.items():
        if len(entities) < 2:  # noqa: PLR2004 - one bearer alone is not ambiguous
            continue
        slug = slugify(folded.replace("'", ""), max_length=80)
        if not slug:
            continue
        address = _free(f"{min(entities).partition('/')[0]}/{slug}", taken)
        taken.add(address)
        found[f"{address}.html"] = (printed[folded], tuple(entities[key] for key in sorted(entities)))
    return found


def _free(address: str, taken: Collection[str]) -> str:
    """Return an address that is not taken: this one, else one that says what the page asks.

    >>> _free("places/tiba", ()), _free("places/tiba", {"places/tiba"})
    ('places/tiba', 'places/tiba-which')
    >>> _free("places/tiba", {"places/tiba", "places/tiba-which"})
    'places/tiba-which-2'
    """
    others = (f"{address}-which-{number}" for number in count(2))
    return next(one for one in chain((address, f"{address}-which"), others) if one not in taken)


def _last(key: str, moved: Mapping[str, str]) -> str:
    """Follow moves to their end; a circle ends where it began."""
    seen = {key}
    while key in moved and moved[key] not in seen:
        key = moved[key]
        seen.add(key)
    return key
