"""A review in the terminal: one waiting name after another, one key a decision, each written at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from readingroom.config import settings
from readingroom.decision_log import apply_decision, read_files, undo
from readingroom.decisions import Accept, Belongs, MergeInto, NeverLink, NotSame, Reject, in_words
from readingroom.problems import ProblemsError, counted
from readingroom.revision import Revision
from readingroom.romanise import fold, key, skeleton
from readingroom.suggestions import Known, what_waits

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from readingroom.config import Kind
    from readingroom.decisions import Decision
    from readingroom.model import Mention, Report
    from readingroom.suggestions import Waiting

KEYS = {
    "a": "accept it as it is proposed",
    "k": "accept it as another kind",
    "w": "accept it under another name or address",
    "m": "merge it into another name (an ambiguous spelling: say which)",
    "d": "it is different from the first of what it may be",
    "r": "reject it: no name of this kind",
    "n": "never link it, nor suggest it again",
    "s": "skip it for now",
    "u": "undo the last key",
    "q": "quit",
    "?": "this help",
}
LINE = "a accept  k kind  w write name  m merge  d different  r reject  n never  s skip  u undo  q quit  ? help"
MOST_FOUND = 9
MOST_SPELLINGS = 12


class Terminal(NamedTuple):
    """How the reviewer is asked and told: a single key, a line of text, lines of output."""

    key: Callable[[], str]
    line: Callable[[str], str]
    say: Callable[[str], None]
    mark: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Desk:
    """What is reviewed: the archive's folder, its published reports, the mentions in them; by whom, on which day."""

    root: Path
    reports: Mapping[str, Report]
    found: Mapping[str, Sequence[Mention]]
    by: str
    today: str

    def known(self) -> Known:
        """Read what people have decided so far."""
        revision = self._revision()
        return Known(tuple(revision.entities.values()), revision.judgements)

    def kinds(self) -> dict[str, Kind]:
        """Return the kinds of the archive by name."""
        return {kind.name: kind for kind in settings(self.root).kinds}

    def waiting(self, kind: str | None = None) -> tuple[Waiting, ...]:
        """List what waits, of one kind ("" for those the archive has not) or of all."""
        return of_kind(what_waits(self.found, self.reports, self.known()), kind, self.kinds())

    def _revision(self) -> Revision:
        return Revision(read_files(self.root), today=self.today, by=self.by)


