"""Requests as browsers send them, and as nobody should."""

from __future__ import annotations

import json
import socket
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def raw(port: int, request: str) -> tuple[int, dict[str, str], str]:
    """Send a request as it stands; gives status, headers and content."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, content = answer.decode().partition("\r\n\r\n")
    first, *rest = head.split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    return int(first.split()[1]), headers, content


def get(port: int, path: str, method: str = "GET") -> tuple[int, dict[str, str], str]:
    return raw(port, f"{method} {path} HTTP/1.1\nHost: 127.0.0.1:{port}\nConnection: close\n\n")


def events(port: int) -> Iterator[dict[str, Any]]:
    """Listen to the events as a page does."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/_readingroom/events", headers={"Sec-Fetch-Site": "same-origin"})
    answer = connection.getresponse()
    assert answer.headers["Content-Type"] == "text/event-stream"
    try:
        while line := answer.readline():
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))
    finally:
        answer.close()
        connection.close()
