"""Places of the authority matched with those of a gazetteer: which one is meant, how sure that is, and why.

A spelling is compared as folded, then by its romanisation key. Of several candidates the one in the
province or district that the entity file names is meant, else the one nearest to the places that the
reports name in the same paragraph.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from readingroom.ambiguity import kilometres
from readingroom.authority import lineage
from readingroom.model import Point
from readingroom.romanise import ARTICLES, fold, key_of, word_key, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from readingroom.gazetteer import Place, Rank
    from readingroom.model import Entity, Mention

Sureness = Literal["sure", "probably", "unclear"]
CLEARLY_NEARER = 2.0
SAME_PLACE_KM = 3.0
FAR_KM = 150.0
NEAR_KM = 25.0
MOST_KM = 300.0
REACH = 12
NEAR_LETTERS = 40.0
WITHIN_KM = {"exact": 15.0, "village": 15.0, "district": 60.0, "province": 150.0, "country": 1500.0}
SHORTEST_KEY = 3
KEPT = 1 << 16
FEW = 3
DIVISIONS = frozenset({"country", "province", "district"})
BEHIND = ("governorate", "province", "district", "region", "county", "subdistrict")
BEFORE = tuple(map(fold, ("muhafazat", "mintaqat", "nahiyat", "محافظة", "منطقة", "ناحية")))


class Candidate(NamedTuple):
    """A place of the gazetteer that an entity may be, by which of its names.

    `exact` where that is the same as folded; `main` where the name that the gazetteer puts first reads alike.
    """

    place: Place
    spelt: str
    exact: bool
    main: bool


class Verdict(NamedTuple):
    """What an entity most likely is, how sure that is and why; `others` are the candidates not chosen."""

    entity: Entity
    candidate: Candidate
    sureness: Sureness
    why: str
    others: tuple[Candidate, ...] = ()


class Matches(NamedTuple):
    """The candidates of each entity by its id, and the gazetteer's divisions by their own code."""

    candidates: dict[str, list[Candidate]]
    divisions: dict[str, Place]


class Spellings:
    """The spellings of entities, asked which of them a gazetteer's name is."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._folds: defaultdict[str, set[str]] = defaultdict(set)
        self._keys: defaultdict[str, set[str]] = defaultdict(set)
        for entity in entities:
            for spelling in entity.spellings:
                folded = fold(spelling)
                self._folds[folded].add(entity.id)
                found = key_of(words(folded))
                if len(found) >= SHORTEST_KEY:
                    self._keys[found].add(entity.id)
        self._starts = {found[:end] for found in self._keys for end in range(1, len(found) + 1)}
        self._may_start = lru_cache(maxsize=KEPT)(self._starts_key)

    def of(self, place: Place) -> dict[str, Candidate]:
        """Give the place as a candidate for every entity, by id, that one of its names spells."""
        found: dict[str, Candidate] = {}
        for name in place.names:
            folded = bare(fold(name)) if place.rank in DIVISIONS else fold(name)
            main = name == place.name
            for id_ in self._folds.get(folded, ()):
                if id_ not in found or not found[id_].exact:
                    found[id_] = Candidate(place, name, exact=True, main=main or (id_ in found and found[id_].main))
            for id_ in self._keyed(folded):
                found.setdefault(id_, Candidate(place, name, exact=False, main=main))
        return found

    def _keyed(self, folded: str) -> set[str]:
        head = folded.partition(" ")[0]
        if not (head.isascii() and head.isalpha()) or head in ARTICLES or self._may_start(head):
            return self._keys.get(key_of(words(folded)), set())
        return set()

    def _starts_key(self, word: str) -> bool:
        """Tell whether a name that starts with this word may have the key of an entity's spelling."""
        return any(word_key(word, "first", end) in self._starts for end in ("inner", "last"))


