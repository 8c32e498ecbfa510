"""A server that shows the site to this computer's browsers only."""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
from contextlib import contextmanager
from functools import partial
from socketserver import ThreadingTCPServer
from typing import TYPE_CHECKING, Any

from readingroom.exchange import Exchange, Showing
from readingroom.local import ADDRESS
from readingroom.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from readingroom.board import Board
    from readingroom.exchange import Review

PORT, TRIES = 8000, 10
TAKEN = frozenset({errno.EADDRINUSE, errno.EACCES})


class Preview(ThreadingTCPServer):
    """A server bound to this computer's own address."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = sys.platform != "win32"

    def __init__(
        self, port: int, site: Path, board: Board, warn: Callable[[str], None], *, review: Review | None = None
    ) -> None:
        """Take the port (0: any); nothing is answered before `answering`."""
        self._board = board
        super().__init__((ADDRESS, port), Exchange, bind_and_activate=False)
        try:
            self._bind()
        except OSError:
            self.server_close()
            raise
        self.port = int(self.server_address[1])
        self.address = f"http://{ADDRESS}:{self.port}/"
        self.RequestHandlerClass = partial(Exchange, Showing(site, board, self.port, warn, review))

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's own
        """Say nothing when a browser goes away in the middle of an answer."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Answer requests for as long as the block runs."""
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._board.end()
            self.shutdown()
            thread.join()

    def _bind(self) -> None:
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
        if exclusive is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, exclusive, 1)
        self.server_bind()
        self.server_activate()


def listen(
    port: int | None, site: Path, board: Board, warn: Callable[[str], None], *, review: Review | None = None
) -> Preview:
    """Take the port given, or the first free one from 8000.

    Raises:
        ProblemsError: the port is taken, or not ours to use.
    """
    reason = ""
    for number in range(PORT, PORT + TRIES + 1) if port is None else [port]:
        try:
            return Preview(number, site, board, warn, review=review)
        except OSError as error:
            if error.errno not in TAKEN:
                raise
            reason = os.strerror(error.errno).lower()
    which = f"ports {PORT} to {PORT + TRIES}" if port is None else f"port {port}"
    hint = "end the program that uses it, or choose another:  readingroom serve --port 8100"
    raise ProblemsError([Problem("serve", 0, f"cannot listen on {which}: {reason}", hint)])
