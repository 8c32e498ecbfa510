"""What whole processes cost: CPU time of the tree, time on the wall, memory of the largest process."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PAUSE = 0.02
PAGEFIND, OTHER = "pagefind", "other"
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Cost(NamedTuple):
    """Seconds of CPU and on the wall; bytes of the largest process but Pagefind, and of the largest Pagefind."""

    cpu: float = 0.0
    wall: float = 0.0
    memory: int = 0
    pagefind: int = 0

    def then(self, other: Cost) -> Cost:
        """Return the cost of this and, after it, the other."""
        memory, pagefind = max(self.memory, other.memory), max(self.pagefind, other.pagefind)
        return Cost(self.cpu + other.cpu, self.wall + other.wall, memory, pagefind)


def measure(command: Sequence[str], more: Mapping[str, str] | None = None) -> Cost:
    """Run a command with `more` in its environment and say what it cost; one that fails ends the benchmark.

    The kernel adds up CPU time and compares memory over a process and all descendants that were waited for. That
    says nothing where Pagefind is among them, nor below what this process holds, which a child inherits for a
    moment; there the high-water marks that the kernel keeps of each process are sampled.
    """
    with tempfile.TemporaryFile() as output:
        started = time.monotonic()
        process = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, **(more or {})})
        watch = _Watch(process.pid)
        watch.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        watch.stop()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise SystemExit(f"{' '.join(command)} failed:\n{output.read().decode(errors='replace')[-2000:]}")
    seconds, largest = used.ru_utime + used.ru_stime, used.ru_maxrss * RSS_UNIT
    pagefind, others = (watch.peaks.get(name, 0) for name in (PAGEFIND, OTHER))
    inherited = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT
    known = not pagefind and (largest > inherited or not others)
    return Cost(seconds, wall, largest if known else others, pagefind)


class _Watch(threading.Thread):
    """Notes the most memory a process and its descendants were seen to have held, by name; on Linux alone."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peaks: dict[str, int] = {}
        self._pid = pid
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(PAUSE):
            for pid in descendants(self._pid):
                with suppress(OSError, KeyError):
                    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
                    fields = dict(line.split(":", 1) for line in status.splitlines())
                    name = PAGEFIND if PAGEFIND in fields["Name"] else OTHER
                    self.peaks[name] = max(self.peaks.get(name, 0), int(fields["VmHWM"].split()[0]) * 1024)

    def stop(self) -> None:
        self._over.set()
        self.join()


def descendants(pid: int) -> Iterator[int]:
    """List a process and all below it; any may end meanwhile."""
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text(encoding="utf-8").split():
                yield from descendants(int(child))


def size_of(folder: Path) -> tuple[int, int]:
    """Count the files below a folder, and their bytes."""
    files = size = 0
    waiting = [str(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    waiting.append(entry.path)
                else:
                    files, size = files + 1, size + entry.stat().st_size
    return files, size
