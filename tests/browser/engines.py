"""Three browsers under one interface: Chromium, Firefox and WebKitGTK, as readers have them, files kept apart.

Automation switches Firefox's rule off that a page from disk may not read its neighbours; here it stands, so that what
works in these tests works after a double click. Each engine also says what its console complained of.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Watch
    from playwright.sync_api import Page

LOCAL = "127.0.0.1"
PATIENCE = 30.0
GLANCE = 0.02
FIREFOX = ("firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox")
PREFERENCES = {
    "remote.prefs.recommended": False,  # those would let pages from disk read their neighbours
    "security.fileuri.strict_origin_policy": True,
    "devtools.console.stdout.content": True,
    "devtools.console.stdout.chrome": False,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.server": "",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
}
SAID = ("console.error", "console.warn", "console.assert")
ERRORS = """
const ours = (one) => one instanceof Ci.nsIScriptError && /^(file|http):/.test(one.sourceName);
const found = Services.console.getMessageArray().filter(ours);
Services.console.reset();
return found.map((one) => `${one.sourceName}: ${one.errorMessage}`);
"""


class Engine(ABC):
    """A browser with one page open."""

    @abstractmethod
    def open(self, address: str) -> None:
        """Open an address and wait until it has loaded."""

    @abstractmethod
    def run(self, code: str, *args: object) -> Any:
        """Return what the code returns, which is the body of an async function of `args`."""

    @abstractmethod
    def faults(self) -> list[str]:
        """Say what the console complained of since it was last asked."""

    def until(self, code: str, *args: object) -> Any:
        """Run the code until it returns something, through pages that go while it runs."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            with suppress(EngineError):
                if found := self.run(code, *args):
                    return found
            time.sleep(GLANCE)
        pytest.fail(f"nothing came of {code!r}{args!r} on {self.run('return document.documentElement.outerHTML')}")


class EngineError(Exception):
    """What a browser answered in place of a value."""


class Chromium(Engine):
    """The page of Playwright that the other tests use."""

    def __init__(self, page: Page, watch: Watch) -> None:
        self.page, self.watch = page, watch

    def open(self, address: str) -> None:
        self.page.goto(address)

    def run(self, code: str, *args: object) -> Any:
        from playwright.sync_api import Error  # noqa: PLC0415 - the other engines need none of it

        try:
            return self.page.evaluate(f"async (args) => {{{code}}}", list(args))
        except Error as error:
            raise EngineError(error.message) from error

    def faults(self) -> list[str]:
        found, self.watch.faults[:] = list(self.watch.faults), []
        return found


class Firefox(Engine):
    """Firefox, asked over Marionette: `length:[0, number, command, parameters]`, answered likewise."""

    def __init__(self, connection: socket.socket, answers: IO[bytes], console: IO[str]) -> None:
        connection.settimeout(PATIENCE)
        self.connection, self.answers, self.console = connection, answers, console
        self.number = 0
        self._answer()
        self.ask("WebDriver:NewSession", capabilities={})

    def ask(self, command: str, **parameters: object) -> Any:
        """Send a command and return what it gives."""
        self.number += 1
        sent = json.dumps([0, self.number, command, parameters]).encode()
        self.connection.sendall(b"%d:%s" % (len(sent), sent))
        _, _, error, result = self._answer()
        if error:
            raise EngineError(error["message"])
        return result

    def _answer(self) -> Any:
        length = b""
        while (digit := self.answers.read(1)) != b":":
            length += digit
        return json.loads(self.answers.read(int(length)))

    def open(self, address: str) -> None:
        self.ask("WebDriver:Navigate", url=address)

    def run(self, code: str, *args: object) -> Any:
        script = f"const args = [...arguments]; return (async () => {{{code}}})();"
        return self.ask("WebDriver:ExecuteScript", script=script, args=list(args))["value"]

    def faults(self) -> list[str]:
        self.ask("Marionette:SetContext", value="chrome")
        found: list[str] = self.ask("WebDriver:ExecuteScript", script=ERRORS, args=[])["value"]
        self.ask("Marionette:SetContext", value="content")
        return found + [line for line in self.console.read().splitlines() if line.startswith(SAID)]


