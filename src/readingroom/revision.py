"""The files of content/ while one decision on names changes them: checked as a whole before they are given back."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from typing import TYPE_CHECKING

from slugify import slugify

from readingroom.authority import check_authority
from readingroom.config import FILE as SETTINGS
from readingroom.config import nearest, parse_config
from readingroom.entity_file import entity_text, entity_values, with_key
from readingroom.judgements import FILE as JUDGEMENTS
from readingroom.judgements import Judgement, read_judgements, with_judgements
from readingroom.load import CHANGES, LONGEST_SLUG, RESERVED
from readingroom.problems import Problem, ProblemsError, is_error
from readingroom.read import read_changes, read_entity
from readingroom.romanise import fold, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from readingroom.config import Kind
    from readingroom.frontmatter import Value
    from readingroom.judgements import Judgements, Verdict
    from readingroom.model import Entity

_SLUG = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")


class Revision:
    """The files before and after one decision, and who makes it on which day.

    Raises:
        ProblemsError: from any method, where the files or the decision do not allow what is asked.
    """

    def __init__(self, files: Mapping[str, str], *, today: str, by: str) -> None:
        """Read the settings, entities and judgements among `files` (text by path)."""
        self._files = files
        self._changed: dict[str, str | None] = {}
        self.today, self.by = today, by
        self.kinds, problems = _kinds(files.get(SETTINGS, ""))
        found = [_entity(text, path, kind.name) for path, text, kind in self._entity_files(files)]
        problems += [problem for _, faults in found for problem in faults if is_error(problem)]
        self.entities = {entity.id: entity for entity, _ in found if entity}
        self.judgements, faults = read_judgements(files.get(JUDGEMENTS, ""))
        if problems or faults:
            raise ProblemsError([*problems, *faults])
        self._before = dict(self.entities)

    def entity(self, key: str) -> Entity:
        """Return the entity of this id."""
        if key not in self.entities:
            hint = nearest(key, sorted(self.entities))
            raise ProblemsError([Problem(key, 0, "no entity of this id has a file", hint)])
        return self.entities[key]

    def kind(self, name: str) -> Kind:
        """Return the kind of this name."""
        found = {kind.name: kind for kind in self.kinds}
        if name not in found:
            raise ProblemsError([Problem(SETTINGS, 0, f'no kind is called "{name}"', nearest(name, sorted(found)))])
        return found[name]

    def value(self, key: str, name: str) -> Value:
        """Return what an entity's file says under a key, "" where it says nothing."""
        return entity_values(self.entity(key)).get(name, "")

    def create(self, entity: Entity, part_of: str = "") -> None:
        """Write the file of a new entity; it may take back an address that led to what it was part of."""
        self._may_stand(entity, part_of)
        self.judge(
            [], [found for found in self.judgements.all if found.verdict == "moved" and found.names[0] == entity.id]
        )
        self._write(entity.path, entity_text(entity))

    def set(self, key: str, values: Mapping[str, Value]) -> None:
        """Set keys of an entity's file; what is empty is taken out."""
        path = self.entity(key).path
        text = self._text(path)
        for name, value in values.items():
            text = with_key(text, name, value or None)
        self._write(path, text)

    def add_note(self, key: str, note: str) -> None:
        """Add paragraphs at the end of an entity's note."""
        path = self.entity(key).path
        text = self._text(path).rstrip()
        gap = "\n\n" if self.entity(key).note else "\n"
        self._write(path, f"{text}{gap}{note.strip()}\n")

    def remove(self, key: str) -> None:
        """Take an entity's file away."""
        self._write(self.entity(key).path, None)

    def move(self, key: str, new: Entity) -> None:
        """Give an entity's file another address; its text stays."""
        old = self.entity(key)
        self._may_stand(new, key)
        text = self._text(old.path)
        self._write(old.path, None)
        self._write(new.path, text)
        self.redirect(key, new.id)

    def redirect(self, old: str, new: str) -> None:
        """Lead all that refers to an id to another one, readers at its address included."""
        folder, _, slug = old.partition("/")
        for entity in tuple(self.entities.values()):
            if entity.within == slug and entity.id.partition("/")[0] == folder:
                self.set(entity.id, {"within": new.partition("/")[2]})
            if old in entity.distinct_from:
                others = [new if other == old else other for other in entity.distinct_from]
                left = dict.fromkeys(other for other in others if other != entity.id)
                self.set(entity.id, {"not": [*left]})
        if CHANGES in self._files:
            self._write(CHANGES, _of(self._text(CHANGES), old, new))
        self.forward(old, new)

    def forward(self, old: str, new: str) -> None:
        """Say that what stood at an address is now at another."""
        alive = [found for found in self.judgements.all if found.verdict == "moved" and found.names[0] in {old, new}]
        self.judge([self.judgement("moved", old, new)], alive)

    def judgement(self, verdict: Verdict, *names: str, kind: str = "") -> Judgement:
        """Make a judgement of today by whoever decides."""
        return Judgement(verdict, names, kind, self.by, self.today)

    def judge(self, add: Iterable[Judgement], drop: Sequence[Judgement] = ()) -> None:
        """Add judgements and take out others."""
        text = with_judgements(self._text(JUDGEMENTS), add, drop)
        if text != self._text(JUDGEMENTS):
            self._write(JUDGEMENTS, text)
            self.judgements = _checked(text)

    def changes(self) -> dict[str, str | None]:
        """Return every file that differs (None: it is gone), if the archive is as sound as it was."""
        before, after = (
            check_authority([entities[key] for key in sorted(entities)], self.kinds)
            for entities in (self._before, self.entities)
        )
        new = [problem for problem in after if is_error(problem) and problem not in before]
        if new:
            raise ProblemsError(new)
        return {path: text for path, text in sorted(self._changed.items()) if self._files.get(path) != text}

    def _may_stand(self, entity: Entity, leaving: str = "") -> None:
        """Refuse an address that is none or is taken (but by what leaves it for this one), and a person of one word."""
        problems = [*_address_faults(entity.slug, entity.path), *self.name_faults(entity)]
        if entity.id in self.entities:
            hint = f"merge into {entity.id}, or give another address with --slug"
            problems.append(Problem(entity.path, 0, f"is the file of {self.entities[entity.id].name}", hint))
        elif self._files.get(entity.path) is not None and self._changed.get(entity.path, "") is not None:
            problems.append(Problem(entity.path, 0, "is there already", "give another address with --slug"))
        end = self.judgements.moved.get(entity.id)
        if end and end in self.entities and end != leaving:
            hint = "links from elsewhere still use it; give another address with --slug"
            problems.append(Problem(entity.path, 0, f"its address leads to {end} since that was moved", hint))
        if problems:
            raise ProblemsError(problems)

    def name_faults(self, entity: Entity) -> list[Problem]:
        """Find what is wrong with an entity's name: a person needs more than one word."""
        if not (self.kind(entity.kind).person and len(words(fold(entity.name))) == 1):
            return []
        hint = "give the full name; a single word never links to a person"
        return [Problem(entity.path, 0, f'"{entity.name}" is too short to name a person', hint)]

    def _text(self, path: str) -> str:
        text = self._changed[path] if path in self._changed else self._files.get(path, "")
        return text or ""

    def _write(self, path: str, text: str | None) -> None:
        self._changed[path] = text
        kind = self._kind_of(path)
        if kind is None:
            return
        key = path.removeprefix("content/").removesuffix(".md")
        if text is None:
            self.entities.pop(key, None)
            return
        entity, problems = _entity(text, path, kind.name)
        if entity is None:
            raise ProblemsError(problems)
        self.entities[key] = entity

    def _kind_of(self, path: str) -> Kind | None:
        parts = path.split("/")
        folder = parts[1] if len(parts) == len(("content", "folder", "file")) else ""
        return next((kind for kind in self.kinds if kind.folder == folder), None)

    def _entity_files(self, files: Mapping[str, str]) -> list[tuple[str, str, Kind]]:
        found = ((path, text, self._kind_of(path)) for path, text in sorted(files.items()))
        return [(path, text, kind) for path, text, kind in found if kind]


