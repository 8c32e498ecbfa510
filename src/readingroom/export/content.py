"""The archive that the finished site was made from, read again for exports that need more than its pages."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from readingroom.export.finished import BUILD
from readingroom.gather import gather
from readingroom.options import Options, processors
from readingroom.pages import Bases, edition
from readingroom.problems import Problem, ProblemsError
from readingroom.state import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from readingroom.export.finished import Finished
    from readingroom.index import Archive
    from readingroom.options import Progress
    from readingroom.pages import Edition


NO_DAY = date(1980, 1, 1)


class Published(NamedTuple):
    """What the site publishes, and its edition."""

    archive: Archive
    edition: Edition


@contextmanager
def published(root: Path, site: Finished, say: Progress) -> Iterator[Published]:
    """Give the archive behind a finished site; its reports can be read as long as this lasts.

    Raises:
        ProblemsError: content/ has changed since the site was found to be up to date.
    """
    options = Options(frozen=True, keep_going=True, jobs=processors())
    with opened(root, look_only=True) as cache:
        archive = gather(root, site.config, cache, options, say).archive
        named = edition(archive, Bases(archive))
        if named.name != site.result.edition:
            raise ProblemsError([Problem("content", 0, "changed while it was exported", BUILD)])
        yield Published(archive, named)


def day_of(named: Edition) -> date:
    """Return the day of an edition, for forms that must have one: the first that a zip can name where it has none."""
    try:
        return date.fromisoformat(named.day)
    except ValueError:
        return NO_DAY
