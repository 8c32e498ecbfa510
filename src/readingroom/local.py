"""Which requests a preview answers: those of this computer's own user, not of web pages from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import Message

ADDRESS = "127.0.0.1"
NAMES = (ADDRESS, "localhost")
WEB = 80
OURS = frozenset({"same-origin", "none"})


def refusal(headers: Message, port: int, *, private: bool = False) -> str:
    """Say why a request is not answered; empty where it is.

    A page from elsewhere may lead here by a link, as to any address, and learns nothing of what it shows; it
    may not embed or fetch anything. `private` addresses answer the preview's own pages only.
    """
    hosts = hosts_of(port)
    given = [host.strip().lower() for host in headers.get_all("Host", [])]
    if len(given) != 1 or given[0] not in hosts:
        return "it asks for another host"
    origins = [origin.strip().lower() for origin in headers.get_all("Origin", [])]
    if any(origin.removeprefix("http://") not in hosts for origin in origins):
        return "a page from elsewhere asks"
    sites = set(headers.get_all("Sec-Fetch-Site", []))
    if private:
        return "" if sites <= {"same-origin"} else "a page from elsewhere asks"
    led = headers.get("Sec-Fetch-Mode") == "navigate" and headers.get("Sec-Fetch-Dest") == "document"
    return "" if led or sites <= OURS else "a page from elsewhere asks"


def hosts_of(port: int) -> frozenset[str]:
    """Return the hosts a request may name.

    >>> sorted(hosts_of(8000))
    ['127.0.0.1:8000', 'localhost:8000']
    """
    bare = NAMES if port == WEB else ()
    return frozenset({*(f"{name}:{port}" for name in NAMES), *bare})
