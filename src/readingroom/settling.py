"""What the mentions of each report come to: what the archive as a whole says of the names nobody has listed is added.

Votes are counted anew in every build, from polls that are kept by segment; only reports whose questions are answered
differently than before are settled again. Judgements have the last word.
"""

from __future__ import annotations

from array import array
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from readingroom.cache import all_ready
from readingroom.digest import digest, digest_bytes
from readingroom.discovery import Asked, Ballot, Poll, count, join, poll, revive
from readingroom.discovery import Names as Standing
from readingroom.discovery import mentions as suggest
from readingroom.keep import lines_key, mentions_of, mentions_row, quotes_key, report_of
from readingroom.model import Mention
from readingroom.naming import Sentences, Tally, Together, Uses
from readingroom.segments import Segment, keep, kept, outdated, segments
from readingroom.sums import Named, Sums, name, sum_up
from readingroom.workers import stream

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from readingroom.cache import Cache, Ready, Row, Shelf
    from readingroom.discovery import Votes
    from readingroom.judgements import Judgements
    from readingroom.mentions import Names, Rows
    from readingroom.model import Card, Report
    from readingroom.workers import Crew

JOINED = "joined"
LINKED = frozenset({"reviewed", "suggested"})
UNLISTED = frozenset({"suggested", "withheld"})
BATCH = 50
SETTLED: tuple[Shelf, ...] = ("basis", "named", "mentions", "quotes", "lines")
OF_SEGMENT: tuple[Shelf, ...] = ("poll", "settled", "sums", "together")


class _Undecided(NamedTuple):
    """A report whose names are to be settled again: its path, the SHA-256 of its file, and what that rests on."""

    path: str
    sha256: str
    basis: Row


def settle(
    rows: Mapping[str, Mapping[str, Any]], paths: Iterable[str], names: Names, cache: Cache, crew: Crew
) -> list[Segment]:
    """Bring up to date what each report's mentions come to, on the shelves of `SETTLED`.

    `rows` are those of the shelf of cards, `paths` all of them in the order of the archive. Return these cut into
    segments, whose stamps stand for all that their reports come to.
    """
    cut = [*segments((path, digest((rows[path]["sha256"], rows[path]["mark"]))) for path in paths)]
    ids = sorted(entity.id for entity in names.entities)
    rules = digest((tuple(names.kinds), names.confidence, names.judgements.all, ids))
    asked = _Questions()
    votes = count((asked.note(one) for one in _polls(cache, cut)), partial(_joined, cache))
    settled = [segment._replace(stamp=digest((segment.stamp, rules, asked.stamp(votes, place))))
               for place, segment in enumerate(cut)]  # fmt: skip
    differ = [place for place, segment in enumerate(settled) if kept(cache, "settled", segment) is None]
    # A build that breaks off leaves no word that reports are settled which it may have settled otherwise.
    cache.save({}, {"settled": [settled[place].key for place in differ] + outdated(cache, "settled", cut)})
    again = []
    for place in differ:
        for path, stamp in zip(cut[place].paths, asked.stamps(votes, place, cache, cut[place]), strict=True):
            basis: Row = [rows[path]["mark"], rows[path]["sha256"], rules, stamp]
            if cache.get("basis", path) != basis:
                again.append(_Undecided(path, rows[path]["sha256"], basis))
    if again:
        _settle(again, votes, names, cache, crew)
    cache.save({"settled": {settled[place].key: [settled[place].stamp] for place in differ}})
    return settled


def _settle(again: Sequence[_Undecided], votes: Votes, names: Names, cache: Cache, crew: Crew) -> None:
    """Settle these reports again."""
    cache.rest()
    listed = frozenset([*(entity.id for entity in names.entities), *(f"{kind.folder}/index" for kind in names.kinds)])

    def work(part: Sequence[_Undecided]) -> Iterator[tuple[int, dict[Shelf, dict[str, Ready]]]]:
        each = iter(part)
        while some := list(islice(each, BATCH)):
            batch: Rows = {shelf: {} for shelf in SETTLED}
            for path, sha256, basis in some:
                report = report_of(cast("dict[str, Any]", cache.need("report", path))["report"])
                found = _settled(report, cache, votes, names, listed)
                row = mentions_row(report, found)
                batch["basis"][path], batch["mentions"][path] = basis, row
                come_to, excerpts = name(report, found, digest((sha256, row)))
                batch["named"][path] = [*come_to]
                batch["quotes"].update((quotes_key(path, key), [*quoted]) for key, quoted in excerpts.quotes.items())
                batch["lines"].update((lines_key(path, table), [*some]) for table, some in excerpts.lines.items())
            yield len(some), all_ready(batch)

    for batch in stream(work, again, crew):
        gone = [key for key in quotes_of(cache, batch["basis"]) if key not in batch["quotes"]]
        cache.save(batch, {"quotes": gone})


def quotes_of(cache: Cache, paths: Iterable[str]) -> Iterator[str]:
    """Return the keys of all that is quoted of reports."""
    for path in paths:
        yield from cache.under("quotes", quotes_key(path, ""))


