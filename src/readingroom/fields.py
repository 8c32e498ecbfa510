"""Front matter read field by field: each getter returns a typed value and notes what is wrong with it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from readingroom.config import is_language, nearest
from readingroom.dates import parse_edtf
from readingroom.frontmatter import unprintable
from readingroom.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from readingroom.frontmatter import Document, Value


class Fields:
    """A document's keys, each asked for once; `problems` grows with every fault."""

    def __init__(self, path: str, document: Document, known: Sequence[str]) -> None:
        self._path = path
        self._meta = document.meta
        self._lines = document.lines
        unknown = [key for key in document.meta if key not in known]
        self._meant = {near for key in unknown for near in get_close_matches(key, known, n=1)}
        self.problems = [self._problem(key, f'unknown key "{key}"', nearest(key, list(known))) for key in unknown]

    def fault(self, key: str, message: str, hint: str = "") -> None:
        """Note that the value of `key` is wrong."""
        self.problems.append(self._problem(key, message, hint))

    def text(self, key: str, *, required: bool = False) -> str:
        """Return the text of `key`, empty when absent; a required one must not be empty.

        One that seems to be there under a mistyped key is not said to be missing as well.
        """
        value = self._meta.get(key, "")
        if not isinstance(value, str):
            self.fault(key, f"{key} must be text", f"write {key}: … on one line, in quotes if it starts with [ or {{")
            return ""
        if required and not value.strip() and (key in self._meta or key not in self._meant):
            self.fault(key, f"{key} is missing", f"add a line  {key}: …")
        self._check(key, value)
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty when absent."""
        value = self._meta.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.fault(key, f"{key} must be a list of texts", f"write {key}: [first, second]")
            return ()
        self._check(key, *map(str, value))
        return tuple(str(item).strip() for item in value)

    def table(self, key: str, *, exact: bool = False) -> dict[str, str]:
        """Return a mapping of texts, empty when absent; `exact` keeps spaces around them, as file names may need."""
        value = self._meta.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            self.fault(key, f"{key} must be a table of texts", f"write {key}: {{name: value}}")
            return {}
        if exact:
            return {name: str(item) for name, item in value.items()}
        self._check(key, *value, *map(str, value.values()))
        return {name: str(item).strip() for name, item in value.items()}

    def named(self, key: str) -> tuple[tuple[str, str], ...]:
        """Return a table as pairs, none of whose texts is empty."""
        table = self.table(key)
        for name in (name for name, text in table.items() if not text or not name.strip()):
            self.fault(key, f"{key} says nothing for {name or 'a name that is empty'}", f"write {key}: {{name: value}}")
        return tuple(table.items())

    def language(self, key: str, default: str) -> str:
        """Return a language tag; `default` when absent."""
        value = self.text(key) or default
        if not is_language(value):
            self.fault(key, f'"{value}" is no language tag', "write a BCP 47 tag, such as en, ar or ar-SY")
            return default
        return value

    def rows(self, key: str) -> tuple[Mapping[str, Value], ...]:
        """Return a list of mappings, empty when absent."""
        value = self._meta.get(key, [])
        if not isinstance(value, list):
            self.fault(key, f"{key} must be a list", f"write {key}: [{{…}}, {{…}}]")
            return ()
        rows = tuple(item for item in value if isinstance(item, dict))
        if len(rows) != len(value):
            self.fault(key, f"{key} must be a list of tables", f"write {key}: [{{…}}, {{…}}]")
        return rows

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false; `default` when absent."""
        value = self._meta.get(key)
        if value is None or value in ("true", "false"):
            return default if value is None else value == "true"
        self.fault(key, f"{key} must be true or false", f"write {key}: true or {key}: false")
        return default

    def choice(self, key: str, known: Sequence[str], default: str) -> str:
        """Return one of the known words; `default` when absent."""
        value = self.text(key) or default
        if value not in known:
            self.fault(key, f'{key} cannot be "{value}"', nearest(value, list(known)))
            return default
        return value

    def date(self, key: str) -> str:
        """Return an EDTF level 1 date, empty when absent."""
        value = self.text(key)
        if value and parse_edtf(value) is None:
            self.fault(key, f'"{value}" is no date', "write 2018-01-18, 2018-01, 2018, or 2018-01~ when about then")
            return ""
        return value

    def _check(self, key: str, *texts: str) -> None:
        """Note characters that HTML and XML forbid."""
        found = next(filter(None, map(unprintable, texts)), "")
        if found:
            self.fault(key, f"holds {found}, which no page can show", "take it out")

    def _problem(self, key: str, message: str, hint: str) -> Problem:
        return Problem(self._path, self._lines.get(key, 1), message, hint)
