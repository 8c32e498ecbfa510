"""The preview: what it shows, and to whom."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import replace
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest

from browsing import events, get, raw
from readingroom.board import Board, State
from readingroom.preview import PORT, Preview, listen
from readingroom.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = "<!doctype html><title>{0}</title><body><p>{0}</p></body></html>"
DRAFT = "a draft nobody may read"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "build/site"
    for name in ("index", "404", "places/hajin", "places/index", "reports/both", "archive", "originals/raw"):
        path = folder / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE.format(name), encoding="utf-8")
    (folder / "reports/both").mkdir()
    (folder / "places/nul.html").write_text(DRAFT, encoding="utf-8")
    (folder / ".hidden.html").write_text(DRAFT, encoding="utf-8")
    (folder / "static").mkdir()
    (folder / "static/search.js").write_text("1;", encoding="utf-8")
    (tmp_path / "secret.html").write_text(DRAFT, encoding="utf-8")
    (tmp_path / "build/secret.html").write_text(DRAFT, encoding="utf-8")
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts/index.html").write_text(DRAFT, encoding="utf-8")
    (folder / "places/link.html").symlink_to(tmp_path / "secret.html")
    (folder / "places/drafts").symlink_to(tmp_path / "drafts")
    (folder / "places/same.html").symlink_to("hajin.html")
    return folder


@pytest.fixture
def board() -> Board:
    return Board(State("v-0", base="/archive/"))


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def preview(site: Path, board: Board, said: list[str]) -> Iterator[Preview]:
    with Preview(0, site, board, said.append) as server, server.answering():
        yield server


ATTACKS = {
    "another host, as after DNS rebinding": ("GET / HTTP/1.1\nHost: evil.example\n\n", 403),
    "another host with our port": ("GET / HTTP/1.1\nHost: evil.example:{port}\n\n", 403),
    "our host with another port": ("GET / HTTP/1.1\nHost: 127.0.0.1:1\nConnection: close\n\n", 403),
    "a host that begins like ours": ("GET / HTTP/1.1\nHost: localhost:{port}.evil.example\n\n", 403),
    "no host": ("GET / HTTP/1.0\n\n", 403),
    "two hosts": ("GET / HTTP/1.1\nHost: localhost:{port}\nHost: evil.example\n\n", 403),
    "a foreign page fetches": ("GET / HTTP/1.1\n{host}\nOrigin: https://evil.example\n\n", 403),
    "a sandboxed or local page fetches": ("GET / HTTP/1.1\n{host}\nOrigin: null\n\n", 403),
    "a page of another program on this computer fetches": (
        "GET / HTTP/1.1\n{host}\nOrigin: http://localhost:3000\n\n",
        403,
    ),
    "a foreign page includes data as script": (
        "GET /static/search.js HTTP/1.1\n{host}\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: no-cors\n"
        "Sec-Fetch-Dest: script\n\n",
        403,
    ),
    "another program's page includes an image": (
        "GET / HTTP/1.1\n{host}\nSec-Fetch-Site: same-site\nSec-Fetch-Mode: no-cors\nSec-Fetch-Dest: image\n\n",
        403,
    ),
    "a foreign page frames us": (
        "GET / HTTP/1.1\n{host}\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: iframe\n\n",
        403,
    ),
    "a foreign page listens to problems": (
        "GET /_readingroom/events HTTP/1.1\n{host}\nOrigin: https://evil.example\n\n",
        403,
    ),
    "a link leads to the events": (
        "GET /_readingroom/events HTTP/1.1\n{host}\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\n"
        "Sec-Fetch-Dest: document\n\n",
        403,
    ),
    "a preflight": (
        "OPTIONS / HTTP/1.1\n{host}\nOrigin: https://evil.example\nAccess-Control-Request-Method: GET\n"
        "Access-Control-Request-Private-Network: true\n\n",
        405,
    ),
    "a form": ("POST /index.html HTTP/1.1\n{host}\nContent-Length: 3\n\na=1", 405),
    "a written file": ("PUT /index.html HTTP/1.1\n{host}\nContent-Length: 3\n\nnew", 405),
    "a proxy": ("CONNECT evil.example:443 HTTP/1.1\n{host}\n\n", 405),
    "an unknown method": ("BREW / HTTP/1.1\n{host}\n\n", 405),
    "content with a GET": ("GET / HTTP/1.1\n{host}\nContent-Length: 3\n\nabc", 400),
    "a chunked GET": ("GET / HTTP/1.1\n{host}\nTransfer-Encoding: chunked\n\n0\n\n", 400),
    "a proxied address": ("GET http://evil.example/ HTTP/1.1\n{host}\n{close}\n\n", 404),
    "dots": ("GET /../secret.html HTTP/1.1\n{host}\n{close}\n\n", 404),
    "dots within": ("GET /places/../../secret.html HTTP/1.1\n{host}\n{close}\n\n", 404),
    "encoded dots": ("GET /%2e%2e/secret.html HTTP/1.1\n{host}\n{close}\n\n", 404),
    "dots encoded twice": ("GET /%252e%252e/secret.html HTTP/1.1\n{host}\n{close}\n\n", 404),
    "an encoded slash": ("GET /..%2fsecret.html HTTP/1.1\n{host}\n{close}\n\n", 404),
    "an encoded backslash": ("GET /..%5csecret.html HTTP/1.1\n{host}\n{close}\n\n", 404),
    "a backslash": ("GET /..\\secret.html HTTP/1.1\n{host}\n{close}\n\n", 404),
    "overlong dots": ("GET /%c0%ae%c0%ae/secret.html HTTP/1.1\n{host}\n{close}\n\n", 404),
    "an absolute path": ("GET //etc/passwd HTTP/1.1\n{host}\n{close}\n\n", 404),
    "an encoded absolute path": ("GET /%2fetc/passwd HTTP/1.1\n{host}\n{close}\n\n", 404),
    "a drive": ("GET /c:%5cwindows%5cwin.ini HTTP/1.1\n{host}\n{close}\n\n", 404),
    "a stream of a file": ("GET /index.html::$DATA HTTP/1.1\n{host}\n{close}\n\n", 404),
    "a device": ("GET /places/NUL.html HTTP/1.1\n{host}\n{close}\n\n", 404),
    "a device without ending": ("GET /places/nul HTTP/1.1\n{host}\n{close}\n\n", 404),
    "a zero byte": ("GET /secret.html%00.html HTTP/1.1\n{host}\n{close}\n\n", 404),
    "a hidden file": ("GET /.hidden.html HTTP/1.1\n{host}\n{close}\n\n", 404),
    "a link out of the site": ("GET /places/link.html HTTP/1.1\n{host}\n{close}\n\n", 404),
    "a linked folder": ("GET /places/drafts/ HTTP/1.1\n{host}\n{close}\n\n", 404),
    "a linked folder without slash": ("GET /places/drafts HTTP/1.1\n{host}\n{close}\n\n", 404),
    "a listing": ("GET /static/ HTTP/1.1\n{host}\n{close}\n\n", 404),
    "the program's other files": ("GET /_readingroom/serve.py HTTP/1.1\n{host}\n{close}\n\n", 404),
    "the program's files by dots": ("GET /_readingroom/%2e%2e/cli.py HTTP/1.1\n{host}\n{close}\n\n", 404),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_and_learns_nothing(name: str, preview: Preview) -> None:
    request, expected = ATTACKS[name]
    filled = request.format(port=preview.port, host=f"Host: 127.0.0.1:{preview.port}", close="Connection: close")
    status, headers, content = raw(preview.port, filled)
    assert status == expected
    assert DRAFT not in content
    assert "search.js" not in content.replace("_readingroom", "")
    assert not [header for header in headers if header.startswith("access-control")]


def test_a_redirect_never_leads_to_another_host(preview: Preview) -> None:
    for path in ("//evil.example/places", "/%2fevil.example/places", "//places", "/\\evil.example"):
        status, headers, _ = get(preview.port, path)
        assert status == 404 or headers["location"] == "/places/"


def test_it_listens_on_this_computer_only(preview: Preview) -> None:
    assert preview.socket.getsockname() == ("127.0.0.1", preview.port)
    assert preview.address == f"http://127.0.0.1:{preview.port}/"


def test_it_may_be_called_localhost_and_be_followed_to_by_a_link(preview: Preview) -> None:
    for host in (f"localhost:{preview.port}", f"LOCALHOST:{preview.port}", f"127.0.0.1:{preview.port}"):
        status, _, _ = raw(preview.port, f"GET / HTTP/1.1\nHost: {host}\nConnection: close\n\n")
        assert status == 200
    led = "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document"
    own = f"Host: 127.0.0.1:{preview.port}\nConnection: close"
    assert raw(preview.port, f"GET / HTTP/1.1\n{own}\n{led}\n\n")[0] == 200


def test_every_answer_forbids_other_sites_to_embed_it_and_browsers_to_keep_it(preview: Preview) -> None:
    for path in ("/", "/static/search.js", "/nowhere", "/_readingroom/reload.js"):
        _, headers, _ = get(preview.port, path)
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "status", "shows"),
    [
        ("/", 200, "index"),
        ("/?q=hajin", 200, "index"),
        ("/places/hajin.html", 200, "places/hajin"),
        ("/places/hajin", 200, "places/hajin"),
        ("/places/h%61jin", 200, "places/hajin"),
        ("/places/same.html", 200, "places/hajin"),
        ("/places/", 200, "places/index"),
        ("/places", 301, ""),
        ("/places/hajin/", 404, "404"),
        ("/reports/both", 200, "reports/both"),
        ("/reports/both/", 404, "404"),
        ("/reports/", 404, "404"),
        ("/nowhere", 404, "404"),
        ("/nowhere/at/all.html", 404, "404"),
        ("/archive", 200, "archive"),
        ("/archive/", 200, "index"),
        ("/archive/places/hajin.html", 200, "places/hajin"),
    ],
)
def test_addresses_answer_as_on_github_pages(path: str, status: int, shows: str, preview: Preview) -> None:
    given, headers, content = get(preview.port, path)
    assert given == status
    assert content.startswith(f"<!doctype html><title>{shows}</title>") if shows else not content
    assert int(headers["content-length"]) == len(content.encode())


def test_a_folder_without_slash_leads_to_the_folder_and_keeps_the_question(preview: Preview) -> None:
    assert get(preview.port, "/places?q=1")[1]["location"] == "/places/?q=1"
    assert get(preview.port, "/archive/places")[1]["location"] == "/archive/places/"


def test_pages_get_the_reload_script_and_files_on_disk_do_not(preview: Preview, site: Path) -> None:
    before = (site / "index.html").read_bytes()
    script = '<script src="/_readingroom/reload.js?v=v-0" defer></script>\n</body></html>'
    assert get(preview.port, "/")[2].endswith(script)
    assert get(preview.port, "/nowhere")[2].endswith(script)
    assert (site / "index.html").read_bytes() == before


def test_originals_are_shown_byte_for_byte_and_cannot_run_script(preview: Preview, site: Path) -> None:
    _, headers, content = get(preview.port, "/originals/raw.html")
    assert content == (site / "originals/raw.html").read_text(encoding="utf-8")
    assert "sandbox" in headers["content-security-policy"]
    assert "sandbox" in get(preview.port, "/archive/originals/raw.html")[1]["content-security-policy"]


def test_a_head_request_gets_the_same_answer_without_content(preview: Preview) -> None:
    for path in ("/", "/static/search.js", "/nowhere", "/_readingroom/events"):
        _, headers, content = get(preview.port, path, "HEAD")
        assert content == ""
        assert headers["content-type"]


def test_files_have_the_types_their_names_say(preview: Preview, site: Path) -> None:
    expected = {
        "a.css": "text/css; charset=utf-8",
        "a.pf_index": "application/octet-stream",
        "a.wasm": "application/wasm",
    }
    for name, kind in expected.items():
        (site / name).write_bytes(b"1")
        assert get(preview.port, f"/{name}")[1]["content-type"] == kind


def test_only_refusals_are_said_and_what_they_say_cannot_forge_a_line(preview: Preview, said: list[str]) -> None:
    get(preview.port, "/")
    get(preview.port, "/nowhere")
    assert said == []
    raw(preview.port, "GET /a\x1b[2J HTTP/1.1\nHost: evil.example\n\n")
    assert said == ["refused GET '/a\\x1b[2J': it asks for another host"]


def test_a_connection_serves_many_requests(preview: Preview) -> None:
    connection = HTTPConnection("127.0.0.1", preview.port, timeout=5)
    for path in ("/", "/nowhere", "/places", "/static/search.js"):
        connection.request("GET", path)
        connection.getresponse().read()
        assert connection.sock is not None
    connection.close()


def test_without_a_site_every_page_shows_the_problems(preview: Preview, board: Board, site: Path) -> None:
    shutil.rmtree(site)
    board.put(State("v-1", (Problem("content/<b>.md", 3, "no </pre> title", "write one"),)))
    status, headers, content = get(preview.port, "/places/hajin.html")
    assert status == 503
    assert "content/&lt;b&gt;.md:3: no &lt;/pre&gt; title\n    write one" in content
    assert "reload.js?v=v-1" in content
    assert "script-src 'self'" in headers["content-security-policy"]


def test_a_site_that_is_being_swapped_is_waited_for(preview: Preview, site: Path) -> None:
    site.rename(site.with_name("site.new"))
    swap = threading.Timer(0.1, lambda: site.with_name("site.new").rename(site))
    swap.start()
    assert get(preview.port, "/")[0] == 200
    swap.join()


# Events


def test_a_page_hears_of_the_state_that_holds_and_of_every_other(preview: Preview, board: Board) -> None:
    heard = events(preview.port)
    assert next(heard) == {"version": "v-0", "summary": "0 problems", "problems": []}
    board.put(replace(board.state, problems=(Problem("content/a.md", 0, "wrong", "mend it"),)))
    assert next(heard)["problems"] == [{"where": "content/a.md", "message": "wrong", "hint": "mend it"}]
    board.put(State("v-1"))
    assert next(heard)["version"] == "v-1"
    board.end()
    assert list(heard) == []


def test_the_server_ends_while_pages_listen(site: Path, board: Board) -> None:
    with Preview(0, site, board, print) as server:
        with server.answering():
            heard = events(server.port)
            next(heard)
            began = time.monotonic()
        assert time.monotonic() - began < 1
    assert list(heard) == []


# The port


def test_a_port_that_is_taken_is_a_problem_with_a_next_step(preview: Preview, site: Path, board: Board) -> None:
    with pytest.raises(ProblemsError, match=rf"cannot listen on port {preview.port}: .*\n    .*--port"):
        listen(preview.port, site, board, print)


def test_without_a_wish_the_next_free_port_is_taken(site: Path, board: Board) -> None:
    with listen(None, site, board, print) as one, listen(None, site, board, print) as other:
        assert PORT <= one.port < other.port <= PORT + 10
