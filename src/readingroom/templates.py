"""Templates read from their folders once and compiled once: what each asks for, and its code, is kept in the cache."""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from functools import cached_property
from marshal import dumps, loads
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import jinja2
from jinja2 import meta

from readingroom.digest import digest
from readingroom.sources import check_unchanged, read_file, template_files

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping, Sequence
    from pathlib import Path

    from readingroom.cache import Cache, Row


class Compiled(NamedTuple):
    """A template ready for use: a digest of its text and path, what it asks for, and its code.

    The cache is begun again with another Jinja, another Python and another of our environments.
    """

    basis: str
    references: Sequence[str | None]
    code: str


class Templates(jinja2.BaseLoader):
    """The templates of some folders, the first wins: what is printed is what was digested, and listed."""

    def __init__(self, folders: Sequence[Path], digests: Mapping[str, str] | None, cache: Cache | None) -> None:
        """Look in these folders; `digests` are those of the archive's own templates, as they were listed.

        Without a cache, what is compiled is kept in memory alone.
        """
        self._paths = {name: path for files in reversed(template_files(folders)) for name, path in files.items()}
        self._own, self._digests, self._cache = folders[0], digests, cache
        self._sources: dict[str, str] = {}
        self._compiled: dict[str, Compiled] = {}
        self._new: dict[str, Compiled] = {}

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

    def load(
        self,
        environment: jinja2.Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002
    ) -> jinja2.Template:
        """Return a template, compiled."""
        code = loads(a2b_base64(self._ready(environment, name).code))  # noqa: S302 - a sound row is as it was written
        return environment.template_class.from_code(environment, code, globals or {})

    def references(self, environment: jinja2.Environment, template: str) -> Sequence[str | None]:
        """Return the names a template extends, includes or imports; None for one that only a variable says."""
        return self._ready(environment, template).references

    def keep(self) -> None:
        """Save what was compiled since."""
        if self._cache and self._new:
            self._cache.save({"template": {name: [*compiled] for name, compiled in self._new.items()}})
        self._new = {}

    @cached_property
    def _kept(self) -> Mapping[str, Row]:
        """What the cache holds, read at once: when the last page is made, a full disk may not let it be opened."""
        return self._cache.load("template") if self._cache else {}

    def _ready(self, environment: jinja2.Environment, template: str) -> Compiled:
        if template not in self._compiled:
            source, path, _ = self.get_source(environment, template)
            basis = digest((path, source))
            row = self._kept.get(template)
            known = Compiled(*cast("list[Any]", row)) if row else None
            if known is None or known.basis != basis:
                known = self._new[template] = Compiled(basis, *_compiled(environment, template, source, path))
            self._compiled[template] = known
        return self._compiled[template]


def _compiled(environment: jinja2.Environment, template: str, source: str, path: str) -> tuple[list[str | None], str]:
    """Return the names a template asks for, and its code."""
    tree = environment.parse(source, template, path)
    references = list(meta.find_referenced_templates(tree))
    code = environment.compile(tree, template, path)
    return references, b2a_base64(dumps(code), newline=False).decode()
