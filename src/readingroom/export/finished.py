"""The finished site, held still and found to be what a build would make now."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, cast

from readingroom.config import settings
from readingroom.options import Options
from readingroom.problems import Problem, ProblemsError
from readingroom.publish import SITE, locked, recover, room_to_write
from readingroom.state import LAST, opened, unchanged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from readingroom.config import Config
    from readingroom.options import Result, Search

BUILD = "run  readingroom build  and export again"


class Finished(NamedTuple):
    """The site in build/site: what its build said of it, its settings, and whether a copy of it can be searched."""

    result: Result
    config: Config
    searches: bool

    @property
    def path(self) -> Path:
        """The folder of the site."""
        return self.result.site


@contextmanager
def finished(root: Path) -> Iterator[Finished]:
    """Hold the build folder and give the site in it, as it stands and as it was built.

    Raises:
        ProblemsError: there is no site, or a build would change it.
    """
    folder = root / "build"
    config = settings(root)
    if not (folder / SITE / "index.html").is_file():
        raise ProblemsError([Problem("build/site", 0, "the site has not been built", BUILD)])
    with room_to_write(folder), locked(folder), opened(root) as cache:
        recover(folder)
        last = cache.load("build").get(LAST)
        built = cast("dict[str, str]", last) if isinstance(last, dict) else {"search": "later", "url": config.url}
        config = settings(root, built["url"])
        search = cast("Search", built["search"])
        options = Options(search="now" if search == "later" else search, keep_going=True)
        result = unchanged(root, config, options, cache)
        if result is None:
            hint = f"{BUILD}; to see what would change:  readingroom build --dry-run"
            raise ProblemsError([Problem("build/site", 0, "the site is not up to date", hint)])
        yield Finished(result, config, search == "now" and config.offline_search)