def bare(folded: str) -> str:
    """Leave out the word that says what a division is.

    >>> bare("aleppo governorate"), bare("muhafazat halab"), bare("province")
    ('aleppo', 'halab', 'province')
    """
    for word in BEHIND:
        folded = folded.removesuffix(f" {word}")
    for word in BEFORE:
        folded = folded.removeprefix(f"{word} ")
    return folded


def match(entities: Sequence[Entity], gazetteer: Iterable[Place]) -> Matches:
    """Read a gazetteer once and keep what has a spelling of an entity, and the divisions places lie in."""
    spellings = Spellings(entities)
    found: defaultdict[str, list[Candidate]] = defaultdict(list)
    divisions: dict[str, Place] = {}
    for place in gazetteer:
        if place.own and (place.rank in DIVISIONS or place.own == place.name):
            divisions[place.own] = place._replace(names=place.names[:64])
        for id_, candidate in spellings.of(place).items():
            found[id_].append(candidate)
    return Matches({id_: _distinct(listed) for id_, listed in found.items()}, divisions)


def _distinct(listed: Sequence[Candidate]) -> list[Candidate]:
    """Keep one of several records of one place: the exact spelling first, then the more people."""
    kept: list[Candidate] = []
    for candidate in sorted(listed, key=lambda each: (not each.exact, -each.place.people, each.place)):
        place = candidate.place
        if not any(place.rank == other.place.rank and apart(place, other.place) < SAME_PLACE_KM for other in kept):
            kept.append(candidate)
    return kept


def apart(one: Place | Point, other: Place | Point) -> float:
    """Measure how far two places lie apart, in kilometres."""
    return kilometres(Point(one.lat, one.lon, "exact", ""), Point(other.lat, other.lon, "exact", ""))


class Anchor(NamedTuple):
    """A place of known position that the reports name near another, and how much its nearness counts."""

    point: Point
    weight: float


class Neighbours:
    """Which entities the reports name together: how near in a paragraph, or at least in one report."""

    def __init__(self, mentions: Iterable[Mention]) -> None:
        self._near: defaultdict[str, defaultdict[str, float]] = defaultdict(_weights)
        self._far: defaultdict[str, defaultdict[str, float]] = defaultdict(_weights)
        paragraphs: defaultdict[tuple[str, str], list[Mention]] = defaultdict(list)
        reports: defaultdict[str, set[str]] = defaultdict(set)
        for mention in mentions:
            if mention.entity:
                paragraphs[mention.report, mention.paragraph].append(mention)
                reports[mention.report].add(mention.entity)
        for named in paragraphs.values():
            self._weigh(sorted(named, key=lambda mention: mention.start))
        for group in reports.values():
            for id_ in group:
                self._far[id_].update(dict.fromkeys(group - {id_}, 1.0))

    def _weigh(self, named: Sequence[Mention]) -> None:
        """Count a neighbour the less, the more letters stand between."""
        for place, mention in enumerate(named):
            for other in named[place + 1 : place + 1 + REACH]:
                if other.entity != mention.entity:
                    weight = 1 / (1 + (other.start - mention.end) / NEAR_LETTERS) ** 2
                    self._near[mention.entity][other.entity] += weight
                    self._near[other.entity][mention.entity] += weight

    def anchors(self, id_: str, known: Mapping[str, Point]) -> tuple[list[Anchor], str]:
        """Give the known places named with an entity, and where: paragraph, report or nowhere."""
        for counts, where in ((self._near, "paragraph"), (self._far, "report")):
            found = [Anchor(known[other], counts[id_][other]) for other in sorted(counts[id_]) if other in known]
            exact = [anchor for anchor in found if anchor.point.precision != "province"] or found
            if exact:
                return exact, where
        return [], ""


def _weights() -> defaultdict[str, float]:
    return defaultdict(float)


def distance(place: Place, anchors: Sequence[Anchor]) -> float:
    """Measure how far a place lies from its neighbours, in kilometres, the near ones counting most."""
    total = sum(anchor.weight for anchor in anchors)
    return sum(min(apart(place, anchor.point), MOST_KM) * anchor.weight for anchor in anchors) / total if total else 0.0


