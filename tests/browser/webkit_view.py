"""A window of WebKitGTK that does as it is told, a line of JSON at a time. Run by the system's Python, which has gi.

`{"open": address}` answers at once, `{"run": code, "args": […]}` with what the code returns as the
body of an async function of `args`. Answers go to standard output, the console to standard error.
"""

from __future__ import annotations

import json
import sys
import threading
from importlib import import_module
from typing import Any


class View:
    """A WebView in a window, with settings as a reader has them, and a console that is written out."""

    def __init__(self) -> None:
        repository = import_module("gi")
        for name, version in (("Gtk", "3.0"), ("WebKit2", "4.1")):
            repository.require_version(name, version)
        self.glib, self.gtk, kit = (import_module(f"gi.repository.{name}") for name in ("GLib", "Gtk", "WebKit2"))
        self.other_page = kit.LoadEvent.COMMITTED
        self.view = kit.WebView(settings=kit.Settings(enable_write_console_messages_to_stdout=True))
        self.running = 0
        self.orders = 0
        self.view.connect("load-changed", self.loaded)
        window = self.gtk.Window(default_width=1280, default_height=900)
        window.add(self.view)
        window.show_all()

    def listen(self) -> None:
        """Do what standard input says, until it ends."""
        threading.Thread(target=self._read, daemon=True).start()
        self.gtk.main()

    def _read(self) -> None:
        for line in sys.stdin:
            self.glib.idle_add(self.do, json.loads(line))
        self.glib.idle_add(self.gtk.main_quit)

    def do(self, order: dict[str, Any]) -> None:
        """Begin what an order asks for."""
        if "open" in order:
            self.view.load_uri(order["open"])
            self.say(value=None)
            return
        given = self.glib.Variant("a{sv}", {"json": self.glib.Variant("s", json.dumps(order["args"]))})
        self.orders += 1
        self.running = self.orders
        body = f"const args = JSON.parse(json); {order['run']}"
        self.view.call_async_javascript_function(body, -1, given, None, None, None, self.ran, self.running)

    def ran(self, view: Any, result: Any, order: int) -> None:
        """Say what the code returned, or what went wrong."""
        if self.running != order:
            return
        self.running = 0
        try:
            value = view.call_async_javascript_function_finish(result)
            self.say(value=None if value.is_undefined() else json.loads(value.to_json(0)))
        except self.glib.Error as error:
            self.say(error=error.message)

    def loaded(self, _view: Any, event: Any) -> None:
        """Say that code went with its page: that never returns."""
        if event == self.other_page and self.running:
            self.running = 0
            self.say(error="the page went")

    def say(self, **answer: Any) -> None:
        """Answer with one line."""
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    View().listen()
