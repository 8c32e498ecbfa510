"""A real Chromium, a quiet local server and this repository's archive, built once: for browser tests."""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from readingroom.build import build
from readingroom.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LOCAL = "127.0.0.1"
BASES = ("/some/repo/", "/repo/")
TIMEOUT = 30_000


def chromium() -> str:
    """Find the browser; its absence is a failure, for a skipped test proves nothing."""
    for name in (os.environ.get("READINGROOM_CHROMIUM"), os.environ.get("CHROMIUM"), *NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    pytest.fail("no Chromium: install one, or say where it is in READINGROOM_CHROMIUM")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once a session."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


class _Quiet(SimpleHTTPRequestHandler):
    """Serves a folder at `/`, at `/repo/` and at `/some/repo/`, as hosts of projects would, and logs nothing.

    What is not there is answered with the folder's 404.html.
    """

    protocol_version = "HTTP/1.1"

    def translate_path(self, path: str) -> str:
        """Answer below the bases with the same files."""
        base = next((base for base in BASES if path.startswith(base)), "/")
        return super().translate_path("/" + path.removeprefix(base))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer for a page that is not there as hosts do."""
        lost = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not lost.is_file():
            super().send_error(code, message, explain)
            return
        content = lost.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine only; gives its address, ending in `/`."""
    server = ThreadingHTTPServer((LOCAL, 0), partial(_Quiet, directory=str(folder)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://{LOCAL}:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def serve() -> Callable[[Path], AbstractContextManager[str]]:
    """Give the function that serves a folder for as long as its `with` block runs."""
    return serving


def copy_of_this_archive(folder: Path) -> Path:
    """Copy what this repository's archive is made of."""
    for name in ("content", "seeds", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "readingroom.toml", folder)
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a copy of this repository's archive once; gives the folder of the site."""
    return build(copy_of_this_archive(tmp_path_factory.mktemp("this-archive")), Options()).site


@pytest.fixture(scope="session")
def site(built: Path) -> Iterator[str]:
    """Give the address at which this repository's archive is served."""
    with serving(built) as address:
        yield address


@dataclass
class Watch:
    """What a page did that no page of ours may do: errors, requests to others, breaches of its policy."""

    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def follow(self, context: BrowserContext) -> None:
        """Take note of everything that happens in a browsing context."""
        context.on("request", lambda request: self.note(request.url))
        context.on("weberror", lambda error: self.faults.append(f"uncaught: {error.error}"))
        context.on("console", lambda message: self.say(message.type, message.text))

    def note(self, url: str) -> None:
        """Remember a request and object to one that leaves this machine."""
        self.requests.append(url)
        parts = urlsplit(url)
        if parts.scheme not in {"file", "data", "blob"} and parts.hostname != LOCAL:
            self.faults.append(f"request to another host: {url}")

    def say(self, kind: str, text: str) -> None:
        """Object to errors and warnings on the console; breaches of the policy appear there too."""
        if kind in {"error", "warning"}:
            self.faults.append(f"{kind}: {text}")


@pytest.fixture
def watch() -> Watch:
    """Watch what the page of a test does; a test that expects a fault empties `faults`."""
    return Watch()


@pytest.fixture
def page(browser: Browser, watch: Watch) -> Iterator[Page]:
    """Open an empty page; afterwards nothing may have gone wrong in it."""
    context = browser.new_context(locale="en-GB", timezone_id="UTC")
    context.set_default_timeout(TIMEOUT)
    watch.follow(context)
    yield context.new_page()
    context.close()
    assert watch.faults == []