class _Questions:
    """What the reports of each segment ask the votes, in little memory: questions are numbered."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, ...], int] = {}
        self._by_segment: list[array[int]] = []
        self._answers: dict[int, bytes] = {}

    def note(self, found: Poll) -> Poll:
        """Note what the reports of the next segment ask."""
        numbers = self._numbers
        self._by_segment.append(array("I", [numbers.setdefault(tuple(one), len(numbers)) for one in found.asked]))
        return found

    def stamp(self, votes: Votes, place: int) -> str:
        """Return a digest of what the votes answer the reports of a segment."""
        return digest_bytes(b"".join(self._answered(votes, place)))

    def stamps(self, votes: Votes, place: int, cache: Cache, segment: Segment) -> Iterator[str]:
        """Return a digest of what the votes answer each report of a segment."""
        answers = self._answered(votes, place)
        for numbers in Poll(*cast("list[Any]", cache.need("poll", segment.key))[1:]).questions:
            yield digest_bytes(b"".join(map(answers.__getitem__, numbers)))

    def _answered(self, votes: Votes, place: int) -> list[bytes]:
        if not self._answers:
            self._answers = {
                number: digest(votes.of(Asked._make(one))).encode() for one, number in self._numbers.items()
            }
        return [*map(self._answers.__getitem__, self._by_segment[place])]


def _polls(cache: Cache, cut: Iterable[Segment]) -> Iterator[Poll]:
    """Return the ballots of each segment added up, as they are kept or anew."""
    for segment in cut:
        row = kept(cache, "poll", segment)
        found = Poll(*cast("list[Any]", row)) if row is not None else poll(_ballots(cache, segment.paths))
        if row is None:
            keep(cache, "poll", segment, found)
        yield found


def _ballots(cache: Cache, paths: Iterable[str]) -> Iterator[Ballot]:
    for path in paths:
        report, clear, attested, aliases, asked = cast("list[Any]", cache.need("ballot", path))
        yield Ballot(report, clear, attested, aliases, tuple(Asked(*one) for one in asked))


def _joined(cache: Cache, names: Standing) -> dict[str, str]:
    """Join spellings, or remember how they were joined when last there were just these."""
    basis = digest(names)
    kept_ = cache.get("build", JOINED)
    if isinstance(kept_, dict) and kept_["basis"] == basis:
        return cast("dict[str, str]", kept_["names"])
    joined = join(names)
    cache.save({"build": {JOINED: {"basis": basis, "names": joined}}})
    return joined


def _settled(report: Report, cache: Cache, votes: Votes, names: Names, listed: Collection[str]) -> tuple[Mention, ...]:
    """Return all mentions of a report, in reading order."""
    known = mentions_of(report, cache.need("known", report.path))
    seen = revive(cast("list[Any]", cache.need("scan", report.path)))
    unlisted = suggest(seen, votes, names.kinds, threshold=names.confidence)
    mentions = [*known, *(_unclaimed(one, listed) for one in unlisted)]
    places = {passage.anchor: number for number, passage in enumerate(report.passages)}
    judged = (judge(one, names.judgements) for one in mentions)
    return tuple(sorted((one for one in judged if one), key=lambda one: (places[one.paragraph], one.start)))


def judge(mention: Mention, judgements: Judgements) -> Mention | None:
    """Apply the archive's decisions to a mention: what is never to be linked is withheld, what was rejected goes."""
    if mention.status in LINKED and judgements.is_never(mention.text):
        return mention._replace(status="withheld", why=(*mention.why, "never linked, by decision"))
    if mention.status in UNLISTED and mention.confidence < 1 and judgements.is_rejected(mention.text, mention.kind):
        return None
    return mention


def _unclaimed(mention: Mention, listed: Collection[str]) -> Mention:
    """Withhold a suggestion whose proposed address belongs to a listed entity of another spelling."""
    if mention.entity not in listed:
        return mention
    return mention._replace(status="withheld", why=(*mention.why, f"its address is that of {mention.entity}"))


def sums_of(cache: Cache, segment: Segment, published: Sequence[Card]) -> Sums:
    """Return what the published reports of a segment come to, as it is kept or anew."""
    row = kept(cache, "sums", segment)
    if row is not None:
        stamps, uses, *others = cast("list[Any]", row)
        return Sums(stamps, Uses(*uses), *others)
    found, sentences = sum_up(named(cache, card.path) for card in published)
    keep(cache, "together", segment, sentences)
    keep(cache, "sums", segment, found)
    return found


def sentences_of(cache: Cache, segment: Segment) -> Sentences:
    """Return the sentences of a segment that name several entities, after `sums_of`."""
    row = cast("list[Any]", cache.need("together", segment.key))
    return Sentences(*row[1:])


def named(cache: Cache, path: str) -> Named:
    """Return what the mentions of a report come to, as `settle` left it."""
    stamp, rows, sentences, quoted, lines, inferred, ambiguous, suggested = cast("list[Any]", cache.need("named", path))
    return Named(
        stamp,
        tuple(Tally(*row) for row in rows),
        tuple(Together(*sentence) for sentence in sentences),
        quoted,
        lines,
        inferred,
        tuple(Mention._make((*one[:-1], tuple(one[-1]))) for one in ambiguous),
        suggested,
    )
