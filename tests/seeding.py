"""Folders of seeds made up for tests, taken in as the program does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readingroom.ingest import IngestPlan, plan_ingest, write_ingest
from readingroom.read import read_report

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from readingroom.model import Report

REPORT = "Hajin Monitor\n\nSDF take {place}\n\nThe SDF took {place} today, the 14th of December 2018.\n"


def seed(root: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = root / "seeds" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def ingest(root: Path) -> IngestPlan:
    plan = plan_ingest(root)
    write_ingest(root, plan)
    return plan


def only_report(plan: IngestPlan) -> Report:
    (file,) = plan.files
    report, problems = read_report(file.text, file.path)
    assert problems == []
    assert report is not None
    return report


def said(plan: IngestPlan) -> list[str]:
    return [str(problem).split("\n")[0] for problem in plan.problems]
