"""The whole build: every stage in its order, from seeds to the published site."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from readingroom.assets import static_files
from readingroom.config import settings
from readingroom.gather import gather, judge
from readingroom.options import Options, Result, counting, silent
from readingroom.pages import pages
from readingroom.pages.searching import labels, searchables, texts
from readingroom.plan import plan
from readingroom.problems import ProblemsError
from readingroom.program import template_folders
from readingroom.publish import SITE, locked, recover, room_to_write, staged
from readingroom.render import Renderer
from readingroom.shelving import Shelving, index_step, put_index
from readingroom.site import Press, is_settled, make, wanted
from readingroom.state import LAST, PAGEFIND, as_written, inputs_of, last_row, last_site, opened, unchanged
from readingroom.workers import Crew

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from readingroom.cache import Cache, Row, Shelf
    from readingroom.config import Config
    from readingroom.gather import Gathered
    from readingroom.options import Progress
    from readingroom.plan import Plan
    from readingroom.publish import Written
    from readingroom.shelving import IndexStep
    from readingroom.state import LastSite


def build(root: Path, options: Options | None = None, say: Progress = silent) -> Result:
    """Build the archive at `root` and publish it to build/site.

    Raises:
        ProblemsError: what people wrote, the disk or Pagefind stopped the build; the site is as it was.
    """
    options = options or Options()
    began = time.monotonic()
    folder = root / "build"
    config = settings(root, options.url)
    with room_to_write(folder), _held(folder, options), opened(root) as cache:
        result = unchanged(root, config, options, cache) or _build(root, config, options, cache, say)
    return replace(result, seconds=time.monotonic() - began)


@contextmanager
def naming(ingested: tuple[str, ...]) -> Iterator[None]:
    """Let problems and a full disk that stop the work also tell which report files were written before."""
    try:
        yield
    except ProblemsError as error:
        raise ProblemsError(error.problems, ingested) from error.__cause__


@contextmanager
def _held(folder: Path, options: Options) -> Iterator[None]:
    """Hold the build folder and tidy it; a dry run only looks, so it takes no lock and may not even write there."""
    if options.dry_run:
        yield
        return
    with locked(folder):
        recover(folder)
        yield


def _build(root: Path, config: Config, options: Options, cache: Cache, say: Progress) -> Result:
    started = time.time_ns()
    gathered = gather(root, config, cache, options, say)
    with naming(gathered.ingested), room_to_write(root / "build"):
        judge(gathered.problems, strict=options.strict, keep_going=options.keep_going)
        folders = template_folders(root)
        renderer = Renderer(folders)
        outputs = [*pages(gathered.archive, gathered.originals), *static_files(folders)]
        digests = wanted(outputs, renderer)
        last = last_site(cache)
        here = as_written(root / "build" / SITE, last)
        planned = plan(digests, last.digests, here.outputs)
        reports, names = searchables(gathered.archive), labels(gathered.archive)
        index = index_step(reports, names, (last, here), search=options.search, config=config)
        result = _result(root, gathered, planned, index)
        if options.dry_run:
            return result
        cache.save({}, {"build": [LAST], "output": [stale.url for stale in planned.stale]})
        made: dict[str, Row] = {}
        files = last.index
        if not is_settled(planned, index, last, here):
            with staged(root / "build") as stage:
                crew = Crew(options.jobs, counting(say, "rendering", len(planned.stale)))
                made = make(outputs, digests, planned, Press(renderer, stage), crew)
                shelving = Shelving(texts(gathered.archive), names, config, options.jobs, say)
                files = put_index(stage, index, (last, here), shelving)
                say("publishing", 0, 0)
                stage.publish()
        result = _measured(result, planned, made, last, files)
        inputs = inputs_of(root, gathered.sources, config)
        summary = last_row(result, inputs=inputs, started=started, search=index.stands)
        gone = [url for url in last.index if url not in files]
        rows = _rows(gathered, made, files, {LAST: summary, PAGEFIND: {"inputs": index.inputs, "files": len(files)}})
        cache.save(rows, {**gathered.forget, "output": planned.removed, "search": gone})
        return result


def _rows(
    gathered: Gathered, made: Mapping[str, Row], files: Mapping[str, Written], build: Mapping[str, Row]
) -> Mapping[Shelf, Mapping[str, Row]]:
    return {
        **gathered.rows,
        "output": made,
        "search": {url: list(file) for url, file in files.items()},
        "build": {**gathered.rows["build"], **build},
    }


def _result(root: Path, gathered: Gathered, planned: Plan, index: IndexStep) -> Result:
    archive = gathered.archive
    return Result(
        root / "build" / SITE,
        reports=len(archive.reports),
        entities=len(archive.entities),
        mentions=sum(map(len, archive.mentions.values())),
        read=len(gathered.rows["report"]),
        recognised=len(gathered.rows["mentions"]),
        ingested=gathered.ingested,
        stale=planned.stale,
        removed=planned.removed,
        indexed=index.does == "make",
        problems=gathered.problems,
    )


def _measured(
    result: Result, planned: Plan, made: Mapping[str, Row], last: LastSite, index: Mapping[str, Written]
) -> Result:
    sizes = [last.files[url].size for url in planned.fresh]
    sizes += [cast("dict[str, Any]", row)["file"][0] for row in made.values()]
    sizes += [file.size for file in index.values()]
    return replace(result, files=len(sizes), size=sum(sizes))
