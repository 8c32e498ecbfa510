"""What the names box loads: every name in every spelling, and the rules that compare spellings."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from readingroom.names_file import KindLabel, NameRow, names_scripts, rules_script
from readingroom.output import Text
from readingroom.pages.frame import direction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from readingroom.index import Archive
    from readingroom.model import Entity


def names_outputs(archive: Archive) -> Iterator[Text]:
    """Make the scripts the names box loads."""
    kinds = [KindLabel(kind.folder, kind.name, kind.label, kind.plural) for kind in archive.config.kinds]
    rows = [_row(archive, entity) for entity in archive.entities.values()]
    for name, script in names_scripts(rows, kinds=kinds, reports=len(archive.reports)):
        yield Text(f"names/{name}", script)
    rules = files("readingroom").joinpath("romanisation.json").read_text(encoding="utf-8")
    yield Text("names/rules.js", rules_script(rules))


def _row(archive: Archive, entity: Entity) -> NameRow:
    language, native = entity.native[0] if entity.native else ("", "")
    printed = tuple(mention.text for mention in archive.named[entity.id])
    return NameRow(
        entity.id,
        entity.name,
        native,
        direction(language) if language else "",
        len(printed),
        tuple(dict.fromkeys((*entity.spellings, *printed))),
    )
