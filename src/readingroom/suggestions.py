"""Mentions turned into what waits for a person: new names, merges, ambiguous spellings, conflicts of kind."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from readingroom.discovery.joins import blocks
from readingroom.english import NO_INITIALS
from readingroom.revision import slug_of_name
from readingroom.romanise import fold, key, skeleton
from readingroom.sentences import SENTENCE_END
from readingroom.spelling_distance import may_suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from readingroom.judgements import Judgements
    from readingroom.model import Entity, Mention, Report

WaitingStatus = Literal["suggested", "withheld", "ambiguous"]
Sort = Literal["new name", "merge", "ambiguous", "kind conflict"]
MOST_EVIDENCE = 3
MOST_REASONS = 5
MOST_CANDIDATES = 9
WIDTH = 160
LEAST_DOUBT = 0.05
MOST_COMPARED = 120
SHORTEST_ACRONYM = 3
T = TypeVar("T")
_WORD = re.compile(r"[^\W\d_]+")


class Suggestion(NamedTuple):
    """A name nobody has decided on: its spellings and how often each is printed, the commonest first.

    `id` is the proposed `<folder>/<slug>`, empty when the kind is unknown or the name ambiguous; `confidence`
    is the mean of its mentions'; `why` are their commonest reasons.
    """

    id: str
    kind: str
    name: str
    spellings: tuple[tuple[str, int], ...]
    mentions: int
    confidence: float
    why: tuple[str, ...]
    status: WaitingStatus

    @property
    def texts(self) -> tuple[str, ...]:
        """The spellings alone."""
        return tuple(text for text, _ in self.spellings)

    @property
    def shown_at(self) -> str:
        """The id under which the site shows it; empty where it does not."""
        return self.id if self.status == "suggested" else ""


class Sentence(NamedTuple):
    """A mention in its sentence; dots stand for what is left out of a long one."""

    report: str
    paragraph: str
    before: str
    text: str
    after: str


class Waiting(NamedTuple):
    """One question for a reviewer.

    `candidates` are ids, the likeliest first: what it may be merged into (entities, or the proposed ids of
    larger suggestions), which entities an ambiguous spelling may name, or the ids in each kind in conflict.
    """

    sort: Sort
    suggestion: Suggestion
    candidates: tuple[str, ...]
    evidence: tuple[Sentence, ...]


@dataclass(frozen=True)
class Known:
    """What people have decided so far: the entities that have files, and the judgements."""

    entities: Sequence[Entity]
    judgements: Judgements

    @cached_property
    def by_id(self) -> Mapping[str, Entity]:
        """Entities by id."""
        return {entity.id: entity for entity in self.entities}

    @cached_property
    def bearers(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the entities that list a spelling, by its folded form."""
        return _gathered((fold(spelling), entity.id) for entity in self.entities for spelling in entity.spellings)

    @cached_property
    def by_key(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the entities that have a romanisation key."""
        return _gathered((key(spelling), entity.id) for entity in self.entities for spelling in entity.spellings)

    @cached_property
    def by_initials(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the entities that have a spelling with these initials, folded."""
        return _gathered((initials(spelling), entity.id) for entity in self.entities for spelling in entity.spellings)

    @cached_property
    def by_skeleton(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the entities that have a skeleton of consonants."""
        return _gathered((skeleton(spelling), entity.id) for entity in self.entities for spelling in entity.spellings)

    @cached_property
    def by_block(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the entities that have a skeleton of consonants, or one more consonant."""
        pairs = [(block, entity.id) for entity in self.entities for text in entity.spellings for block in _blocks(text)]
        return _gathered(sorted(pairs))

    def is_open(self, mention: Mention) -> bool:
        """Tell whether nobody has decided yet what a suggested or withheld mention is."""
        judgements = self.judgements
        if _folded(mention.text) in self.bearers or judgements.is_never(mention.text):
            return False
        if judgements.is_rejected(mention.text, mention.kind):
            return False
        return mention.entity not in self.by_id or mention.entity not in self.by_key.get(key(mention.text), ())


class _Group(NamedTuple):
    """Mentions of one suggestion, and the suggestion."""

    suggestion: Suggestion
    mentions: tuple[Mention, ...]


def what_waits(
    found: Mapping[str, Sequence[Mention]], reports: Mapping[str, Report], known: Known
) -> tuple[Waiting, ...]:
    """List what waits for a person in the reports, in the order in which decisions help most.

    That is by mentions times doubt. Whatever `known` already answers is left out, also where `found` was
    made before: so a list can be brought up to date after each decision.
    """
    all_found = [mention for report in reports for mention in found.get(report, ())]
    groups = _groups([mention for mention in all_found if _is_suggested(mention) and known.is_open(mention)], known)
    conflicts, rest = _conflicts(groups)
    waiting = [
        *(_conflict(group, ids, reports) for group, ids in conflicts),
        *_questions(rest, reports, known),
        *_ambiguous([mention for mention in all_found if mention.status == "ambiguous"], reports, known),
    ]
    return tuple(sorted(waiting, key=_order))


def sentence(report: Report, mention: Mention) -> Sentence:
    """Cut the sentence of a mention out of its report."""
    text = next(passage.text for passage in report.passages if passage.anchor == mention.paragraph)
    first = max(0, mention.start - 2 * WIDTH)
    ends = (match.end() for match in SENTENCE_END.finditer(text, first, mention.start))
    start = max(ends, default=first)
    stop = SENTENCE_END.search(text, mention.end, mention.end + 2 * WIDTH)
    end = stop.end() if stop else min(len(text), mention.end + 2 * WIDTH)
    before, after = text[start : mention.start], text[mention.end : end].rstrip()
    if len(before) > WIDTH:
        before = "…" + before[-WIDTH:].partition(" ")[2]
    if len(after) > WIDTH:
        after = after[:WIDTH].rpartition(" ")[0] + "…"
    return Sentence(report.id, mention.paragraph, before, text[mention.start : mention.end], after)


def initials(name: str) -> str:
    """Give the folded initials of a name of three words or more; empty for shorter ones.

    >>> initials("Syrian Democratic Forces"), initials("Party of Labour and Hope"), initials("Deir Ezzor")
    ('sdf', 'plh', '')
    """
    found = [word[0] for word in _WORD.findall(fold(name)) if word not in NO_INITIALS]
    return "".join(found) if len(found) >= SHORTEST_ACRONYM else ""


def _is_suggested(mention: Mention) -> bool:
    return mention.status in {"suggested", "withheld"}


def _order(waiting: Waiting) -> tuple[float, str, str, str]:
    suggestion = waiting.suggestion
    doubt = max(LEAST_DOUBT, 1 - suggestion.confidence)
    return (-round(suggestion.mentions * doubt, 4), suggestion.name, suggestion.kind, waiting.sort)


def _groups(mentions: Sequence[Mention], known: Known) -> list[_Group]:
    """Bring together the mentions of one name: as discovery proposes, unless a person said otherwise."""
    places: defaultdict[tuple[str, str], list[Mention]] = defaultdict(list)
    kinded = {_key(mention.text): (mention.kind, mention.entity) for mention in mentions if mention.entity}
    for mention in mentions:
        name = _key(mention.text)
        place = (mention.kind, mention.entity or f"={name}")
        places[place if mention.entity else kinded.get(name, place)].append(mention)
    parts = [(kind, part) for (kind, _), group in places.items() for part in _parted(group, known)]
    return [_group(kind, part) for kind, part in _joined(parts, known)]


def _parted(mentions: Sequence[Mention], known: Known) -> list[list[Mention]]:
    """Part mentions whose spellings were judged to be different names; the commonest spelling comes first."""
    by_text: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        by_text[_folded(mention.text)].append(mention)
    parts: list[dict[str, list[Mention]]] = []
    for text, group in sorted(by_text.items(), key=lambda item: (-len(item[1]), item[0])):
        home = next((part for part in parts if not _differs(text, part, known)), None)
        if home is None:
            home = {}
            parts.append(home)
        home[text] = group
    found = [[mention for group in part.values() for mention in group] for part in parts]
    return [*found[:1], *map(_proposed_anew, found[1:])]


def _differs(text: str, others: Iterable[str], known: Known) -> bool:
    return any(known.judgements.is_different(text, other) for other in others)


def _proposed_anew(mentions: list[Mention]) -> list[Mention]:
    """Give mentions that were parted from a name an id made of their own commonest spelling."""
    folder = mentions[0].entity.rpartition("/")[0]
    slug = slug_of_name(_name(_spellings(mentions)))
    return [mention._replace(entity=f"{folder}/{slug}" if folder else "") for mention in mentions]


def _joined(parts: Iterable[tuple[str, list[Mention]]], known: Known) -> list[tuple[str, list[Mention]]]:
    """Join parts of one kind that share a spelling a person said is the same."""
    joined: list[tuple[str, list[Mention]]] = []
    holder: dict[tuple[str, str], list[Mention]] = {}
    for kind, part in parts:
        texts = {_folded(mention.text) for mention in part}
        names = texts.union(*(known.judgements.same_as(text) for text in texts))
        target = next((holder[kind, name] for name in sorted(names) if (kind, name) in holder), None)
        if target is None:
            joined.append((kind, part))
            target = part
        else:
            target += part
        holder.update({(kind, name): target for name in names})
    return joined


def _group(kind: str, mentions: Sequence[Mention]) -> _Group:
    spellings = _spellings(mentions)
    ids = Counter(mention.entity for mention in mentions if mention.entity)
    suggestion = Suggestion(
        id=min(ids, key=lambda key: (-ids[key], key)) if ids else "",
        kind=kind,
        name=_name(spellings),
        spellings=spellings,
        mentions=len(mentions),
        confidence=round(sum(mention.confidence for mention in mentions) / len(mentions), 2),
        why=_reasons(mentions),
        status="suggested" if any(mention.status == "suggested" for mention in mentions) else "withheld",
    )
    return _Group(suggestion, tuple(mentions))


def _spellings(mentions: Iterable[Mention]) -> tuple[tuple[str, int], ...]:
    """Count spellings that compare equal together, under the commonest one that is not all capitals."""
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for mention in mentions:
        text = " ".join(mention.text.split())
        forms[_folded(text)][text] += 1
    found = [
        (min(counts, key=lambda text: (text.isupper(), -counts[text], text)), counts.total())
        for counts in forms.values()
    ]
    return tuple(sorted(found, key=lambda item: (-item[1], item[0])))


def _name(spellings: Sequence[tuple[str, int]]) -> str:
    """Choose the commonest spelling in Latin script, in capitals only where there is no other.

    >>> _name([("هجين", 5), ("HTS", 3), ("Hayat Tahrir", 2)]), _name([("هجين", 5)])
    ('HTS', 'هجين')
    """
    return next((text for text, _ in spellings if _is_latin(text)), spellings[0][0])


def _is_latin(text: str) -> bool:
    letters = [letter for letter in fold(text) if letter.isalpha()]
    return bool(letters) and all(letter.isascii() for letter in letters)


def _reasons(mentions: Iterable[Mention]) -> tuple[str, ...]:
    counts = Counter(reason for mention in mentions for reason in dict.fromkeys(mention.why))
    return tuple(sorted(counts, key=lambda reason: (-counts[reason], reason))[:MOST_REASONS])


def _conflicts(groups: Sequence[_Group]) -> tuple[list[tuple[_Group, tuple[str, ...]]], list[_Group]]:
    """Find names that are suggested in several kinds; each becomes one group of its commonest kind."""
    conflicts: list[tuple[_Group, tuple[str, ...]]] = []
    rest: list[_Group] = []
    for alike in _alike(groups):
        ranked = sorted(alike, key=lambda group: (-group.suggestion.mentions, group.suggestion.kind))
        first: dict[str, _Group] = {}
        for group in ranked:
            if group.suggestion.kind:
                first.setdefault(group.suggestion.kind, group)
        kinds = list(first.values())
        if len(kinds) < len(("one", "other")):
            rest += ranked
            continue
        rest += [group for group in ranked if group not in kinds]
        whole = _group(kinds[0].suggestion.kind, [mention for group in kinds for mention in group.mentions])
        suggestion = whole.suggestion._replace(id=kinds[0].suggestion.id)
        ids = tuple(group.suggestion.id for group in kinds if group.suggestion.id)
        conflicts.append((_Group(suggestion, whole.mentions), ids))
    return conflicts, rest


def _alike(groups: Sequence[_Group]) -> list[list[_Group]]:
    """Bring together groups that share the key of a spelling."""
    clusters: dict[str, list[_Group]] = {}
    for group in groups:
        keys = {_key(text) for text in group.suggestion.texts}
        shared = {id(cluster): cluster for name in sorted(keys) if (cluster := clusters.get(name)) is not None}
        joined = [*(member for cluster in shared.values() for member in cluster), group]
        names = keys.union(*({_key(text) for text in member.suggestion.texts} for member in joined))
        clusters.update(dict.fromkeys(names, joined))
    return list({id(cluster): cluster for cluster in clusters.values()}.values())


def _conflict(group: _Group, ids: tuple[str, ...], reports: Mapping[str, Report]) -> Waiting:
    return Waiting("kind conflict", group.suggestion, ids, _evidence(group.mentions, reports))


def _questions(groups: Sequence[_Group], reports: Mapping[str, Report], known: Known) -> Iterator[Waiting]:
    ranked = sorted(groups, key=lambda group: (-group.suggestion.mentions, group.suggestion.name))
    larger: defaultdict[tuple[str, str], list[Suggestion]] = defaultdict(list)
    for suggestion, mentions in ranked:
        near, other_kind = _near_entities(suggestion, mentions, known)
        near += [other.id for other in _near_suggestions(suggestion, larger, known)]
        sort: Sort = "merge" if near else "kind conflict" if other_kind else "new name"
        candidates = tuple(dict.fromkeys([*near, *other_kind]))[:MOST_CANDIDATES]
        yield Waiting(sort, suggestion, candidates, _evidence(mentions, reports))
        if suggestion.id:
            for form in dict.fromkeys(form for text in suggestion.texts for form in _forms(text)):
                larger[form].append(suggestion)


def _near_entities(suggestion: Suggestion, mentions: Sequence[Mention], known: Known) -> tuple[list[str], list[str]]:
    """Return the entities a suggestion may be, and those of another kind that read the same."""
    proposed = {mention.entity for mention in mentions} & known.by_id.keys()
    same = {key for text in suggestion.texts for name in known.judgements.same_as(text)
            for key in known.bearers.get(name, ())}  # fmt: skip
    near = {key for text in suggestion.texts for key in _first(known.by_block.get(block, ()) for block in _blocks(text))
            if _may_be(text, known.by_id[key].spellings, known)}  # fmt: skip
    near |= {key for text in suggestion.texts for key in _by_acronym(text, known)
             if not _differs(text, known.by_id[key].spellings, known)}  # fmt: skip
    alike = {entity for entity in near if suggestion.kind in {"", known.by_id[entity].kind}}
    equal = {entity for text in suggestion.texts for entity in known.by_key.get(key(text), ())
             if known.by_id[entity].kind != suggestion.kind}  # fmt: skip
    sure = same | proposed
    return [*sorted(sure), *sorted(alike - sure)], sorted(equal - alike - sure)


def _near_suggestions(
    suggestion: Suggestion, larger: Mapping[tuple[str, str], Sequence[Suggestion]], known: Known
) -> list[Suggestion]:
    """Find larger suggestions of its kind that are spelled nearly so, then those that it may be the acronym of."""
    found: dict[str, Suggestion] = {}
    for text in suggestion.texts:
        near = _first(larger.get(("near", block), ()) for block in _blocks(text))
        found |= {other.id: other for other in near if _may_be(text, other.texts, known)}
    for text in suggestion.texts:
        for other in larger.get(_counterpart(text), ())[:MOST_CANDIDATES]:
            if not _differs(text, other.texts, known):
                found.setdefault(other.id, other)
    found.pop(suggestion.id, None)
    return [other for other in found.values() if suggestion.kind in {"", other.kind}]


def _first(blocks_: Iterable[Iterable[T]]) -> Iterator[T]:
    """Give what stands in blocks, each once, no more than can be compared."""
    return islice(dict.fromkeys(chain.from_iterable(blocks_)), MOST_COMPARED)


def _forms(text: str) -> Iterator[tuple[str, str]]:
    """Give the forms under which others find a spelling."""
    yield from (("near", block) for block in _blocks(text))
    if _is_acronym(text):
        yield "acronym", fold(text)
    if initials(text):
        yield "initials", initials(text)


def _counterpart(text: str) -> tuple[str, str]:
    """Give the form that the long form of an acronym has, or the acronym of a long form."""
    return ("initials", fold(text)) if _is_acronym(text) else ("acronym", initials(text))


def _is_acronym(text: str) -> bool:
    return text.isupper() and len(text) >= SHORTEST_ACRONYM and text.isalpha()


def _may_be(text: str, spellings: Iterable[str], known: Known) -> bool:
    listed = tuple(spellings)
    return not _differs(text, listed, known) and any(may_suggest(text, spelling) for spelling in listed)


def _by_acronym(text: str, known: Known) -> tuple[str, ...]:
    """Find entities of which a spelling is the acronym, or that list its acronym."""
    if _is_acronym(text):
        return known.by_initials.get(fold(text), ())
    return known.bearers.get(initials(text), ())


def _ambiguous(mentions: Iterable[Mention], reports: Mapping[str, Report], known: Known) -> Iterator[Waiting]:
    groups: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        groups[_folded(mention.text)].append(mention)
    for text, group in groups.items():
        bearers = known.bearers.get(text) or known.by_key.get(key(text), ())
        if len(bearers) > 1 and not known.judgements.is_never(text):
            kinds = {known.by_id[bearer].kind for bearer in bearers}
            found = _group(kinds.pop() if len(kinds) == 1 else "", group).suggestion
            suggestion = found._replace(id="", status="ambiguous")
            yield Waiting("ambiguous", suggestion, tuple(sorted(bearers)), _evidence(group, reports))


def _evidence(mentions: Sequence[Mention], reports: Mapping[str, Report]) -> tuple[Sentence, ...]:
    """Choose sentences to decide by: of different reports and spellings where there are such."""
    chosen: list[Mention] = []
    for worth in (_report, _spelling, _position):
        for mention in mentions:
            if len(chosen) < MOST_EVIDENCE and worth(mention) not in map(worth, chosen):
                chosen.append(mention)
    return tuple(sentence(reports[mention.report], mention) for mention in chosen)


def _report(mention: Mention) -> tuple[str, ...]:
    return (mention.report,)


def _spelling(mention: Mention) -> tuple[str, ...]:
    return (_folded(mention.text),)


def _position(mention: Mention) -> tuple[str, ...]:
    return (mention.report, mention.paragraph, str(mention.start))


@lru_cache(maxsize=1 << 16)
def _folded(text: str) -> str:
    return fold(text)


@lru_cache(maxsize=1 << 16)
def _key(text: str) -> str:
    return key(text) or fold(text)


@lru_cache(maxsize=1 << 16)
def _blocks(text: str) -> tuple[str, ...]:
    return tuple(filter(None, blocks(text)))


def _gathered(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for form, entity in pairs:
        if form:
            found[form][entity] = None
    return {form: tuple(ids) for form, ids in found.items()}
