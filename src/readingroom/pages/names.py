"""What the names box loads: every name in every spelling, and the rules that compare spellings."""

from __future__ import annotations

from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING

from readingroom.names_file import KindLabel, NameRow, names_script, rules_script
from readingroom.output import Text
from readingroom.pages.frame import direction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from readingroom.index import Archive
    from readingroom.model import Entity
    from readingroom.pages.bases import Bases


def names_outputs(archive: Archive, bases: Bases) -> Iterator[Text]:
    """Make the scripts the names box loads."""
    basis = bases.of(bases.all_entities, str(len(archive.cards)).encode())
    yield Text("names/names.js", basis, partial(_names, archive))
    yield Text("names/rules.js", bases.of(), _rules)


def _names(archive: Archive) -> str:
    kinds = [KindLabel(kind.folder, kind.name, kind.label, kind.plural) for kind in archive.config.kinds]
    rows = [_row(archive, entity) for entity in archive.entities.values()]
    return names_script(rows, kinds=kinds, reports=len(archive.cards))


def _rules() -> str:
    return rules_script(files("readingroom").joinpath("romanisation.json").read_text(encoding="utf-8"))


def _row(archive: Archive, entity: Entity) -> NameRow:
    language, native = entity.native[0] if entity.native else ("", "")
    printed = tuple(archive.naming.spelt(entity.id))
    return NameRow(
        entity.id,
        entity.name,
        native,
        direction(language) if language else "",
        archive.naming.total(entity.id),
        tuple(dict.fromkeys((*entity.spellings, *printed))),
    )
