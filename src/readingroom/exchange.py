"""One request of a browser and its answer: a file of the site, the preview's own script, or a refusal."""

from __future__ import annotations

import json
import os
import shutil
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from readingroom.addresses import Found, find, segments
from readingroom.local import MOST, refusal, refusal_to_change
from readingroom.problems import ProblemsError, summary
from readingroom.program import packaged_templates

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from readingroom.board import Board, State
    from readingroom.problems import Problem

OWN = "_readingroom"
OWN_FILES = {
    "reload.js": "reload.js", "reload.css": "reload.css",
    "review.js": "review/review.js", "find.js": "review/find.js", "review.css": "review/review.css",
}  # fmt: skip
PACKAGED = {"site.css": "static/site.css", "favicon.svg": "static/favicon.svg"}
REVIEW, LIKE = "names", "names/like"
BEAT, SWAP, LINGER = 15.0, 0.3, 2.0
HTML, PLAIN = "text/html; charset=utf-8", "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
TYPES = {
    ".html": HTML, ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".json": "application/json", ".geojson": "application/geo+json", ".jsonl": "application/jsonl",
    ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
    ".webp": "image/webp", ".ico": "image/x-icon", ".woff2": "font/woff2", ".pdf": "application/pdf",
    ".xml": "application/xml", ".txt": PLAIN, ".md": "text/markdown; charset=utf-8",
    ".csv": "text/csv; charset=utf-8", ".bib": PLAIN, ".ris": PLAIN, ".wasm": "application/wasm",
    ".zip": "application/zip", ".gz": "application/gzip",
}  # fmt: skip
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
POLICY = "Content-Security-Policy"
NOTE_ONLY = {POLICY: "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'"}
REVIEW_ONLY = {
    POLICY: "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}
TEXT_ONLY = {POLICY: "default-src 'none'; sandbox"}
ORIGINALS = "originals"
NOTE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><link rel="stylesheet" href="/_readingroom/reload.css"></head>
<body class="readingroom-note"><main><h1>{title}</h1>
{body}</main></body></html>
"""


class Review(Protocol):
    """Where names are reviewed: its page, the entities like what is typed, what becomes of what is posted."""

    token: str

    def page(self, query: str) -> bytes:
        """Show what waits."""

    def like(self, query: str) -> bytes:
        """Find entities, as JSON."""

    def answer(self, body: bytes) -> bytes:
        """Carry out decisions; say in JSON what came of them."""


@dataclass(frozen=True, slots=True)
class Showing:
    """What an answer is made from: the site's folder, the state that holds, the port, where to say faults.

    Where there is no `review`, nothing at all can be changed.
    """

    site: Path
    board: Board
    port: int
    warn: Callable[[str], None]
    review: Review | None = None


class Exchange(BaseHTTPRequestHandler):
    """One connection of a browser."""

    protocol_version = "HTTP/1.1"
    server_version = "readingroom"
    sys_version = ""
    timeout = 60

    def __init__(self, showing: Showing, *connection: Any) -> None:  # noqa: ANN401 - socketserver's own
        """Answer what the connection asks for."""
        self._showing = showing
        super().__init__(*connection)

    def do_GET(self) -> None:
        """Answer a request that looks at something."""
        names = segments(self.path)
        own = names is not None and names[0] == OWN
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            self._refuse(HTTPStatus.BAD_REQUEST, "it carries content")
        elif reason := refusal(self.headers, self._showing.port, private=own, typed=names == (OWN, REVIEW)):
            self._refuse(HTTPStatus.FORBIDDEN, reason)
        elif names and own:
            self._own("/".join(names[1:]))
        else:
            self._show(names)

    def do_HEAD(self) -> None:
        """Answer the same without its content."""
        self.do_GET()

    def do_POST(self) -> None:
        """Carry out what a reviewer decided on the preview's own page."""
        review = self._showing.review
        if review is None:
            self._refuse(HTTPStatus.METHOD_NOT_ALLOWED, "nothing here can be changed")
        elif refused := refusal_to_change(self.headers, self._showing.port, review.token):
            self._refuse(refused.status, refused.reason)
        else:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:
                self._refuse(HTTPStatus.BAD_REQUEST, "it ends before its end")
            else:
                self._answer(review, body)

    def parse_request(self) -> bool:
        """Read a request; refuse one that would change something other than names, or asks for leave to."""
        if not super().parse_request():
            return False
        decides = self.command == "POST" and self.path == f"/{OWN}/{REVIEW}" and self._showing.review is not None
        if self.command in {"GET", "HEAD"} or decides:
            return True
        self._refuse(HTTPStatus.METHOD_NOT_ALLOWED, "nothing here can be changed", {"Allow": "GET, HEAD"})
        return False

    def log_message(self, *_: object) -> None:
        """Say nothing of what went well."""

    def _refuse(self, status: HTTPStatus, reason: str, headers: Mapping[str, str] | None = None) -> None:
        self.close_connection = True
        self._showing.warn(f"refused {self.command} {self.path!a}: {reason}")
        self._send(f"Refused: {reason}.\n".encode(), PLAIN, status=status, headers=headers)
        self._linger()

    def _linger(self) -> None:
        """Take what the browser still sends, within bounds: closed on unread content, a connection is reset.

        The browser would then never read why it was refused (RFC 9112, section 9.6).
        """
        latest, left = time.monotonic() + LINGER, MOST
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            while left > 0 and (wait := latest - time.monotonic()) > 0:
                self.connection.settimeout(wait)
                left -= len(self.connection.recv(1 << 16)) or left

    def _own(self, name: str) -> None:
        if name == "events":
            self._events()
        elif name in OWN_FILES:
            self._send((Path(__file__).parent / OWN_FILES[name]).read_bytes(), TYPES[Path(name).suffix])
        elif name in PACKAGED:
            self._send((packaged_templates() / PACKAGED[name]).read_bytes(), TYPES[Path(name).suffix])
        elif self._showing.review is not None and name in {REVIEW, LIKE}:
            self._review(self._showing.review, name)
        else:
            self._send(b"Not found.\n", PLAIN, status=HTTPStatus.NOT_FOUND)

    def _review(self, review: Review, name: str) -> None:
        query = urlsplit(self.path).query
        try:
            if name == LIKE:
                self._send(review.like(query), TYPES[".json"])
            else:
                self._send(review.page(query), HTML, headers=REVIEW_ONLY)
        except ProblemsError as error:
            body = note("Names cannot be reviewed yet", problems_list(error.problems))
            self._page(body, self._showing.board.state, HTTPStatus.SERVICE_UNAVAILABLE, NOTE_ONLY)

    def _answer(self, review: Review, body: bytes) -> None:
        try:
            self._send(review.answer(body), TYPES[".json"])
        except ProblemsError as error:
            told = [{"message": item.message, "hint": item.hint} for item in error.problems]
            self._send(json.dumps({"problems": told}).encode(), TYPES[".json"], status=HTTPStatus.BAD_REQUEST)

    def _show(self, names: tuple[str, ...] | None) -> None:
        state = self._showing.board.state
        if not has_site(self._showing.site):
            title = "There is no site yet" if state.problems else "There is no site: save a file to build it"
            body = note(title, problems_list(state.problems))
            self._page(body, state, HTTPStatus.SERVICE_UNAVAILABLE, NOTE_ONLY)
            return
        found = self._find(names, state.base) if names else Found()
        if found.moved:
            self._move(found.moved)
        elif found.file is None:
            self._missing(state)
        else:
            self._file(found.file, state, original=bool(names) and ORIGINALS in (names or ()))

    def _find(self, names: tuple[str, ...], base: str) -> Found:
        """Find an address at the root, or below the path that the published site will stand under."""
        found = find(self._showing.site, names)
        within = tuple(part for part in base.split("/") if part)
        if found == Found() and within and names[: len(within)] == within and len(names) > len(within):
            found = find(self._showing.site, names[len(within) :])
            moved = f"/{'/'.join(within)}{found.moved}" if found.moved else ""
            return Found(found.file, moved)
        return found

    def _move(self, address: str) -> None:
        _, mark, query = self.path.partition("?")
        place = {"Location": address + mark + query}
        self._send(b"", PLAIN, status=HTTPStatus.MOVED_PERMANENTLY, headers=place)

    def _missing(self, state: State) -> None:
        page = self._showing.site / "404.html"
        body = page.read_bytes() if page.is_file() and not page.is_symlink() else note("Not found", HOME)
        self._page(body, state, HTTPStatus.NOT_FOUND, {})

    def _file(self, path: Path, state: State, *, original: bool) -> None:
        kind = TYPES.get(path.suffix.lower(), BYTES)
        try:
            with path.open("rb") as file:
                if kind == HTML and not original:
                    self._page(file.read(), state, HTTPStatus.OK, {})
                    return
                size = os.fstat(file.fileno()).st_size
                self._begin(kind, size, HTTPStatus.OK, TEXT_ONLY if original else {})
                if self.command != "HEAD":
                    shutil.copyfileobj(file, self.wfile)
        except FileNotFoundError:
            self._missing(state)

    def _page(self, body: bytes, state: State, status: HTTPStatus, headers: Mapping[str, str]) -> None:
        self._send(with_script(body, state.version), HTML, status=status, headers=headers)

    def _send(
        self, body: bytes, kind: str, *, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
    ) -> None:
        self._begin(kind, len(body), status, headers or {})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _begin(self, kind: str, size: int | None, status: HTTPStatus, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, **headers, "Content-Type": kind}.items():
            self.send_header(name, value)
        if size is not None:
            self.send_header("Content-Length", str(size))
        if self.close_connection or size is None:
            self.send_header("Connection", "close")
        self.end_headers()

    def _events(self) -> None:
        """Tell a page of every state until it goes away."""
        self.close_connection = True
        self._begin("text/event-stream", None, HTTPStatus.OK, {})
        if self.command == "HEAD":
            return
        board, seen = self._showing.board, None
        with suppress(ConnectionError, TimeoutError):
            self.wfile.write(b"retry: 500\n\n")
            while not board.ended:
                state = board.other_than(seen, BEAT)
                self.wfile.write(event(state) if state else b":\n\n")
                seen = state or seen


HOME = '<p>There is no page at this address. <a href="/">Front page</a></p>\n'


def has_site(site: Path) -> bool:
    """Tell whether there is a site; while one is swapped for another there may be none for a moment."""
    latest = time.monotonic() + SWAP
    while not (site / "index.html").is_file():
        if time.monotonic() > latest or not site.with_name("site.new").exists():
            return False
        time.sleep(SWAP / 20)
    return True


def with_script(page: bytes, version: str) -> bytes:
    r"""Add the script that reloads the page; the file on disk stays as it is.

    >>> with_script(b"<p>Hajin</p>\n</body></html>", "7")
    b'<p>Hajin</p>\n<script src="/_readingroom/reload.js?v=7" defer></script>\n</body></html>'
    """
    head, end, tail = page.rpartition(b"</body>")
    script = f'<script src="/{OWN}/reload.js?v={version}" defer></script>\n'.encode()
    return head + script + end + tail if end else page


def event(state: State) -> bytes:
    """Write a state as one server-sent event."""
    problems = [
        {"where": f"{item.path}:{item.line}" if item.line else item.path, "message": item.message, "hint": item.hint}
        for item in state.problems
    ]
    values = {"version": state.version, "summary": summary(state.problems), "problems": problems}
    return f"data: {json.dumps(values)}\n\n".encode()


def note(title: str, body: str) -> bytes:
    """Make a plain page of the preview's own."""
    return NOTE.format(title=escape(title), body=body).encode()


def problems_list(problems: tuple[Problem, ...]) -> str:
    """List problems as HTML, for a page that has no site behind it."""
    items = "".join(f"<li><pre>{escape(str(problem))}</pre></li>\n" for problem in problems)
    return f"<p>{escape(summary(problems))}</p>\n<ol>{items}</ol>\n" if items else ""
