"""Decisions about names that are not entities: content/judgements.yaml read, looked up and written.

One judgement a line, the lines sorted, so that two people's decisions merge in git. Spellings are compared
by `romanise.fold`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, cast, get_args

from readingroom.config import nearest
from readingroom.dates import parse_edtf
from readingroom.frontmatter import parse_sequence, unprintable
from readingroom.problems import Problem
from readingroom.reportfile import scalar
from readingroom.romanise import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from readingroom.frontmatter import Value

FILE = "content/judgements.yaml"
Verdict = Literal["same", "not_same", "never", "rejected", "moved"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
JUDGEMENT_KEYS = (*VERDICTS, "kind", "by", "on")
PAIRS: frozenset[Verdict] = frozenset({"same", "not_same"})
EXAMPLES: Mapping[Verdict, str] = {
    "same": "- {same: [Sh’aytat, Sheitat]}",
    "not_same": "- {not_same: [Hamoud, Hamouda]}",
    "never": "- {never: [Front]}",
    "rejected": "- {rejected: [Peace Spring], kind: place}",
    "moved": "- {moved: [places/old-slug, places/new-slug]}",
}
_ADDRESS = re.compile(r"[a-z0-9-]+/[a-z0-9_-]+")


@dataclass(frozen=True, slots=True, order=True)
class Judgement:
    """One decision of a person: a verdict on names (ids where something moved), who said so and when.

    `kind` belongs to `rejected` only: the name is none of that kind, any kind when empty.
    """

    verdict: Verdict
    names: tuple[str, ...]
    kind: str = ""
    by: str = ""
    on: str = ""

    @property
    def subject(self) -> tuple[str, tuple[str, ...], str]:
        """What is judged, whoever said so and however it is spelled: equal subjects are one decision."""
        if self.verdict == "moved":
            return self.verdict, self.names, ""
        folded = [fold(name) for name in self.names]
        return self.verdict, tuple(sorted(folded) if self.verdict in PAIRS else folded), self.kind


class _Groups(NamedTuple):
    """Spellings said to be the same, by one that stands for all, and pairs of those said to differ."""

    leader: Mapping[str, str]
    apart: frozenset[frozenset[str]]


@dataclass(frozen=True)
class Judgements:
    """All decisions that are not entities, with fast answers; "the same" goes on from name to name."""

    all: tuple[Judgement, ...] = ()

    def is_same(self, one: str, other: str) -> bool:
        """Tell whether a person said that two spellings are one name."""
        leader = self._groups.leader
        first, second = fold(one), fold(other)
        return first != second and first in leader and leader[first] == leader.get(second)

    def is_different(self, one: str, other: str) -> bool:
        """Tell whether a person said that two spellings are two names, or the same as two such."""
        leader, apart = self._groups
        first, second = fold(one), fold(other)
        return bool(apart) and frozenset({leader.get(first, first), leader.get(second, second)}) in apart

    def is_never(self, spelling: str) -> bool:
        """Tell whether a spelling must never be linked nor suggested."""
        return bool(self._never) and fold(spelling) in self._never

    def is_rejected(self, spelling: str, kind: str) -> bool:
        """Tell whether a spelling is no name of this kind."""
        kinds = self._rejected.get(fold(spelling), frozenset()) if self._rejected else frozenset()
        return "" in kinds or kind in kinds

    def same_as(self, spelling: str) -> frozenset[str]:
        """Return the other spellings, folded, that a person said are the same name."""
        leader, folded = self._groups.leader, fold(spelling)
        if folded not in leader:
            return frozenset()
        return frozenset(name for name, first in leader.items() if first == leader[folded]) - {folded}

    @cached_property
    def moved(self) -> Mapping[str, str]:
        """Where each former address leads now, by id; over several moves at once."""
        steps = {judgement.names[0]: judgement.names[1] for judgement in self._of("moved")}
        ends = {old: _last(old, steps) for old in steps}
        return {old: new for old, new in ends.items() if old != new}

    @cached_property
    def _groups(self) -> _Groups:
        leader = _leaders(tuple(map(fold, judgement.names)) for judgement in self._of("same"))
        pairs = (judgement.subject[1] for judgement in self._of("not_same"))
        return _Groups(leader, frozenset(frozenset(leader.get(name, name) for name in pair) for pair in pairs))

    @cached_property
    def _never(self) -> frozenset[str]:
        return frozenset(fold(name) for judgement in self._of("never") for name in judgement.names)

    @cached_property
    def _rejected(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for judgement in self._of("rejected"):
            for name in map(fold, judgement.names):
                found[name] = found.get(name, frozenset()) | {judgement.kind}
        return found

    def _of(self, verdict: Verdict) -> Iterable[Judgement]:
        return (judgement for judgement in self.all if judgement.verdict == verdict)


def read_judgements(text: str, path: str = FILE) -> tuple[Judgements, list[Problem]]:
    """Read the judgements; a faulty one is left out and reported.

    >>> judgements, problems = read_judgements("- {same: [Sh’aytat, Sheitat]}")
    >>> judgements.is_same("sheitat", "Sh'aytat"), problems
    (True, [])
    """
    rows, problems = parse_sequence(text.removeprefix("\ufeff"), path)
    found: list[tuple[Judgement, int]] = []
    for row, line in rows:
        judgement, fault, hint = _judgement(row)
        if judgement is None:
            problems.append(Problem(path, line, fault, hint))
        else:
            found.append((judgement, line))
    judgements = Judgements(tuple(sorted({judgement for judgement, _ in found})))
    return judgements, problems + _contradictions(found, judgements, path)


def write_judgements(judgements: Iterable[Judgement]) -> str:
    """Write the whole file: one judgement a line, sorted, none twice."""
    return "".join(f"{line}\n" for line in sorted({judgement_line(judgement) for judgement in judgements}))


def judgement_line(judgement: Judgement) -> str:
    """Write one judgement.

    >>> print(judgement_line(Judgement("rejected", ("Peace Spring",), "place", "Ana", "2026-11-22")))
    - {rejected: [Peace Spring], kind: place, by: Ana, on: 2026-11-22}
    """
    names = ", ".join(scalar(name, flow=True) for name in judgement.names)
    rest = (("kind", judgement.kind), ("by", judgement.by))
    said = "".join(f", {key}: {scalar(value, flow=True)}" for key, value in rest if value)
    return f"- {{{judgement.verdict}: [{names}]{said}{f', on: {judgement.on}' if judgement.on else ''}}}"


def with_judgements(text: str, add: Iterable[Judgement], drop: Collection[Judgement] = ()) -> str:
    """Add and take out judgements, keeping every other line, comments included.

    A judgement whose subject is there already is not added. A file in which lines cannot be told apart
    (judgements over several lines) is written anew.
    """
    before = set(read_judgements(text)[0].all)
    wanted = before - set(drop)
    subjects = {judgement.subject for judgement in wanted}
    new = [judgement for judgement in dict.fromkeys(add) if judgement.subject not in subjects]
    wanted |= set(new)
    if wanted == before:
        return text
    lines = [line for line in text.splitlines(keepends=True) if not _is_one_of(line, drop)]
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    for line in sorted(f"{judgement_line(judgement)}\n" for judgement in new):
        lines.insert(_place(lines, line), line)
    edited = "".join(lines)
    after, problems = read_judgements(edited)
    return edited if not problems and set(after.all) == wanted else write_judgements(wanted)


def _place(lines: Sequence[str], new: str) -> int:
    later = (number for number, line in enumerate(lines) if line.startswith("- ") and line > new)
    return next(later, len(lines))


def _is_one_of(line: str, judgements: Collection[Judgement]) -> bool:
    return line.startswith("- {") and any(judgement in judgements for judgement in read_judgements(line)[0].all)


def _judgement(row: Value) -> tuple[Judgement | None, str, str]:
    """Read one item: the judgement, or what is wrong and a hint."""
    if not isinstance(row, dict):
        return None, "a judgement is a table", EXAMPLES["same"]
    unknown = [key for key in row if key not in JUDGEMENT_KEYS]
    if unknown:
        return None, f'unknown key "{unknown[0]}"', nearest(unknown[0], list(JUDGEMENT_KEYS))
    said = [verdict for verdict in VERDICTS if verdict in row]
    if len(said) != 1:
        return None, f"a judgement has one verdict of {', '.join(VERDICTS)}", EXAMPLES["same"]
    fault = _fault(said[0], row)
    if fault:
        return None, fault, f"write {EXAMPLES[said[0]]}"
    names = tuple(cast("list[str]", row[said[0]]))
    rest = {key: str(row[key]) for key in ("kind", "by", "on") if key in row}
    return Judgement(said[0], tuple(sorted(names)) if said[0] in PAIRS else names, **rest), "", ""


def _fault(verdict: Verdict, row: Mapping[str, Value]) -> str:
    for key in ("kind", "by", "on"):
        if not isinstance(row.get(key, ""), str):
            return f"{key} must be text"
    found = next(filter(None, (unprintable(str(value)) for value in _texts(row))), "")
    if found:
        return f"holds {found}, which no page can show"
    if "kind" in row and verdict != "rejected":
        return f"kind belongs to rejected, not to {verdict}"
    if row.get("on") and parse_edtf(str(row["on"])) is None:
        return f'"{row["on"]}" is no date'
    return _names_fault(verdict, row[verdict])


def _texts(row: Mapping[str, Value]) -> Iterator[Value]:
    for value in row.values():
        yield from value if isinstance(value, list) else [value]


def _names_fault(verdict: Verdict, names: Value) -> str:
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and fold(name) for name in names):
        return f"{verdict} must be a list of names"
    if verdict in {"never", "rejected"}:
        return ""
    if len(names) != len(("one", "other")):
        return f"{verdict} takes two names"
    if verdict != "same" and fold(str(names[0])) == fold(str(names[1])):
        return f"{verdict} takes two different names"
    if verdict == "moved" and not all(_ADDRESS.fullmatch(str(name)) for name in names):
        return "moved takes two ids"
    return ""


def _contradictions(found: Sequence[tuple[Judgement, int]], judgements: Judgements, path: str) -> list[Problem]:
    problems: list[Problem] = []
    first: dict[str, str] = {}
    for judgement, line in found:
        one, other = judgement.names[0], judgement.names[-1]
        if judgement.verdict == "not_same" and judgements.is_same(one, other):
            message = f'"{one}" and "{other}" are said to be the same and not the same'
            problems.append(Problem(path, line, message, "take one of the judgements out"))
        if judgement.verdict != "moved":
            continue
        if first.setdefault(one, other) != other:
            message = f"{one} is said to have moved to {first[one]} and to {other}"
            problems.append(Problem(path, line, message, "keep one of them"))
        elif one not in judgements.moved:
            problems.append(Problem(path, line, f"{one} moves in a circle", "take one of the moves out"))
    return problems


def _leaders(groups: Iterable[tuple[str, ...]]) -> Mapping[str, str]:
    """Join groups that share a name; map each name to the first of its group in the alphabet."""
    members: dict[str, set[str]] = {}
    for group in groups:
        joined = set(group).union(*(members.get(name, ()) for name in group))
        members.update(dict.fromkeys(joined, joined))
    return {name: min(joined) for name, joined in members.items()}


def _last(start: str, steps: Mapping[str, str]) -> str:
    seen, at = {start}, steps[start]
    while at in steps and at not in seen:
        seen.add(at)
        at = steps[at]
    return at
