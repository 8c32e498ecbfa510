"""An archive cut into segments of reports, so that what is added up over all of them is kept by segment.

After an edit only the segments that hold a report which differs are added up again; all segments together give what
all reports would. Where a segment ends is told by a report's path alone (content-defined chunking, as in rsync and
its descendants), so a report that comes or goes changes its own segment and at most the one before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast
from zlib import crc32

from readingroom.digest import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from readingroom.cache import Cache, Row, Shelf

SPAN = 256  # reports in a segment, on average


class Segment(NamedTuple):
    """Reports that follow each other, by path, and a digest of all that their sums are made from."""

    paths: tuple[str, ...]
    stamp: str

    @property
    def key(self) -> str:
        """Where the sums of the segment lie on a shelf of the cache: at the path of its first report."""
        return self.paths[0]


def segments(reports: Iterable[tuple[str, str]]) -> Iterator[Segment]:
    """Cut reports, given by path and stamp in their order, into segments."""
    here: list[tuple[str, str]] = []
    for path, stamp in reports:
        if here and crc32(path.encode("utf-8", "surrogatepass")) % SPAN == 0:
            yield _segment(here)
            here = []
        here.append((path, stamp))
    if here:
        yield _segment(here)


def _segment(reports: Sequence[tuple[str, str]]) -> Segment:
    return Segment(tuple(path for path, _ in reports), digest(reports))


def kept(cache: Cache, shelf: Shelf, segment: Segment) -> list[object] | None:
    """Return what the cache keeps of a segment on this shelf, None where that was made from something else."""
    row = cast("list[object] | None", cache.get(shelf, segment.key))
    return row[1:] if row is not None and row[0] == segment.stamp else None


def keep(cache: Cache, shelf: Shelf, segment: Segment, sums: Iterable[object]) -> None:
    """Keep what was added up of a segment."""
    row: Row = [segment.stamp, *sums]
    cache.save({shelf: {segment.key: row}})


def outdated(cache: Cache, shelf: Shelf, cut: Iterable[Segment]) -> list[str]:
    """Return the keys on a shelf at which no segment begins any more."""
    return sorted({*cache.keys(shelf)}.difference(segment.key for segment in cut))
