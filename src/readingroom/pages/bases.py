"""What pages are made from, as digests: where none differs, no page does.

A report's stamp stands for its file and all its mentions; with the names of the entities mentioned it stands for
everything that any page shows of the report. Most pages show less of most reports: their headline, what they are
called by and whom they name, or what is quoted on the page of a name. These digests are kept apart, so that few pages
are looked at after an edit of a report's text.
"""

from __future__ import annotations

from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING

from readingroom.authority import ROLE_SOURCE
from readingroom.digest import digest, digest_bytes
from readingroom.output import basis

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from readingroom.index import Archive
    from readingroom.model import Entity
    from readingroom.tables import Table


class Bases:
    """The digests of an archive's reports and entities, each made once."""

    def __init__(self, archive: Archive) -> None:
        """Digest what all pages share; everything else when it is asked for."""
        self._archive = archive
        frame = [(page.slug, page.title) for page in archive.pages]
        self._shared = digest((archive.config, frame)).encode()
        self._faces: dict[str, bytes] = {}
        self._entities: dict[str, bytes] = {}

    def of(self, *parts: bytes) -> str:
        """Return the basis of a page that is made from these parts and what all pages share."""
        return basis((self._shared, *parts))

    def face(self, key: str) -> bytes:
        """Return the digest of what other pages show of an entity."""
        if key not in self._faces:
            entity = self._archive.entities.get(key)
            shown = (entity.name, entity.kind, entity.suggested) if entity else ()
            self._faces[key] = digest((key, shown)).encode()
        return self._faces[key]

    def report(self, position: int) -> bytes:
        """Return the digest of a report, of its mentions and of the names of what it mentions."""
        return self._archive.stamps[position] + self._headings[position]

    def reports(self, positions: Collection[int]) -> bytes:
        """Return the digest of reports, of their mentions and of the names of what they mention, in their order."""
        return self._joined(self._archive.stamps, positions) + self.headings(positions)

    def headings(self, positions: Collection[int]) -> bytes:
        """Return the digest of what reports are called and of whom they name, in their order."""
        return self._joined(self._headings, positions)

    def quoted(self, entity: str, positions: Sequence[int]) -> bytes:
        """Return the digest of what the page of an entity shows of reports that name it, in their order."""
        return digest_bytes(self._archive.naming.quoted(entity, positions)).encode() + self.headings(positions)

    def lines(self, table: Table, positions: Sequence[int]) -> bytes:
        """Return the digest of what reports have in a table, in their order."""
        return digest([*self._archive.line_digests.of(table, positions)]).encode() + self.headings(positions)

    @staticmethod
    def _joined(digests: Sequence[bytes], positions: Iterable[int]) -> bytes:
        return blake2b(b"".join(map(digests.__getitem__, positions)), digest_size=12).digest()

    @cached_property
    def _headings(self) -> Sequence[bytes]:
        """The digest of each report's heading and of the names of what it mentions, by position."""
        naming, beside = self._archive.naming, self._archive.beside
        faces = [self.face(entity) for entity in naming.entities]
        found = []
        for position, card in enumerate(self._archive.cards):
            shown = [*map(faces.__getitem__, naming.numbers(position)), *map(self.face, beside.get(position, ()))]
            names = len(naming.numbers(position))
            heading = f" {names} {card.id} {card.published} {card.title}".encode("utf-8", "surrogatepass")
            found.append(blake2b(b"".join(shown) + heading, digest_size=10).digest())
        return found

    def changes(self, *targets: str) -> bytes:
        """Return the digest of what was changed of these."""
        found = [self._archive.changes_by_target.get(target, ()) for target in targets]
        return digest(found).encode() if any(found) else b""

    @cached_property
    def all_changes(self) -> bytes:
        """The digest of all that was changed, of what is called how, and of which reports are withdrawn."""
        archive = self._archive
        withdrawn = [change.of for change in archive.withdrawn]
        return digest((archive.changes, [self._called(change.of) for change in archive.changes], withdrawn)).encode()

    def _called(self, target: str) -> str:
        if target in self._archive.position:
            return self._archive.cards[self._archive.position[target]].title
        return self._archive.entities[target].name if target in self._archive.entities else ""

    def entity(self, entity: Entity) -> bytes:
        """Return the digest of all that is said of an entity itself, and of how the archive prints it."""
        if entity.id not in self._entities:
            naming = self._archive.naming
            spelt = sorted((text, found.total) for text, found in naming.spelt(entity.id).items())
            cited = ROLE_SOURCE.search(entity.role)
            cites = cited is not None and cited[1] in self._archive.position
            counts = len(naming.holders(entity.id)), self._archive.references[entity.id]
            whole = (entity, spelt, *counts, cites)
            self._entities[entity.id] = digest(whole).encode()
        return self._entities[entity.id]

    def kind(self, name: str) -> bytes:
        """Return the digest of all entities of a kind, each with how the archive prints it."""
        entities = self._archive.entities.values()
        return digest([self.entity(entity).decode() for entity in entities if entity.kind == name]).encode()

    @cached_property
    def all_entities(self) -> bytes:
        """The digest of all entities, each with how the archive prints it."""
        return digest([self.entity(entity).decode() for entity in self._archive.entities.values()]).encode()

    @cached_property
    def all_headings(self) -> bytes:
        """The digest of what all reports are called and of whom they name, in their order."""
        return self.headings(range(len(self._archive.cards)))

    @cached_property
    def all_reports(self) -> bytes:
        """The digest of all reports."""
        return self.reports(range(len(self._archive.cards)))