def slug_of_name(name: str) -> str:
    """Make an address of a name: lower-case letters, digits and hyphens; empty without a letter.

    >>> slug_of_name("Abu Talha al-Almani"), slug_of_name("Sh’aytat")
    ('abu-talha-al-almani', 'shaytat')
    """
    return str(slugify(fold(name).replace("'", ""), max_length=LONGEST_SLUG, word_boundary=True))


def unique(spellings: Iterable[str], known: Iterable[str] = ()) -> list[str]:
    """Leave out spellings that compare equal to an earlier or a known one.

    >>> unique(["Hajin", "HAJIN", "Hajeen"], ["hajeen"])
    ['Hajin']
    """
    seen = {fold(name) for name in known}
    found: dict[str, str] = {}
    for name in spellings:
        if fold(name) not in seen:
            found.setdefault(fold(name), name)
    return list(found.values())


def _address_faults(slug: str, path: str) -> list[Problem]:
    if not slug:
        hint = "give another name, or an address with --slug"
        return [Problem(path, 0, "the name has no letter to make an address of", hint)]
    if not _SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        hint = f"lower-case letters, digits and hyphens, at most {LONGEST_SLUG}, such as al-bab"
        return [Problem(path, 0, f'"{slug}" cannot be an address', hint)]
    if slug in {*RESERVED, "index"}:
        return [Problem(path, 0, f'the name "{slug}" is taken', "every archive has a page there; use another --slug")]
    return []


def _kinds(text: str) -> tuple[tuple[Kind, ...], list[Problem]]:
    try:
        config, problems = parse_config(tomllib.loads(text), text)
    except tomllib.TOMLDecodeError as error:
        hint = "run  readingroom check  and mend it first"
        raise ProblemsError([Problem(SETTINGS, 0, f"not valid TOML: {error}", hint)]) from error
    return config.kinds, problems


@lru_cache(maxsize=1 << 14)
def _entity(text: str, path: str, kind: str) -> tuple[Entity | None, tuple[Problem, ...]]:
    entity, problems = read_entity(text, path, kind)
    return entity, tuple(problems)


def _checked(text: str) -> Judgements:
    judgements, problems = read_judgements(text)
    if problems:
        raise ProblemsError(problems)
    return judgements


def _of(text: str, old: str, new: str) -> str:
    """Lead announced changes of an id to another one."""
    edited = re.sub(rf"(\bof:\s*[\"']?){re.escape(old)}(?=[\"'\s,}}]|$)", rf"\g<1>{new}", text)
    return edited if len(read_changes(edited, CHANGES)[0]) == len(read_changes(text, CHANGES)[0]) else text