class Judge:
    """Decides which candidate an entity is, from what is known of it and of its neighbours."""

    def __init__(self, entities: Sequence[Entity], matches: Matches, neighbours: Neighbours) -> None:
        self._matches, self._neighbours = matches, neighbours
        self._entities = {entity.id: entity for entity in entities}
        self._holders = {f"{entity.id.partition('/')[0]}/{entity.within}" for entity in entities if entity.within}
        self._division_ids: dict[str, frozenset[str]] = {}
        spellings = Spellings(entities)
        for own, place in matches.divisions.items():
            spelt = spellings.of(place)
            exact = any(candidate.exact for candidate in spelt.values())
            self._division_ids[own] = frozenset(id_ for id_, each in spelt.items() if each.exact == exact)
        self.known = {entity.id: entity.at for entity in entities if entity.at}

    def verdicts(self) -> list[Verdict]:
        """Judge every entity that has candidates; what is sure helps to judge its neighbours."""
        found: dict[str, Verdict] = {}
        while True:
            again = [id_ for id_ in self._matches.candidates if id_ not in found or found[id_].sureness != "sure"]
            fresh = {id_: self._judge(self._entities[id_]) for id_ in again}
            sure = {id_: verdict for id_, verdict in fresh.items() if verdict.sureness == "sure"}
            found |= fresh
            learned = {id_: point_of(verdict.candidate.place, "") for id_, verdict in sure.items()}
            learned = {id_: point for id_, point in learned.items() if id_ not in self.known}
            if not learned:
                return [found[id_] for id_ in sorted(found)]
            self.known |= cast("dict[str, Point]", {id_: point for id_, point in learned.items() if point})
            if not any(learned.values()):
                return [found[id_] for id_ in sorted(found)]

    def container(self, verdict: Verdict, verdicts: Mapping[str, Verdict]) -> str:
        """Give the id of the smallest entity with a file that a place lies in; empty where none is known to."""
        for own in self._chain(verdict.candidate.place):
            for id_ in sorted(self._division_ids.get(own, ())):
                chosen = verdicts.get(id_)
                is_it = chosen is not None and chosen.candidate.place.own == own and chosen.sureness != "unclear"
                reviewed = id_ != verdict.entity.id and not self._entities[id_].suggested
                if reviewed and (is_it or id_ in self._holders):
                    return id_
        return ""

    def division(self, place: Place) -> str:
        """Name the division a place lies in, as the gazetteer does."""
        named = (self._matches.divisions.get(own) for own in self._chain(place))
        return next((division.name for division in named if division), "")

    def containers(self, place: Place) -> list[frozenset[str]]:
        """Give, for each division a place lies in, the nearest first, the ids of the entities it may be."""
        return [self._division_ids.get(parent, frozenset()) for parent in self._chain(place)]

    def _chain(self, place: Place) -> list[str]:
        chain: list[str] = []
        ahead = list(place.parents)
        while ahead:
            parent = ahead.pop(0)
            if parent not in chain:
                chain.append(parent)
                division = self._matches.divisions.get(parent)
                ahead += [up for up in division.parents if up not in ahead] if division else []
        return chain

    def _judge(self, entity: Entity) -> Verdict:
        listed: Sequence[Candidate] = self._matches.candidates[entity.id]
        by_id = [each for each in listed if set(each.place.ids) & set(entity.ids)]
        if by_id:
            return _verdict(entity, by_id[0], "sure", "the same id", listed)
        if entity.at:
            return self._by_position(entity, listed)
        listed, within = self._in_container(entity, self._of_rank(entity, listed))
        if within == "elsewhere":
            return _verdict(entity, listed[0], "unclear", "not in the place that within: names", listed)
        return self._by_neighbours(entity, listed, within)

    def _by_position(self, entity: Entity, listed: Sequence[Candidate]) -> Verdict:
        at = cast("Point", entity.at)
        ranked = sorted(listed, key=lambda each: apart(each.place, at))
        nearest = ranked[0].place
        away = apart(nearest, at)
        if away > WITHIN_KM[nearest.rank]:
            return _verdict(entity, ranked[0], "unclear", f"{away:.0f} km from its at:", listed)
        return _verdict(entity, ranked[0], "sure", f"{away:.0f} km from its at:", listed)

    def _of_rank(self, entity: Entity, listed: Sequence[Candidate]) -> Sequence[Candidate]:
        """Keep provinces for an entity that holds others below a country, and smaller places for one that does not."""
        holds = entity.id in self._holders
        depth = len(lineage(entity, self._entities))
        wanted: tuple[tuple[Rank, ...], ...] = (("village", "exact"), ("district",))
        if holds and depth:
            wanted = (("province",), ("district",))
        elif depth <= 1:
            wanted = (("country",), ("province",)) if holds else (("province",), ("village", "exact"))
        for ranks in wanted:
            fitting = [each for each in listed if each.place.rank in ranks]
            if fitting:
                return fitting
        return listed

    def _in_container(self, entity: Entity, listed: Sequence[Candidate]) -> tuple[Sequence[Candidate], str]:
        """Keep the candidates that lie in the smallest of the entity's containers that any of them lies in."""
        chain = lineage(entity, self._entities)
        containers = [self.containers(each.place) for each in listed]
        for holder in chain:
            inside = [
                each for each, ids in zip(listed, containers, strict=True) if any(holder.id in group for group in ids)
            ]
            if inside:
                return inside, holder.name
        tops = {id_ for groups in containers for group in groups for id_ in group}
        return listed, "elsewhere" if chain and all(map(any, containers)) and tops else ""

    def _by_neighbours(self, entity: Entity, listed: Sequence[Candidate], within: str) -> Verdict:
        anchors, where = self._neighbours.anchors(entity.id, self.known)
        ranked = sorted(
            ((distance(each.place, anchors), each) for each in listed),
            key=lambda item: (item[0], not item[1].exact, item[1].place),
        )
        nearest, best = ranked[0]
        grounds = [f"in {within}"] if within else []
        if anchors:
            grounds.append(f"{nearest:.0f} km from the places named in the same {where}")
        if len(ranked) == 1:
            grounds.append("the only place of that name" if best.exact else "the only place whose name reads like it")
            sure = bool(within) or (best.exact and (nearest <= FAR_KM or best.place.rank in DIVISIONS))
            sure = sure and (not _by_other_name(best) or bool(anchors and nearest <= NEAR_KM))
            return _verdict(entity, best, "sure" if sure else "probably", ", ".join(grounds), listed)
        second = ranked[1][0]
        grounds.append(f"the next of {len(ranked)}: {second:.0f} km" if anchors else f"one of {len(ranked)}")
        sureness: Sureness = "unclear"
        if anchors:
            clear = nearest * CLEARLY_NEARER <= second and (best.exact or len(ranked) <= FEW)
            clear = clear and (not _by_other_name(best) or nearest <= NEAR_KM)
            sureness = "sure" if clear else "probably"
        return _verdict(entity, best, sureness, ", ".join(grounds), listed)


def _by_other_name(candidate: Candidate) -> bool:
    """Tell a village that the gazetteer puts another name first for: weaker grounds, so it must lie near."""
    return not candidate.main and candidate.place.rank not in DIVISIONS


def _verdict(entity: Entity, best: Candidate, sureness: Sureness, why: str, listed: Sequence[Candidate]) -> Verdict:
    others = tuple(each for each in listed if each is not best)
    spelt = "" if best.exact and best.spelt == best.place.name else f"; spelt {best.spelt} there"
    return Verdict(entity, best, sureness, why + spelt, others)


def point_of(place: Place, source: str) -> Point | None:
    """Give a gazetteer's position as an entity file states it; a country has none."""
    if place.rank == "country":
        return None
    return Point(place.lat, place.lon, place.rank, source)
