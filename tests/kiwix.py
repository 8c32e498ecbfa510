"""Kiwix's own tools, as readers and librarians use them; .ci/tools installs them where apt-get may."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCAL = "127.0.0.1"
PATIENCE = 30.0


def tool(name: str) -> str:
    """Find a tool; its absence is a failure, for a skipped test proves nothing."""
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"no {name}: install it, on Debian and Ubuntu with  sudo apt-get install zim-tools kiwix-tools")
    return found


@contextmanager
def kiwix_serve(zim: Path) -> Iterator[str]:
    """Serve a ZIM on this machine only, for as long as the block runs; gives the address of its front page's folder."""
    with socket.socket() as free:
        free.bind((LOCAL, 0))
        port = free.getsockname()[1]
    command = [tool("kiwix-serve"), "--address", LOCAL, "--port", str(port), str(zim)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(f"http://{LOCAL}:{port}/", process)
        yield f"http://{LOCAL}:{port}/"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _await(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            urlopen(address, timeout=1).close()  # noqa: S310 - our own server
        except (URLError, OSError):
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"kiwix-serve does not answer at {address}")
