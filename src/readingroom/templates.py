"""Templates read from their folders once; the names each asks for are kept in the cache, so that few are parsed.

Their code is not: whoever hands on an archive's build folder would hand on code that runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import jinja2
from jinja2 import meta

from readingroom.digest import digest
from readingroom.sources import check_unchanged, read_file, template_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from readingroom.cache import Cache, Row


class Templates(jinja2.BaseLoader):
    """The templates of some folders, the first wins: what is printed is what was digested, and listed."""

    def __init__(self, folders: Sequence[Path], digests: Mapping[str, str] | None, cache: Cache | None) -> None:
        """Look in these folders; `digests` are those of the archive's own templates, as they were listed.

        Without a cache, what templates ask for is kept in memory alone.
        """
        self._paths = {name: path for files in reversed(template_files(folders)) for name, path in files.items()}
        self._own, self._digests, self._cache = folders[0], digests, cache
        self._sources: dict[str, str] = {}
        self._new: dict[str, Row] = {}

    def get_source(self, _environment: jinja2.Environment, template: str) -> tuple[str, str, None]:
        """Return the text of a template, and its path."""
        if template not in self._paths:
            raise jinja2.TemplateNotFound(template)
        path = self._paths[template]
        if template not in self._sources:
            content = read_file(path, follow=True)
            if self._digests is not None and path == self._own / template:
                check_unchanged(f"templates/{template}", content, self._digests.get(f"templates/{template}"))
            self._sources[template] = content.decode().replace("\r\n", "\n")
        return self._sources[template], str(path), None

    def references(self, environment: jinja2.Environment, template: str) -> Sequence[str | None]:
        """Return the names a template extends, includes or imports; None for one that only a variable says."""
        source, path, _ = self.get_source(environment, template)
        basis = digest(source)
        row = cast("list[str | None] | None", self._cache.get("template", template) if self._cache else None)
        if row is None or row[0] != basis:
            row = [basis, *meta.find_referenced_templates(environment.parse(source, template, path))]
            self._new[template] = cast("Row", row)
        return row[1:]

    def keep(self) -> None:
        """Save what was found out since."""
        if self._cache and self._new:
            self._cache.save({"template": self._new})
        self._new = {}