@dataclass(slots=True)
class Session:
    """One review: what was done (newest last) and what was skipped."""

    desk: Desk
    terminal: Terminal
    kind: str | None = None
    done: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def run(self) -> int:
        """Go through what waits until nothing is left or the reviewer quits; return the number of decisions."""
        waiting = self.desk.waiting()
        while left := self._left(waiting):
            self._show(left, waiting)
            if not self._ask(left[0], waiting):
                break
            waiting = self.desk.waiting()
        else:
            self.terminal.say("nothing waits" if not self.skipped else "nothing else waits")
        return self.decisions

    @property
    def decisions(self) -> int:
        """How many decisions of this review are written and not taken back."""
        return sum(what != "skip" for what in self.done)

    def _left(self, waiting: Sequence[Waiting]) -> list[Waiting]:
        wanted = of_kind(waiting, self.kind, self.desk.kinds())
        return [item for item in wanted if _name(item) not in self.skipped]

    def _ask(self, item: Waiting, waiting: Sequence[Waiting]) -> bool:
        """Ask for keys until one brings the review on; False to end it."""
        while True:
            pressed = self.terminal.key()
            match pressed:
                case "" | "q":
                    return False
                case "s":
                    self._skip(item)
                    return True
                case "u":
                    if self._undo():
                        return True
                case "?":
                    for name, what in KEYS.items():
                        self.terminal.say(f"  {name}  {what}")
                case _:
                    if self._decided(pressed, item, waiting):
                        return True
            self._keys()

    def _decided(self, pressed: str, item: Waiting, waiting: Sequence[Waiting]) -> bool:
        try:
            decision = self._decision(pressed, item, waiting)
            if decision is None:
                return False
            apply_decision(self.desk.root, decision, today=self.desk.today, by=self.desk.by)
        except ProblemsError as error:
            self.terminal.say(str(error))
            return False
        self.done.append(in_words(decision))
        self.terminal.say(f"  {in_words(decision)}\n")
        return True

    def _decision(self, pressed: str, item: Waiting, waiting: Sequence[Waiting]) -> Decision | None:
        suggestion = item.suggestion
        match pressed:
            case "a" | "k" | "w" if item.sort != "ambiguous":
                return self._accept(pressed, item)
            case "m":
                return self._merge(item, waiting)
            case "d" if item.candidates and item.sort != "ambiguous":
                return self._different(item, waiting)
            case "r" if item.sort != "ambiguous":
                return Reject(suggestion.texts, suggestion.kind if suggestion.kind in self.desk.kinds() else "")
            case "n":
                return NeverLink(suggestion.texts)
        self.terminal.say("  this key decides nothing here; ? for help")
        return None

    def _accept(self, pressed: str, item: Waiting) -> Accept | None:
        suggestion = item.suggestion
        kind, kinds = suggestion.kind, self.desk.kinds()
        if pressed == "k" or kind not in kinds:
            kind = self._choose("which kind", {each.name: each.label for each in kinds.values()})
            if not kind:
                return None
        ids = {id_.partition("/")[0]: id_.partition("/")[2] for id_ in reversed((suggestion.id, *item.candidates))}
        slug = ids.get(kinds[kind].folder, "") if item.sort == "kind conflict" or kind == suggestion.kind else ""
        name = suggestion.name
        if pressed == "w":
            name = self.terminal.line(f"  name [{name}]: ").strip() or name
            slug = self.terminal.line(f"  address [{slug or 'made of the name'}]: ").strip() or slug
        return Accept(suggestion.texts, kind, name, slug, suggestion.shown_at)

    def _merge(self, item: Waiting, waiting: Sequence[Waiting]) -> Decision | None:
        suggestion = item.suggestion
        labels = self._labels(waiting)
        target = self._target(item, {id_: labels[id_] for id_ in item.candidates if id_ in labels}, labels)
        if not target:
            return None
        if item.sort == "ambiguous":
            return Belongs(suggestion.name, target)
        if target in self.desk.known().by_id:
            return MergeInto(suggestion.texts, target, suggestion.shown_at)
        other = next(each.suggestion for each in waiting if each.suggestion.id == target)
        spellings = (*other.texts, *suggestion.texts)
        return Accept(spellings, other.kind, other.name, target.partition("/")[2], suggestion.shown_at)

    def _target(self, item: Waiting, candidates: Mapping[str, str], labels: Mapping[str, str]) -> str:
        """Ask which entity or suggestion is meant: one of the candidates by number, or any by a spelling."""
        chosen = dict(candidates)
        while True:
            for number, label in enumerate(chosen.values(), 1):
                self.terminal.say(f"  {number}  {label}")
            answer = self.terminal.line("  number, or a spelling to look for (empty: none): ").strip()
            if not answer:
                return ""
            if answer.isdecimal() and 0 < int(answer) <= len(chosen):
                return list(chosen)[int(answer) - 1]
            found = look_up(answer, self.desk.known())
            chosen = {id_: labels[id_] for id_ in found if id_ != item.suggestion.id}
            if not chosen:
                self.terminal.say(f"  no name like {answer} has a file")

    def _different(self, item: Waiting, waiting: Sequence[Waiting]) -> NotSame | None:
        known = self.desk.known()
        others = {each.suggestion.id: each.suggestion.name for each in waiting if each.suggestion.id}
        names = {**others, **{id_: entity.name for id_, entity in known.by_id.items()}}
        other = next((names[id_] for id_ in item.candidates if id_ in names and id_ != item.suggestion.id), "")
        if not other or fold(other) == fold(item.suggestion.name):
            self.terminal.say("  there is no other name it could differ from")
            return None
        return NotSame(item.suggestion.name, other)

    def _choose(self, question: str, labels: Mapping[str, str]) -> str:
        choices = "  ".join(f"{number} {label}" for number, label in enumerate(labels.values(), 1))
        self.terminal.say(f"  {question}?  {choices}")
        answer = self.terminal.key()
        if answer.isdecimal() and 0 < int(answer) <= len(labels):
            return list(labels)[int(answer) - 1]
        self.terminal.say("  nothing chosen")
        return ""

    def _skip(self, item: Waiting) -> None:
        self.skipped.append(_name(item))
        self.done.append("skip")
        self.terminal.say("  skipped\n")

    def _undo(self) -> bool:
        if not self.done:
            self.terminal.say("  nothing to undo in this review; earlier decisions:  readingroom names undo")
            return False
        if self.done[-1] == "skip":
            self.skipped.pop()
            self.terminal.say("  no longer skipped\n")
        else:
            try:
                self.terminal.say(f"  taken back: {undo(self.desk.root).what}\n")
            except ProblemsError as error:
                self.terminal.say(str(error))
                return False
        self.done.pop()
        return True

    def _labels(self, waiting: Sequence[Waiting]) -> dict[str, str]:
        open_ = {
            each.suggestion.id: f"{each.suggestion.name}  {each.suggestion.id} (waits, too)"
            for each in waiting
            if each.suggestion.id
        }
        files = {id_: f"{entity.name}  {id_}" for id_, entity in self.desk.known().by_id.items()}
        return {**open_, **files}

    def _show(self, left: Sequence[Waiting], waiting: Sequence[Waiting]) -> None:
        self.terminal.say(f"{counted(len(left), 'name')} to go")
        for line in described(left[0], self.terminal.mark, self._labels(waiting)):
            self.terminal.say(line)
        self._keys()

    def _keys(self) -> None:
        self.terminal.say("")
        self.terminal.say(LINE)


