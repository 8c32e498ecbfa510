"""What the preview shows at the moment, for all its open pages to wait on."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from readingroom.problems import Problem


@dataclass(frozen=True, slots=True)
class State:
    """What the preview shows: a name for the site as published, what is wrong, the path of its address.

    `version` differs whenever a page may look different; `base` begins and ends with `/`.
    """

    version: str
    problems: tuple[Problem, ...] = ()
    base: str = "/"


class Board:
    """The state that holds now."""

    def __init__(self, state: State) -> None:
        """Begin with a state."""
        self._state = state
        self._ended = False
        self._turn = threading.Condition()

    @property
    def state(self) -> State:
        """Return the state that holds now."""
        return self._state

    @property
    def ended(self) -> bool:
        """Tell whether no other state will come."""
        return self._ended

    def put(self, state: State) -> None:
        """Let another state hold."""
        with self._turn:
            self._state = state
            self._turn.notify_all()

    def end(self) -> None:
        """Let nobody wait any longer."""
        with self._turn:
            self._ended = True
            self._turn.notify_all()

    def other_than(self, seen: State | None, patience: float) -> State | None:
        """Wait for a state other than the one seen; None if there is none after `patience` seconds."""
        with self._turn:
            self._turn.wait_for(lambda: self._ended or self._state != seen, patience)
            return None if self._ended or self._state == seen else self._state
