"""What a reviewer posts turned into decisions on the names that wait: pure."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from readingroom.decisions import Accept, Belongs, Decision, MergeInto, NeverLink, NotSame, Reject, Same
from readingroom.problems import Problem, ProblemsError
from readingroom.romanise import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from readingroom.suggestions import Suggestion, Waiting

Action = Literal["accept", "merge", "reject", "never", "same", "different", "means"]
ACTIONS: tuple[Action, ...] = get_args(Action)
KEYS = frozenset({"by", "answers", "undo"})
ANSWER_KEYS = frozenset({"row", "action", "kind", "name", "entity"})
LONGEST, MOST = 300, 500
WHERE = "the request"


class Answer(NamedTuple):
    """What a reviewer said to one question; `kind`, `name` and `entity` as the action needs them."""

    row: str
    action: Action
    kind: str = ""
    name: str = ""
    entity: str = ""


class Posted(NamedTuple):
    """What a page posted: who decides (None: as before), answers, or the wish to take the last ones back."""

    by: str | None
    answers: tuple[Answer, ...]
    undo: bool


class Around(NamedTuple):
    """What an answer may speak of besides its question: kinds, entities (name by id), other suggestions by id."""

    kinds: frozenset[str]
    entities: Mapping[str, str]
    suggestions: Mapping[str, Suggestion]


def read_posted(body: bytes) -> Posted:
    """Read what a page posted.

    Raises:
        ProblemsError: it is not what our page posts.
    """
    try:
        given = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise _malformed("is no JSON") from None
    if not isinstance(given, dict) or not given.keys() <= KEYS:
        raise _malformed(f"must be an object with some of {', '.join(sorted(KEYS))}")
    answers, undo = given.get("answers", []), given.get("undo", False)
    if not isinstance(answers, list) or len(answers) > MOST or not isinstance(undo, bool) or (undo and answers):
        raise _malformed(f"answers must be a list of {MOST} at most, undo true or false and alone")
    return Posted(_text(given["by"]) if "by" in given else None, tuple(map(_answer, answers)), undo)


def _answer(given: object) -> Answer:
    if not isinstance(given, dict) or not given.keys() <= ANSWER_KEYS:
        raise _malformed(f"an answer must be an object with some of {', '.join(sorted(ANSWER_KEYS))}")
    values = {key: _text(value) for key, value in given.items()}
    action = next((known for known in ACTIONS if known == values.get("action")), None)
    if action is None or not values.get("row"):
        raise _malformed(f"an answer needs a row, and as action one of {', '.join(ACTIONS)}")
    return Answer(values["row"], action, values.get("kind", ""), values.get("name", ""), values.get("entity", ""))


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise _malformed(f"every value must be a text of {LONGEST} characters at most")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
        raise _malformed("a text holds control characters")
    return " ".join(value.split())


def _malformed(what: str) -> ProblemsError:
    return ProblemsError([Problem(WHERE, 0, what, "load the page again")])


def decisions_of(answer: Answer, waiting: Waiting, around: Around) -> tuple[Decision, ...]:
    """Return the decisions that answer a question.

    Raises:
        ProblemsError: the answer does not fit the question.
    """
    suggestion = waiting.suggestion
    texts, shown_at = suggestion.texts, suggestion.shown_at
    if answer.action == "never":
        return (NeverLink(texts),)
    if waiting.sort == "ambiguous":
        return _meaning(answer, waiting, around)
    if answer.action == "accept":
        return (Accept(texts, answer.kind, answer.name or suggestion.name, shown_at=shown_at),)
    if answer.action == "merge":
        return (_merged(answer, waiting, around),)
    if answer.action == "reject":
        return (Reject(texts, suggestion.kind if suggestion.kind in around.kinds else ""),)
    return _likeness(answer, waiting, around)


def _merged(answer: Answer, waiting: Waiting, around: Around) -> Decision:
    """Merge a suggestion into an entity, or with another suggestion, which is accepted with the spellings of both."""
    suggestion, other = waiting.suggestion, around.suggestions.get(answer.entity)
    if answer.entity in around.entities or other is None:
        return MergeInto(suggestion.texts, answer.entity, suggestion.shown_at)
    if other.id == suggestion.id or other.kind not in around.kinds:
        raise _unfit(waiting, "merge it into another name, of a kind that the archive has")
    slug = other.id.partition("/")[2]
    return Accept((*other.texts, *suggestion.texts), other.kind, other.name, slug, suggestion.shown_at)


def _meaning(answer: Answer, waiting: Waiting, around: Around) -> tuple[Decision, ...]:
    if answer.action != "means" or answer.entity not in waiting.candidates or answer.entity not in around.entities:
        raise _unfit(waiting, "say which of the names it means, or never link it")
    return (Belongs(waiting.suggestion.name, answer.entity),)


def _likeness(answer: Answer, waiting: Waiting, around: Around) -> tuple[Decision, ...]:
    """Say that a suggestion is, or is not, one of the names it may be merged into."""
    suggestion, other = waiting.suggestion, around.suggestions.get(answer.entity)
    known = around.entities.get(answer.entity, "")
    name = known or (other.name if other else "")
    if answer.action not in {"same", "different"} or answer.entity not in waiting.candidates or not name:
        raise _unfit(waiting, "load the page again")
    if answer.action == "different":
        return tuple(NotSame(text, name) for text in suggestion.texts if fold(text) != fold(name))
    return (MergeInto(suggestion.texts, answer.entity, suggestion.shown_at) if known else Same(suggestion.name, name),)


def _unfit(waiting: Waiting, hint: str) -> ProblemsError:
    return ProblemsError([Problem(waiting.suggestion.name, 0, "this cannot be decided so", hint)])
