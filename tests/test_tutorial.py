"""The tutorial does what it says: its commands run, its files are taken, in the order of the page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^(?P<before>[^\n]*)\n\n```\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`([\w./-]+/[\w.-]+\.\w+)`")
LONG_LIVED = ("make site", ". .venv/bin/activate", "readingroom serve")
COMMAND = re.compile(r"(?:readingroom|make|cp|cd|\.) ")


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Walk through the tutorial beside a copy of the seeds; gives the archive made and the commands run."""
    here = tmp_path_factory.mktemp("tutorial") / "program"
    shutil.copytree(ROOT / "seeds", here / "seeds")
    ran = []
    for before, text in BLOCK.findall((ROOT / "docs/tutorial.md").read_text(encoding="utf-8")):
        if not COMMAND.match(text):
            path = here / FILE.findall(before)[-1]
            path.write_text(text, encoding="utf-8")
            continue
        for line in text.splitlines():
            if line in LONG_LIVED:
                continue
            if line.startswith("cd "):
                here = (here / line.removeprefix("cd ")).resolve()
                continue
            run(line, here)
            ran.append(line)
    return here, ran


def run(line: str, folder: Path) -> None:
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=folder,
        env={**os.environ, "PATH": programs},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


def test_every_command_of_the_tutorial_runs_as_it_is_written(walked: tuple[Path, list[str]]) -> None:
    assert walked[1][0] == "readingroom new ../my-archive"
    assert walked[1][-1] == "readingroom build --frozen --strict"
    assert len(walked[1]) >= 8


def test_the_archive_of_the_tutorial_shows_what_it_promises(walked: tuple[Path, list[str]]) -> None:
    site = walked[0] / "build/site"
    report = (site / "reports/2018-01-18-65bb7c.html").read_text(encoding="utf-8")
    assert "A line break in the headline was taken out." in report
    assert "syriahr.com/en/83422" in report
    assert re.search(r'<a class="e place" href="../places/hajin.html">Hajin</a>', report)
    assert "Deir ez-Zor" in (site / "places/hajin.html").read_text(encoding="utf-8")
