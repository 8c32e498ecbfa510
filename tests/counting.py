"""How work grows with its size, counted or compared, so that a test need not trust a clock."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType


ROUNDS = 5


def steps_of(work: Callable[[], object]) -> int:
    """Count the steps the interpreter takes for a piece of work."""
    steps = 0

    def count(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal steps
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        steps += event == "opcode"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        work()
    finally:
        sys.settrace(before)
    return steps


def times_longer(work: Callable[[int], object], size: int, factor: int = 4) -> float:
    """Return how many times longer work takes that is `factor` times larger, each at its best of three.

    Where that looks like more than in proportion, a busy machine may be to blame: the least of five rounds counts.
    Work that grows as the square gives `factor` squared in every one of them.
    """
    least = float("inf")
    for _ in range(ROUNDS):
        small, large = (min(_seconds(work, number) for _ in range(3)) for number in (size, size * factor))
        least = min(least, large / small)
        if least < factor * 2:
            break
    return least


def _seconds(work: Callable[[int], object], size: int) -> float:
    began = time.process_time()
    work(size)
    return time.process_time() - began
