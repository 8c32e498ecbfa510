"""What the names box loads: every name in every spelling, and the rules that compare spellings."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from readingroom import romanise
from readingroom.language import direction
from readingroom.names_file import KindLabel, NameRow, names_scripts, rules_script
from readingroom.output import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from readingroom.index import Archive
    from readingroom.model import Entity
    from readingroom.pages.bases import Bases


def names_basis(archive: Archive, bases: Bases) -> str:
    """Return the basis of all scripts that hold names."""
    return bases.of(bases.all_entities, str(len(archive.cards)).encode())


def names_outputs(archive: Archive, bases: Bases, listed: Sequence[str] | None) -> Iterator[Text]:
    """Make the scripts the names box loads; `listed` are their names, where these are known.

    What is in one script, and which there are, hangs on all names: they are made together, once, or not at all.
    """
    basis, scripts = names_basis(archive, bases), _Scripts(archive)
    for name in scripts.made if listed is None else listed:
        yield Text(f"names/{name}", basis, partial(scripts.get, name))
    yield Text("names/rules.js", bases.of(), _rules)


class _Scripts:
    """The scripts that hold names, made when the first is asked for."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    @cached_property
    def made(self) -> Mapping[str, str]:
        """The scripts by name."""
        archive = self._archive
        kinds = [KindLabel(kind.folder, kind.name, kind.label, kind.plural) for kind in archive.config.kinds]
        rows = [_row(archive, entity) for entity in archive.entities.values()]
        return dict(names_scripts(rows, kinds=kinds, reports=len(archive.cards)))

    def get(self, name: str) -> tuple[str]:
        """Return one script, whole."""
        return (self.made[name],)


def _rules() -> tuple[str]:
    return (rules_script(romanise.FILE.read_text(encoding="utf-8")),)


def _row(archive: Archive, entity: Entity) -> NameRow:
    language, native = entity.native[0] if entity.native else ("", "")
    printed = sorted(archive.naming.spelt(entity.id))
    return NameRow(
        entity.id,
        entity.name,
        native,
        direction(language) if language else "",
        archive.naming.total(entity.id),
        tuple(dict.fromkeys((*entity.spellings, *printed))),
    )