class WebKit(Engine):
    """A window of WebKitGTK, in a process of its own (webkit_view.py)."""

    def __init__(self, orders: IO[str], answers: IO[str], console: IO[str]) -> None:
        self.orders, self.answers, self.console = orders, answers, console

    def ask(self, **order: object) -> Any:
        """Give an order and return its answer."""
        self.orders.write(json.dumps(order) + "\n")
        self.orders.flush()
        if not select.select([self.answers], [], [], PATIENCE)[0]:
            pytest.fail(f"WebKitGTK does not answer {order!r}")
        answer = json.loads(self.answers.readline())
        if "error" in answer:
            raise EngineError(answer["error"])
        return answer["value"]

    def open(self, address: str) -> None:
        self.until("return (document.documentElement.className = 'left')")
        self.ask(open=address)
        self.until("return document.readyState === 'complete' && document.documentElement.className !== 'left'")

    def run(self, code: str, *args: object) -> Any:
        return self.ask(run=code, args=args)

    def faults(self) -> list[str]:
        return [line for line in self.console.read().splitlines() if " ERROR" in line or " WARN" in line]


def found(names: tuple[str, ...], what: str) -> str:
    """Find a program; its absence is a failure, for a skipped test proves nothing."""
    for name in names:
        if path := shutil.which(name):
            return path
    pytest.fail(f"no {what}: .ci/tools says what to install")


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """Give a browser a home of its own, so that it finds nobody's settings and leaves none."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC", **more}


@contextmanager
def ended(process: subprocess.Popen[Any]) -> Iterator[None]:
    """End a process afterwards, whatever happens."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def firefox(home: Path) -> Iterator[Firefox]:
    """Start Firefox without a window."""
    with closing(socket.socket()) as free:
        free.bind((LOCAL, 0))
        port = free.getsockname()[1]
    chosen = {**PREFERENCES, "marionette.port": port}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in chosen.items()]
    (home / "user.js").write_text("".join(lines))
    command = [found(FIREFOX, "Firefox"), "--headless", "--marionette", "--remote-allow-system-access", "--no-remote"]
    with (home / "said").open("wb") as said:
        process = subprocess.Popen([*command, "--profile", str(home)], env=surroundings(home), stdout=said, stderr=said)
    with (
        ended(process),
        closing(connected(port, process, home / "said")) as connection,
        connection.makefile("rb") as answers,
        (home / "said").open() as console,
    ):
        yield Firefox(connection, answers, console)


def connected(port: int, process: subprocess.Popen[bytes], said: Path) -> socket.socket:
    """Connect to a program as soon as it listens."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and process.poll() is None:
        with suppress(OSError):
            return socket.create_connection((LOCAL, port))
        time.sleep(GLANCE)
    pytest.fail(f"the browser did not start: {said.read_text(errors='replace')}")


@contextmanager
def screen() -> Iterator[str]:
    """Start a screen that nobody sees; gives its name."""
    reading, writing = os.pipe()
    command = [found(("Xvfb",), "Xvfb"), "-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    process = subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    with ended(process), os.fdopen(reading) as number:
        yield f":{number.readline().strip()}"


@contextmanager
def webkit(home: Path) -> Iterator[WebKit]:
    """Start a window of WebKitGTK."""
    # the system's own Python: the one that has the packages of the system
    command = [found(("/usr/bin/python3",), "Python of the system"), str(Path(__file__).with_name("webkit_view.py"))]
    with screen() as display, (home / "said").open("w") as said:
        variables = surroundings(home, DISPLAY=display, GDK_BACKEND="x11", NO_AT_BRIDGE="1")
        process = subprocess.Popen(
            command, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True
        )
        assert process.stdin
        assert process.stdout
        with ended(process), process.stdin, process.stdout, (home / "said").open() as console:
            yield WebKit(process.stdin, process.stdout, console)
