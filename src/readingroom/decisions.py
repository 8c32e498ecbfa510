"""What a person decides about names, turned into the files of content/ that say so: pure.

A later decision wins over earlier judgements on the same spellings. `decision_log` writes the files and
takes them back.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import singledispatch
from typing import TYPE_CHECKING

from readingroom.config import nearest
from readingroom.judgements import FILE as JUDGEMENTS
from readingroom.merging import merge_entities
from readingroom.model import Entity
from readingroom.problems import Problem, ProblemsError, with_article
from readingroom.revision import Revision, slug_of_name, unique
from readingroom.romanise import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Accept:
    """These spellings are a name of this kind: give it a file, or none of the spellings is listed.

    `name` is the first spelling when empty, `slug` is made of it. `shown_at` is the id under which the site
    showed it as a suggestion, if it did: that address leads on to the new one.
    """

    spellings: tuple[str, ...]
    kind: str
    name: str = ""
    slug: str = ""
    shown_at: str = ""


@dataclass(frozen=True, slots=True)
class MergeInto:
    """These spellings are an entity that has a file; `shown_at` as for Accept."""

    spellings: tuple[str, ...]
    entity: str
    shown_at: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """These spellings are no name of this kind, or no name at all."""

    spellings: tuple[str, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class NeverLink:
    """These spellings are never linked and never suggested again."""

    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Same:
    """Two spellings are one name."""

    one: str
    other: str


@dataclass(frozen=True, slots=True)
class NotSame:
    """Two spellings are two names."""

    one: str
    other: str


@dataclass(frozen=True, slots=True)
class Belongs:
    """A spelling that several entities bear means this one of them."""

    spelling: str
    entity: str


@dataclass(frozen=True, slots=True)
class MergeEntities:
    """Two entities are one: the first goes, the second takes all it had."""

    gone: str
    into: str


@dataclass(frozen=True, slots=True)
class Split:
    """These spellings of an entity are another one, which gets a file of its own."""

    entity: str
    spellings: tuple[str, ...]
    name: str
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Rename:
    """An entity gets another name, another address (`slug`), or both."""

    entity: str
    name: str = ""
    slug: str = ""


Decision = Accept | MergeInto | Reject | NeverLink | Same | NotSame | Belongs | MergeEntities | Split | Rename


_WORDS: Mapping[type, str] = {
    Accept: "{} is {kind}",
    MergeInto: "{} is {entity}",
    Reject: "{} is no {kind}",
    NeverLink: "{} is never a name",
    Same: "{one} and {other} are the same",
    NotSame: "{one} and {other} are not the same",
    Belongs: "{spelling} is {entity}",
    MergeEntities: "{gone} is merged into {into}",
    Split: "{} leaves {entity} for {name}",
    Rename: "{entity} is renamed",
}


def in_words(decision: Decision) -> str:
    """Say a decision in a few words.

    >>> in_words(Accept(("Hajin", "Hajeen"), "place"))
    'Hajin, Hajeen is a place'
    >>> in_words(Accept(("Al-Jazeera Storm",), "operation"))
    'Al-Jazeera Storm is an operation'
    """
    values = asdict(decision)
    if isinstance(decision, Accept):
        values["kind"] = with_article(decision.kind)
    elif isinstance(decision, Reject):
        values["kind"] = decision.kind or "name"
    return _WORDS[type(decision)].format(", ".join(values.get("spellings", ())), **values)


def decide(decision: Decision, files: Mapping[str, str], today: str, by: str) -> dict[str, str | None]:
    """Return the files that a decision changes: their new text by path, None for one that goes.

    `files` holds readingroom.toml, the entity files, and content/judgements.yaml and content/changes.yaml
    where there are any.

    Raises:
        ProblemsError: the decision cannot be made, and what to do instead.
    """
    revision = Revision(files, today=today, by=by)
    _make(decision, revision)
    return revision.changes()


@singledispatch
def _make(decision: Decision, revision: Revision) -> None:
    raise NotImplementedError


@_make.register
def _(decision: Accept, revision: Revision) -> None:
    kind = revision.kind(decision.kind)
    name = _one_line(decision.name) or next(iter(decision.spellings), "")
    slug = decision.slug or slug_of_name(name)
    entity = Entity(
        id=f"{kind.folder}/{slug}",
        path=f"content/{kind.folder}/{slug}.md",
        kind=kind.name,
        name=name,
        variants=tuple(unique(decision.spellings, [name])),
        reviewed=revision.today,
        reviewed_by=revision.by,
    )
    _overrule(revision, [*decision.spellings, name], kind.name)
    revision.create(entity)
    _lead_on(revision, decision.shown_at, entity.id)


@_make.register
def _(decision: MergeInto, revision: Revision) -> None:
    entity = revision.entity(decision.entity)
    new = unique(decision.spellings, entity.spellings)
    _overrule(revision, decision.spellings, entity.kind)
    apart = [
        found
        for found in revision.judgements.all
        if found.verdict == "not_same" and _between(found.names, decision.spellings, entity.spellings)
    ]
    revision.judge([], apart)
    if new:
        revision.set(entity.id, {"variants": [*entity.variants, *new]})
    _lead_on(revision, decision.shown_at, entity.id)


@_make.register
def _(decision: Reject, revision: Revision) -> None:
    if decision.kind:
        revision.kind(decision.kind)
    revision.judge(
        revision.judgement("rejected", spelling, kind=decision.kind) for spelling in unique(decision.spellings)
    )


@_make.register
def _(decision: NeverLink, revision: Revision) -> None:
    revision.judge(revision.judgement("never", spelling) for spelling in unique(decision.spellings))


@_make.register
def _(decision: Same, revision: Revision) -> None:
    _judge_pair(revision, "same", (decision.one, decision.other))


@_make.register
def _(decision: NotSame, revision: Revision) -> None:
    _judge_pair(revision, "not_same", (decision.one, decision.other))


@_make.register
def _(decision: Belongs, revision: Revision) -> None:
    entity, folded = revision.entity(decision.entity), fold(decision.spelling)
    for other in tuple(revision.entities.values()):
        if other.id == entity.id or folded not in map(fold, other.spellings):
            continue
        if fold(other.name) == folded:
            hint = "add  within:  to both files to tell them apart, or rename one"
            raise ProblemsError([Problem(other.path, 0, f'"{decision.spelling}" is the name of {other.id}', hint)])
        _take_out(revision, other, {folded})
    new = unique([decision.spelling], entity.spellings)
    if new:
        revision.set(entity.id, {"variants": [*entity.variants, *new]})


@_make.register
def _(decision: MergeEntities, revision: Revision) -> None:
    merge_entities(revision, decision.gone, decision.into)


@_make.register
def _(decision: Split, revision: Revision) -> None:
    entity = revision.entity(decision.entity)
    folded = {fold(spelling) for spelling in decision.spellings}
    _may_leave(entity, decision.spellings)
    variants = [spelling for spelling in entity.variants if fold(spelling) in folded]
    native = [(language, text) for language, text in entity.native if fold(text) in folded]
    name = _one_line(decision.name)
    slug, folder = decision.slug or slug_of_name(name), entity.id.partition("/")[0]
    _take_out(revision, entity, folded)
    revision.create(
        Entity(
            id=f"{folder}/{slug}",
            path=f"content/{folder}/{slug}.md",
            kind=entity.kind,
            name=name,
            variants=tuple(unique(variants, [name])),
            native=tuple(native),
            reviewed=revision.today,
            reviewed_by=revision.by,
        ),
        part_of=entity.id,
    )
    if fold(name) != fold(entity.name):
        _judge_pair(revision, "not_same", (entity.name, name))


@_make.register
def _(decision: Rename, revision: Revision) -> None:
    entity = revision.entity(decision.entity)
    folder = entity.id.partition("/")[0]
    name, slug = _one_line(decision.name) or entity.name, decision.slug or entity.slug
    if (name, slug) == (entity.name, entity.slug):
        hint = "give another name, or another address with --slug"
        raise ProblemsError([Problem(entity.path, 0, f"is called {name} already", hint)])
    if name != entity.name:
        faults = revision.name_faults(replace(entity, name=name))
        if faults:
            raise ProblemsError(faults)
        former = unique([*entity.variants, entity.name], [name])
        revision.set(entity.id, {"name": name, "variants": [*former]})
    if slug != entity.slug:
        new = replace(revision.entity(entity.id), id=f"{folder}/{slug}", path=f"content/{folder}/{slug}.md")
        revision.move(entity.id, new)


def _judge_pair(revision: Revision, verdict: str, pair: tuple[str, str]) -> None:
    one, other = sorted(map(_one_line, pair))
    if fold(one) == fold(other):
        hint = "case, accents and apostrophes make no difference between spellings"
        raise ProblemsError([Problem(JUDGEMENTS, 0, f'"{one}" and "{other}" are one spelling', hint)])
    said = revision.judgement("same" if verdict == "same" else "not_same", one, other)
    subject = said.subject[1]
    against = [found for found in revision.judgements.all if found.verdict in {"same", "not_same"}]
    drop = [found for found in against if found.verdict != verdict and found.subject[1] == subject]
    revision.judge([said], drop)


def _overrule(revision: Revision, spellings: Iterable[str], kind: str) -> None:
    """Take out what was judged against spellings that are now names of this kind."""
    folded = set(map(fold, spellings))
    keep, drop = [], []
    for found in revision.judgements.all:
        against = found.verdict == "never" or (found.verdict == "rejected" and found.kind in {"", kind})
        if against and folded & set(map(fold, found.names)):
            drop.append(found)
            left = tuple(name for name in found.names if fold(name) not in folded)
            keep += [replace(found, names=left)] if left else []
    revision.judge(keep, drop)


def _between(pair: Iterable[str], some: Iterable[str], others: Iterable[str]) -> bool:
    one, other = map(fold, pair)
    first, second = set(map(fold, some)), set(map(fold, others))
    return (one in first and other in second) or (other in first and one in second)


def _lead_on(revision: Revision, shown_at: str, new: str) -> None:
    if shown_at and shown_at != new and shown_at not in revision.entities:
        revision.forward(shown_at, new)


def _may_leave(entity: Entity, spellings: Iterable[str]) -> None:
    known = {fold(spelling): spelling for spelling in entity.spellings}
    problems = []
    for spelling in spellings:
        if fold(spelling) not in known:
            hint = nearest(spelling, list(known.values()))
            problems.append(Problem(entity.path, 0, f'"{spelling}" is no spelling of {entity.id}', hint))
        elif fold(spelling) == fold(entity.name):
            hint = "rename the entity first; the old name then is one of its spellings"
            problems.append(Problem(entity.path, 0, f'"{spelling}" is its name and stays', hint))
    if problems:
        raise ProblemsError(problems)


def _take_out(revision: Revision, entity: Entity, folded: set[str]) -> None:
    variants = [spelling for spelling in entity.variants if fold(spelling) not in folded]
    native = {language: text for language, text in entity.native if fold(text) not in folded}
    revision.set(entity.id, {"variants": [*variants], "native": {**native}})


def _one_line(text: str) -> str:
    return " ".join(text.split())
