"""`readingroom serve`: an edit is on the page, a fault is said, search follows, Ctrl-C ends it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from browsing import events, get
from readingroom.build import build
from readingroom.indexing import build_apart
from readingroom.options import Options
from readingroom.problems import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REPORT = "---\ntitle: Two villages\npublished: 2018-01-18\ndate_basis: given\n---\nClashes went on in {}.\n"
START = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from readingroom.cli import main; main()"
)


# The index made apart


def archive(root: Path) -> Path:
    """Make a small archive."""
    (root / "content/reports").mkdir(parents=True)
    (root / "content/places").mkdir()
    (root / "readingroom.toml").write_text('title = "Test"\n', encoding="utf-8")
    (root / "content/places/hajin.md").write_text("---\nname: Hajin\n---\n", encoding="utf-8")
    (root / "content/reports/2018-01-18-aaaaaa.md").write_text(REPORT.format("Hajin"), encoding="utf-8")
    return root


def test_a_build_apart_gives_its_result_or_its_problems(tmp_path: Path) -> None:
    root = archive(tmp_path)
    result = build_apart(root, Options(), lambda: False)
    assert result is not None
    assert result.indexed
    (root / "content/places/hajin.md").write_text("---\nnmae: Hajin\n---\n", encoding="utf-8")
    with pytest.raises(ProblemsError, match="did you mean name"):
        build_apart(root, Options(), lambda: False)


def test_a_build_apart_can_be_ended_at_any_moment_and_the_site_stays_whole(tmp_path: Path) -> None:
    root = archive(tmp_path)
    build(root, Options(search="later"))
    for moment in (0.0, 0.3, 0.6, 0.9):
        until = time.monotonic() + moment
        build_apart(root, Options(search="now"), lambda until=until: time.monotonic() >= until)  # type: ignore[misc]
        assert (root / "build/site/reports/2018-01-18-aaaaaa.html").is_file()
        assert build(root, Options(search="later")).problems == ()
        assert not (root / "build/site.new").exists()
    build(root, Options())
    assert (root / "build/site/pagefind/shards.js").is_file()


# The whole command


class Served:
    """A running `readingroom serve`."""

    def __init__(self, root: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.root = root
        command = [sys.executable, "-c", START, "-C", str(root), "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, encoding="utf-8")
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self) -> None:
        assert self.process.stderr
        self.lines.extend(line.rstrip("\n") for line in self.process.stderr)

    def terminal(self, text: str) -> str:
        """Wait until the terminal says something; gives the line."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            for line in list(self.lines):
                if text in line:
                    return line
            time.sleep(0.02)
        pytest.fail(f"{text!r} was not said, but: {self.lines}")

    def interrupt(self) -> tuple[int, float]:
        """Press Ctrl-C; gives the exit code and how long it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(10)
        return code, time.monotonic() - began

    def close(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.wait()
        self.reader.join()
        assert self.process.stderr
        self.process.stderr.close()


@contextmanager
def served(root: Path) -> Iterator[Served]:
    server = Served(root)
    try:
        yield server
    finally:
        server.close()


def test_an_edit_is_on_the_page_a_fault_is_said_and_mended_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    root = archive(tmp_path)
    report = root / "content/reports/2018-01-18-aaaaaa.md"
    with served(root) as server:
        assert server.terminal("http://") == f"http://127.0.0.1:{server.port}/  (Ctrl-C ends it)"
        heard = events(server.port)
        first = next(heard)
        assert first["problems"] == []
        report.write_text(REPORT.format("Hajin and Baghuz"), encoding="utf-8")
        second = next(heard)
        assert second["version"] != first["version"]
        page = "/reports/2018-01-18-aaaaaa.html"
        assert "Baghuz" in get(server.port, page)[2]
        assert "reports/2018-01-18-aaaaaa.html (" in server.terminal("words, passages")
        report.write_text("---\ntitle: Two villages\npublsher: X\n---\nBroken.\n", encoding="utf-8")
        broken = next(heard)
        assert "unknown key" in broken["problems"][0]["message"]
        assert broken["version"] == second["version"]
        server.terminal('unknown key "publsher"')
        server.terminal("; the last good site stays")
        assert "Baghuz" in get(server.port, page)[2]
        report.write_text(REPORT.format("Hajin and Baghuz"), encoding="utf-8")
        mended = next(heard)
        assert mended == second
        server.terminal("no problem is left")
        server.terminal("renewed the search index")
        assert get(server.port, "/pagefind/shards.js")[0] == 200
        code, seconds = server.interrupt()
        assert code == 0
        assert seconds < 2
        assert not any("Traceback" in line for line in server.lines)


def test_a_first_build_that_fails_shows_its_problems_until_they_are_mended(tmp_path: Path) -> None:
    root = archive(tmp_path)
    place = root / "content/places/hajin.md"
    place.write_text("---\nnmae: Hajin\n---\n", encoding="utf-8")
    with served(root) as server:
        server.terminal("http://")
        status, _, content = get(server.port, "/places/hajin.html")
        assert status == 503
        assert "did you mean name?" in content
        heard = events(server.port)
        version = next(heard)["version"]
        place.write_text("---\nname: Hajin\n---\n", encoding="utf-8")
        assert next(heard)["version"] != version
        assert get(server.port, "/places/hajin.html")[0] == 200


def test_a_folder_that_is_no_archive_is_refused_at_once(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        assert server.process.wait(20) == 1
        server.terminal("is not an archive")
    assert list(tmp_path.iterdir()) == []


def test_names_nobody_has_reviewed_are_announced_with_the_page_that_lists_them(tmp_path: Path) -> None:
    root = archive(tmp_path)
    report = root / "content/reports/2018-01-18-aaaaaa.md"
    report.write_text(REPORT.format("the villages of Baghuz and Hajin"), encoding="utf-8")
    with served(root) as server:
        said = server.terminal("review")
        assert said == f"1 name waits for review: http://127.0.0.1:{server.port}/_readingroom/names"
        page = get(server.port, "/_readingroom/names")[2]
        assert "<bdi>Baghuz</bdi></h3>" in page
        assert "<bdi>Hajin</bdi></h3>" not in page


def test_it_ends_while_it_indexes(tmp_path: Path) -> None:
    root = archive(tmp_path)
    with served(root) as server:
        server.terminal("http://")
        time.sleep(2.1)
        code, seconds = server.interrupt()
    assert code == 0
    assert seconds < 2
    assert (root / "build/site/index.html").is_file()
