"""Seeds and content/ turned into the Archive, doing again only what changed since the cache was written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from readingroom.assets import originals
from readingroom.authority import check_ambiguous
from readingroom.index import index
from readingroom.ingest import plan_ingest, write_ingest
from readingroom.load import line_of, load
from readingroom.mentions import AUTHORITY, Kept, Names, find_mentions
from readingroom.options import counting
from readingroom.problems import Problem, ProblemsError, is_error
from readingroom.program import template_folders
from readingroom.provenance import check_facts
from readingroom.render import unused_templates
from readingroom.state import look
from readingroom.workers import Crew

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from readingroom.cache import Cache, Row, Shelf
    from readingroom.config import Config
    from readingroom.index import Archive
    from readingroom.ingest import IngestPlan
    from readingroom.model import Mention
    from readingroom.options import Options, Progress
    from readingroom.output import Copy
    from readingroom.state import Sources


@dataclass(frozen=True, slots=True)
class Gathered:
    """The archive, every mention found (by report id), and what to keep of the work."""

    archive: Archive
    found: Mapping[str, tuple[Mention, ...]]
    originals: tuple[Copy, ...]
    sources: Sources
    ingested: tuple[str, ...]
    rows: Mapping[Shelf, Mapping[str, Row]]
    forget: Mapping[Shelf, Sequence[str]]
    problems: tuple[Problem, ...]


def gather(root: Path, config: Config, cache: Cache, options: Options, say: Progress) -> Gathered:
    """Take in new seeds, read content/, find the names, bring it all together."""
    say("reading", 0, 0)
    sources = look(root, cache, rehash=options.rehash)
    planned = plan_ingest(root, digests=sources.digests)
    if _may_write(planned, options):
        write_ingest(root, planned)
        sources = look(root, cache, rehash=options.rehash)
    kept, known = cache.load("report"), cache.load("mentions")
    loaded = load(root, config, sources.digests, kept)
    reports = [(report, sources.digests[report.path]) for report in loaded.content.reports]
    names = Names(loaded.content.entities, config.kinds, loaded.judgements, config.suggestion_confidence)
    crew = Crew(options.jobs, counting(say, "recognising names", len(reports)))
    found = find_mentions(reports, names, Kept(known, cache.load("build").get(AUTHORITY)), crew)
    copies, faults = originals(root, loaded.content.reports, sources.digests)
    paths = {report.path for report, _ in reports}
    return Gathered(
        archive=index(loaded.content, found.mentions, config),
        found=found.mentions,
        originals=tuple(copies),
        sources=sources,
        ingested=tuple(file.path for file in planned.files) if options.dry_run or _may_write(planned, options) else (),
        rows={
            "file": sources.rows,
            "report": loaded.rows,
            "mentions": found.rows,
            "build": {AUTHORITY: found.authority},
        },
        forget={
            "file": sources.gone,
            "report": [path for path in kept if path not in paths],
            "mentions": [path for path in known if path not in paths],
        },
        problems=tuple(
            dict.fromkeys(
                [
                    *planned.problems,
                    *_not_written(planned, options),
                    *sources.problems,
                    *loaded.problems,
                    *check_facts(loaded.content.reports, planned.facts),
                    *faults,
                    *check_ambiguous(
                        (mention for report, _ in reports if report.publish for mention in found.mentions[report.id]),
                        {entity.id: entity for entity in loaded.content.entities},
                        partial(line_of, root),
                    ),
                    *unused_templates(template_folders(root)),
                ]
            )
        ),
    )


def judge(problems: Iterable[Problem], *, strict: bool, keep_going: bool, ingested: tuple[str, ...] = ()) -> None:
    """Stop at problems that stop publishing: errors, and warnings where they count as errors.

    Raises:
        ProblemsError: with all problems, warnings included, and the reports that were `ingested` all the same.
    """
    if not keep_going and any(is_error(problem) or strict for problem in problems):
        raise ProblemsError(problems, ingested)


def _may_write(planned: IngestPlan, options: Options) -> bool:
    """Tell whether new reports are written: all that is planned or, where a seed is faulty, nothing."""
    if options.frozen or options.dry_run or not (planned.files or planned.ledger):
        return False
    return options.keep_going or not any(map(is_error, planned.problems))


def _not_written(planned: IngestPlan, options: Options) -> list[Problem]:
    if options.frozen:
        hint = "run  readingroom ingest  and commit the files it writes"
        return [Problem(file.path, 0, "would have to be written: its seed is new", hint) for file in planned.files]
    if options.dry_run:
        hint = "to see them too, run  readingroom ingest  first"
        message = "would be written first: its seed is new; its pages are not in this plan"
        return [Problem(file.path, 0, message, hint, "warning") for file in planned.files]
    return []
