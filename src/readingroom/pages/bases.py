"""What pages are made from, as digests: where none differs, no page does.

A report's stamp stands for its file and all its mentions; with the names of the entities mentioned it stands for
everything that any page shows of the report.
"""

from __future__ import annotations

from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING

from readingroom.digest import digest
from readingroom.output import basis

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from readingroom.index import Archive
    from readingroom.model import Entity


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
        return self._reports[position]

    def reports(self, positions: Iterable[int]) -> bytes:
        """Return the digest of reports, in their order."""
        return blake2b(b"".join(map(self._reports.__getitem__, positions)), digest_size=12).digest()

    @cached_property
    def _reports(self) -> Sequence[bytes]:
        """The digest of each report, by position."""
        naming, beside = self._archive.naming, self._archive.beside
        faces = [self.face(entity) for entity in naming.entities]
        found = []
        for position, stamp in enumerate(self._archive.stamps):
            shown = [*map(faces.__getitem__, naming.numbers(position)), *map(self.face, beside.get(position, ()))]
            found.append(blake2b(b"%b %b" % (stamp, b"".join(shown)), digest_size=10).digest())
        return found

    def changes(self, *targets: str) -> bytes:
        """Return the digest of what was changed of these."""
        found = [self._archive.changes_by_target.get(target, ()) for target in targets]
        return digest(found).encode() if any(found) else b""

    def entity(self, entity: Entity) -> bytes:
        """Return the digest of all that is said of an entity itself, and of how the archive prints it."""
        if entity.id not in self._entities:
            naming = self._archive.naming
            spelt = sorted((text, found.total) for text, found in naming.spelt(entity.id).items())
            whole = (entity, spelt, len(naming.holders(entity.id)), self._archive.references[entity.id])
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
    def all_reports(self) -> bytes:
        """The digest of all reports."""
        return self.reports(range(len(self._archive.cards)))
