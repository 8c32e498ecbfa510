"""Reports and their mentions read from the cache when somebody asks for them, the last ones kept at hand."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from readingroom.concordance import Quoted
from readingroom.index import Shown, show
from readingroom.keep import lines_key, mentions_of, quotes_key, report_of
from readingroom.model import Mention
from readingroom.tables import Lines

if TYPE_CHECKING:
    from collections.abc import Container

    from readingroom.cache import Cache
    from readingroom.model import Report
    from readingroom.tables import Table

AT_HAND = 100
Value = TypeVar("Value")


class _Lazy(Mapping[str, Value]):
    """A mapping by report id whose values are read when they are asked for."""

    def __init__(self, cache: Cache, paths: Mapping[str, str]) -> None:
        """Read from `cache`; `paths` gives the path of each report by its id, in the order of the archive."""
        self._cache, self._paths = cache, paths
        self._at_hand: OrderedDict[str, Value] = OrderedDict()

    def __getitem__(self, key: str) -> Value:
        if key in self._at_hand:
            self._at_hand.move_to_end(key)
            return self._at_hand[key]
        value = self._read(self._paths[key])
        self._at_hand[key] = value
        if len(self._at_hand) > AT_HAND:
            self._at_hand.popitem(last=False)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def __contains__(self, key: object) -> bool:
        return key in self._paths

    def _read(self, path: str) -> Value:
        raise NotImplementedError


class Reports(_Lazy["Report"]):
    """The reports themselves, by id."""

    def _read(self, path: str) -> Report:
        return report_of(cast("dict[str, Any]", self._cache.need("report", path))["report"])


class Mentions(_Lazy[tuple[Mention, ...]]):
    """All mentions of each report, by its id: shown or not, in reading order."""

    def __init__(self, cache: Cache, paths: Mapping[str, str], reports: Mapping[str, Report]) -> None:
        """Read from `cache`; `reports` holds the reports."""
        super().__init__(cache, paths)
        self._reports, self._ids = reports, {path: key for key, path in paths.items()}

    def _read(self, path: str) -> tuple[Mention, ...]:
        return mentions_of(self._reports[self._ids[path]], self._cache.need("mentions", path))


class ShownReports(_Lazy[Shown]):
    """Every report with what its page shows of names, by its id."""

    def __init__(self, cache: Cache, paths: Mapping[str, str], entities: Container[str]) -> None:
        """Read from `cache`; only mentions of these entities are shown."""
        super().__init__(cache, paths)
        self._entities = entities

    def _read(self, path: str) -> Shown:
        report = report_of(cast("dict[str, Any]", self._cache.need("report", path))["report"])
        return show(report, mentions_of(report, self._cache.need("mentions", path)), self._entities)


class Quotes:
    """What the pages of names show of each report, read for each page: no report is decoded for them."""

    def __init__(self, cache: Cache, paths: Mapping[str, str]) -> None:
        """Read from `cache`; `paths` gives the path of each report by its id."""
        self._cache, self._paths = cache, paths

    def __call__(self, report: str, entity: str) -> Quoted:
        """Return what the page of an entity shows of a report."""
        html, spellings = cast("list[Any]", self._cache.need("quotes", quotes_key(self._paths[report], entity)))
        return Quoted(html, spellings)


class TableLines:
    """The lines each report has in the tables to take away: no report is decoded for them."""

    def __init__(self, cache: Cache, paths: Mapping[str, str]) -> None:
        """Read from `cache`; `paths` gives the path of each report by its id."""
        self._cache, self._paths = cache, paths

    def __call__(self, table: Table, report: str) -> Lines:
        """Return the lines of a report in a table."""
        return Lines(*cast("list[Any]", self._cache.need("lines", lines_key(self._paths[report], table))))
