"""The whole build: every stage in its order, from seeds to the published site."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from readingroom.assets import static_files
from readingroom.collisions import collisions
from readingroom.gather import gather, judge, telling
from readingroom.options import Options, Result, silent
from readingroom.pages import Bases, around_reports, closing_pages, edition, names_basis, pages
from readingroom.pages.searching import labels, searchables, texts
from readingroom.plan import plan
from readingroom.problems import ProblemsError
from readingroom.program import template_folders
from readingroom.publish import SITE, room_to_write, staged, telling_of_a_full_disk
from readingroom.render import Renderer
from readingroom.shelving import Shelving, begun, index_step, put_index
from readingroom.site import Press, data_made, is_settled, make
from readingroom.state import (
    AROUND,
    LAST,
    NAMES,
    PAGEFIND,
    around_row,
    as_written,
    begin,
    inputs_of,
    kept_around,
    last_row,
    last_site,
    listed_names,
    names_row,
)
from readingroom.workers import Crew

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from readingroom.cache import Cache, Row, Shelf
    from readingroom.config import Config
    from readingroom.gather import Gathered
    from readingroom.index import Archive
    from readingroom.options import Progress
    from readingroom.output import Output
    from readingroom.plan import Plan
    from readingroom.publish import Stage, Written
    from readingroom.search import Made as Indexed
    from readingroom.shelving import IndexStep
    from readingroom.site import Made
    from readingroom.state import LastSite


def build(root: Path, options: Options | None = None, say: Progress = silent) -> Result:
    """Build the archive at `root` and publish it to build/site.

    Raises:
        ProblemsError: what people wrote, the disk or Pagefind stopped the build; the site is as it was.
    """
    options = options or Options()
    return begin(root, options, lambda config, cache: spread(root, config, options, cache, say))


def spread(root: Path, config: Config, options: Options, cache: Cache, say: Progress) -> Result:
    """Build what `begin` found that there may be to do, with the help of a cluster where one is named."""
    if not options.cluster:
        return _build(root, config, options, cache, say)
    from readingroom.cluster import joined  # noqa: PLC0415 - start-up: few builds have one

    with joined(options.cluster, root / "build", options.jobs) as hands:
        cache.share()
        return _build(root, config, replace(options, hands=hands), cache, say)


def _build(root: Path, config: Config, options: Options, cache: Cache, say: Progress) -> Result:
    started = time.time_ns()
    gathered = gather(root, config, cache, options, say)
    with telling(gathered.ingested), room_to_write(root / "build"):
        judge(gathered.problems, strict=options.strict, keep_going=options.keep_going)
        archive, bases = gathered.archive, Bases(gathered.archive)
        folders = template_folders(root)
        renderer = Renderer(folders, gathered.sources.digests, cache)
        last = last_site(cache)
        here = as_written(root / "build" / SITE, last)
        reports = searchables(archive) if options.search != "none" else ()
        shelving = Shelving(texts(archive), labels(archive), config, options.jobs, say)
        index = index_step(reports, shelving.labels, (last, here), search=options.search, config=config)
        with _staged(root / "build", options) as stage, begun(stage, index, here, shelving) as indexes:
            press = Press(renderer, last, here, cache, stage)
            static = static_files(folders, gathered.sources.digests)
            outputs, made = _make(gathered, bases, static, press, (options, say))
            planned = plan(outputs, {one.url: one.reasons for one in made}, {*last.bases, *here.outputs})
            result = replace(_result(root, gathered, planned, index), edition=edition(archive, bases).name)
            if stage is None:
                return result
            settled = is_settled(planned, index, last, here)
            files = last.index if settled else _publish(planned, press, index, shelving, indexes)
        standing = _standing(planned, made, last, files)
        result = replace(result, files=len(standing), size=sum(file.size for file in standing.values()))
        rows = _rows(gathered, made, last, files)
        inputs = inputs_of(root, gathered.sources.listing, config)
        rows["build"] |= {
            LAST: last_row(result, standing, inputs=inputs, started=started, built=(index.stands, config.url)),
            PAGEFIND: {"inputs": index.inputs, "files": len(files)},
            NAMES: names_row(outputs, names_basis(archive, bases)),
        }
        cache.save(rows, {**gathered.forget, **_forget(planned, last, files)})
        return result


def _publish(
    planned: Plan, press: Press, index: IndexStep, shelving: Shelving, indexes: Iterable[Indexed]
) -> Mapping[str, Written]:
    """Bring the stage to what the site should be and swap it in; return the files of its index."""
    stage, past = cast("Stage", press.stage), (press.last, press.here)
    stage.keep(planned.fresh)
    with telling_of_a_full_disk(stage.path):
        files = put_index(stage, index, past, shelving, indexes)
    shelving.say("publishing", 0, 0)
    press.cache.save({}, {"build": [LAST], "output": [stale.url for stale in planned.stale]})
    press.cache.take_in("digests")
    stage.publish()
    return files


def _forget(planned: Plan, last: LastSite, files: Mapping[str, Written]) -> dict[Shelf, Sequence[str]]:
    """Return what the cache need not know of the site any more."""
    gone = [url for url in last.index if url not in files]
    return {"output": planned.removed, "digests": planned.removed, "search": gone}


@contextmanager
def _staged(folder: Path, options: Options) -> Iterator[Stage | None]:
    """Give a stage, but none to a build that only looks ahead."""
    if options.dry_run:
        yield None
        return
    with staged(folder) as stage:
        yield stage


def _make(
    gathered: Gathered, bases: Bases, static: Sequence[Output], press: Press, how: tuple[Options, Progress]
) -> tuple[list[str], list[Made]]:
    """Make every output that is stale: pages first, then what tells of the data files; return all URLs in order."""
    archive, (options, say) = gathered.archive, how
    names = listed_names(press.cache, names_basis(archive, bases))
    around = _around(archive, bases, press.cache)
    outputs: list[Output] = [*pages(archive, bases, names, around), *static, *gathered.originals]
    problems = collisions(outputs)
    if problems:
        raise ProblemsError(problems)
    press.cache.drop_aside()
    made = make(outputs, press, Crew(options.jobs, say, "making pages", options.hands))
    closing = [*closing_pages(archive, bases, gathered.originals, data_made(outputs, made, press))]
    made += make(closing, press, Crew(1, silent, ""))
    return [output.url for output in (*outputs, *closing)], made


def _around(archive: Archive, bases: Bases, cache: Cache) -> bytes:
    """Find what reports show of each other, or remember it where no report is called or names otherwise than before."""
    basis = bases.all_headings.hex()
    around = kept_around(cache, basis)
    if around is None:
        around = around_reports(archive, bases)
        cache.save({"build": {AROUND: around_row(basis, around)}})
    return around


def _rows(
    gathered: Gathered, looked: Sequence[Made], last: LastSite, files: Mapping[str, Written]
) -> dict[Shelf, dict[str, Row]]:
    made = [(one, one.file or last.files[one.url]) for one in looked]
    return {
        **{shelf: dict(rows) for shelf, rows in gathered.rows.items()},
        "output": {one.url: [one.basis, *file] for one, file in made},
        "search": {url: list(file) for url, file in files.items() if last.index.get(url) != file},
    }


def _result(root: Path, gathered: Gathered, planned: Plan, index: IndexStep) -> Result:
    archive = gathered.archive
    return Result(
        root / "build" / SITE,
        reports=len(archive.cards),
        entities=len(archive.entities),
        mentions=archive.naming.mentions,
        read=gathered.read,
        recognised=gathered.recognised,
        ingested=gathered.ingested,
        stale=planned.stale,
        removed=planned.removed,
        indexed=index.does == "make",
        problems=gathered.problems,
    )


def _standing(planned: Plan, made: Sequence[Made], last: LastSite, index: Mapping[str, Written]) -> dict[str, Written]:
    """Return every file of the site as it stands now."""
    kept = {url: last.files[url] for url in planned.fresh}
    return {**kept, **{one.url: one.file for one in made if one.file}, **index}