def of_kind(waiting: Sequence[Waiting], kind: str | None, kinds: Collection[str]) -> tuple[Waiting, ...]:
    """Keep what is proposed as one kind; "" stands for every kind the archive does not declare, None for all."""
    proposed = ((item, item.suggestion.kind if item.suggestion.kind in kinds else "") for item in waiting)
    return tuple(item for item, found in proposed if kind is None or found == kind)


def described(item: Waiting, mark: Callable[[str], str], labels: Mapping[str, str]) -> list[str]:
    """Describe what waits in lines: name, spellings, reasons, what it may be, evidence with the name marked."""
    suggestion = item.suggestion
    facts = [
        item.sort,
        suggestion.kind or "kind unknown",
        counted(suggestion.mentions, "mention"),
        f"confidence {suggestion.confidence:.2f}",
    ]
    lines = [f"{mark(suggestion.name)}  {', '.join(facts)}"]
    if len(suggestion.spellings) > 1:
        shown = [f"{text} {count}" for text, count in suggestion.spellings[:MOST_SPELLINGS]]
        more = len(suggestion.spellings) - len(shown)
        lines.append(f"  spellings: {', '.join(shown)}{f' and {more} more' if more else ''}")
    lines.append(f"  because: {'; '.join(suggestion.why)}")
    lines += [f"  may be {number}: {labels.get(id_, id_)}" for number, id_ in enumerate(item.candidates, 1)]
    lines += [
        f"  {each.report}#{each.paragraph}  {each.before}{mark(f'[{each.text}]')}{each.after}" for each in item.evidence
    ]
    return lines


def look_up(text: str, known: Known) -> list[str]:
    """Find the entities that a few letters may mean: by spelling, key, consonants, then part of a spelling."""
    folded = fold(text)
    found = [
        *known.bearers.get(folded, ()),
        *known.by_key.get(key(text), ()),
        *known.by_skeleton.get(skeleton(text), ()),
        *([text] if text in known.by_id else []),
        *(id_ for spelling, ids in sorted(known.bearers.items()) if folded in spelling for id_ in ids),
    ]
    return list(dict.fromkeys(found))[:MOST_FOUND]


def _name(item: Waiting) -> tuple[str, str]:
    return item.sort, fold(item.suggestion.name)
