"""Which requests a preview answers: those of this computer's own user, not of web pages from elsewhere."""

from __future__ import annotations

import hmac
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from email.message import Message

ADDRESS = "127.0.0.1"
NAMES = (ADDRESS, "localhost")
WEB = 80
OURS = frozenset({"same-origin", "none"})
HEADER = "X-Readingroom-Token"
MOST = 1 << 20
ELSEWHERE = "no page of this preview asks"
JSON = frozenset({"application/json", "application/json;charset=utf-8"})


class Refused(NamedTuple):
    """Why a request that would change something is refused."""

    status: HTTPStatus
    reason: str


def refusal(headers: Message, port: int, *, private: bool = False, typed: bool = False) -> str:
    """Say why a request is not answered; empty where it is.

    A page from elsewhere may lead here by a link, as to any address, and learns nothing of what it shows; it
    may not embed or fetch anything. `private` addresses answer the preview's own pages only, or also whoever
    types them or opens them from another program (`typed`).
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
        return "" if sites <= (OURS if typed else {"same-origin"}) else "a page from elsewhere asks"
    led = headers.get("Sec-Fetch-Mode") == "navigate" and headers.get("Sec-Fetch-Dest") == "document"
    return "" if led or sites <= OURS else "a page from elsewhere asks"


def refusal_to_change(headers: Message, port: int, token: str) -> Refused | None:
    """Say why a request may change nothing; None where it may: it is our own page's, of this session, and JSON."""
    reason = refusal(headers, port, private=True)
    own = [f"http://{host}" for host in headers.get_all("Host", [])]
    given = headers.get_all(HEADER, [])
    kind = headers.get("Content-Type", "").replace(" ", "").lower()
    length = headers.get_all("Content-Length", [])
    counted = len(length) == 1 and length[0].isascii() and length[0].isdigit() and "Transfer-Encoding" not in headers
    found = (
        (bool(reason), HTTPStatus.FORBIDDEN, reason),
        (headers.get_all("Origin", []) != own, HTTPStatus.FORBIDDEN, ELSEWHERE),
        (headers.get_all("Sec-Fetch-Site", []) != ["same-origin"], HTTPStatus.FORBIDDEN, ELSEWHERE),
        (not _is(token, given), HTTPStatus.FORBIDDEN, "it has not the token of this session: load the page again"),
        (kind not in JSON, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "it is no JSON"),
        (not counted, HTTPStatus.LENGTH_REQUIRED, "it does not say its length"),
        (counted and (len(length[0]) > len(str(MOST)) or int(length[0]) > MOST),
         HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "it is longer than 1 MB"),
    )  # fmt: skip
    return next((Refused(status, why) for wrong, status, why in found if wrong), None)


def _is(token: str, given: list[str]) -> bool:
    return len(given) == 1 and hmac.compare_digest(token.encode(), given[0].encode("utf-8", "surrogateescape"))


def hosts_of(port: int) -> frozenset[str]:
    """Return the hosts a request may name.

    >>> sorted(hosts_of(8000))
    ['127.0.0.1:8000', 'localhost:8000']
    """
    bare = NAMES if port == WEB else ()
    return frozenset({*(f"{name}:{port}" for name in NAMES), *bare})
