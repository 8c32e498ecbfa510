"""Seeds and content/ turned into the Archive, doing again only what changed since the cache was written."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from readingroom.assets import originals
from readingroom.authority import check_ambiguous
from readingroom.cache import LostRowError
from readingroom.config import settings
from readingroom.index import Builder, order
from readingroom.ingest import plan_ingest, write_ingest
from readingroom.keep import lines_key
from readingroom.load import check_together, line_of, load
from readingroom.mentions import AUTHORITY, OF_REPORT, Names, Place, search
from readingroom.options import Options, processors, silent
from readingroom.problems import Problem, ProblemsError, is_error
from readingroom.program import template_folders
from readingroom.provenance import check_facts
from readingroom.render import unused_templates
from readingroom.segments import outdated
from readingroom.settling import OF_SEGMENT, quotes_of, sentences_of, settle, sums_of
from readingroom.shown import Mentions, Quotes, Reports, ShownReports, TableLines
from readingroom.sources import CHANGED
from readingroom.state import LOST, look, opened
from readingroom.tables import COLUMNS
from readingroom.workers import Crew

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from readingroom.cache import Cache, Row, Shelf
    from readingroom.config import Config
    from readingroom.index import Archive
    from readingroom.ingest import IngestPlan
    from readingroom.load import Loaded
    from readingroom.model import Card, Mention, Report
    from readingroom.options import Progress
    from readingroom.output import Copy
    from readingroom.segments import Segment
    from readingroom.state import Sources


@dataclass(frozen=True, slots=True)
class Gathered:
    """The archive, its published reports and every mention found in them by report id, and what to keep of the work.

    `drafts` are all reports that can be read, `loaded` is what people wrote besides. `read` and `recognised` count
    the reports that had to be read and searched for names again.
    """

    archive: Archive
    reports: Mapping[str, Report]
    found: Mapping[str, tuple[Mention, ...]]
    drafts: Mapping[str, Report]
    loaded: Loaded
    originals: tuple[Copy, ...]
    sources: Sources
    ingested: tuple[str, ...]
    read: int
    recognised: int
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
    written = planned.files if options.dry_run or _may_write(planned, options) else ()
    ingested = tuple(file.path for file in written)
    with telling(ingested):
        return _gather(root, config, cache, (options, say), (sources, planned, ingested))


@contextmanager
def telling(ingested: tuple[str, ...]) -> Iterator[None]:
    """Let problems that stop the work, a lost row among them, also tell which report files were written before."""
    try:
        yield
    except ProblemsError as error:
        raise ProblemsError(error.problems, ingested) from error.__cause__
    except LostRowError as error:
        raise ProblemsError([LOST], ingested) from error


def _gather(
    root: Path,
    config: Config,
    cache: Cache,
    how: tuple[Options, Progress],
    taken: tuple[Sources, IngestPlan, tuple[str, ...]],
) -> Gathered:
    (options, say), (sources, planned, ingested) = how, taken
    entities = cache.load("entity")
    loaded = load(root, config, sources.digests, entities)
    names = Names(loaded.content.entities, config.kinds, loaded.judgements, config.suggestion_confidence)
    crew = Crew(options.jobs, say, "recognising names", options.hands)
    searched = search(Place(root, sources.digests), loaded.reports, names, cache, crew)
    cards = searched.cards
    in_order = [card.path for card in sorted(cards.values(), key=order)]
    cut = settle(searched.rows, in_order, names, cache, crew._replace(stage="deciding on names"))
    archive = _archive(loaded, cards, cut, config, cache)
    copies, faults = originals(root, cards.values(), sources.digests, sources.sizes)
    paths = {card.id: card.path for card in archive.cards}
    drafts = Reports(cache, {card.id: card.path for card in cards.values()})
    problems = [
        *planned.problems,
        *_not_written(planned, options),
        *sources.problems,
        *loaded.problems,
        *searched.problems,
        *check_together(loaded, [*cards.values()], lambda key: drafts[key].passages, root, config),
        *check_facts((report for report in drafts.values()) if planned.facts else (), planned.facts),
        *faults,
        *_seen_late(root, loaded, archive),
    ]
    return Gathered(
        archive=archive,
        reports=Reports(cache, paths),
        found=Mentions(cache, paths, drafts),
        drafts=drafts,
        loaded=loaded,
        originals=tuple(copies),
        sources=sources,
        ingested=ingested,
        read=searched.read,
        recognised=searched.recognised,
        rows={"file": sources.rows, "entity": loaded.rows, "build": {AUTHORITY: searched.authority}},
        forget={
            **_forget(cache, sources, [path for path in searched.gone if path not in cards], entities),
            **{shelf: outdated(cache, shelf, cut) for shelf in OF_SEGMENT},
        },
        problems=tuple(dict.fromkeys(problems)),
    )


@contextmanager
def looked_at(root: Path) -> Iterator[Gathered]:
    """Gather what is there and write nothing; what is gathered can be read until the end of the context."""
    config = settings(root)  # before anything else: what is no archive gets no folder
    with opened(root, look_only=True) as cache:
        yield gather(root, config, cache, Options(frozen=True, jobs=processors()), silent)


def _forget(cache: Cache, sources: Sources, gone: Sequence[str], entities: Iterable[str]) -> dict[Shelf, Sequence[str]]:
    """Return what the cache need not know any more: of files, of these reports, and of entities without a file."""
    return {
        "file": sources.gone,
        "entity": [path for path in entities if path not in sources.digests],
        **dict.fromkeys(OF_REPORT, gone),
        "quotes": [*quotes_of(cache, gone)],
        "lines": [lines_key(path, table) for path in gone for table in COLUMNS],
    }


def _seen_late(root: Path, loaded: Loaded, archive: Archive) -> Iterator[Problem]:
    """Find what no page can decide or show."""
    entities = {entity.id: entity for entity in loaded.content.entities}
    yield from check_ambiguous(archive.ambiguous, entities, partial(line_of, root))
    yield from unused_templates(template_folders(root))


def _archive(
    loaded: Loaded, cards: Mapping[str, Card], cut: Sequence[Segment], config: Config, cache: Cache
) -> Archive:
    """Bring together what is published."""
    builder = Builder(loaded.content, config)
    for segment in cut:
        shown = [cards[path] for path in segment.paths if cards[path].publish]
        builder.add(shown, sums_of(cache, segment, shown), partial(sentences_of, cache, segment))
    paths = {cards[path].id: path for segment in cut for path in segment.paths if cards[path].publish}
    return builder.finish(
        lambda entities: ShownReports(cache, paths, entities),
        Quotes(cache, paths),
        TableLines(cache, paths),
        {card.id for card in cards.values() if not card.publish},
    )


def judge(problems: Iterable[Problem], *, strict: bool, keep_going: bool, ingested: tuple[str, ...] = ()) -> None:
    """Stop at problems that stop publishing: errors, warnings where they count as errors, and files that change.

    Raises:
        ProblemsError: with all problems, warnings included, and the reports that were `ingested` all the same.
    """
    unsteady = any(problem.message == CHANGED for problem in problems)
    if unsteady or (not keep_going and any(is_error(problem) or strict for problem in problems)):
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
