"""A report as the text of its file in content/reports: front matter in a fixed order, then the body."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from readingroom.words import BIDI

if TYPE_CHECKING:
    from readingroom.model import CleaningStep, Report

_UNPRINTABLE = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{BIDI}\ud800-\udfff\ufeff\ufffe\uffff\U000e0000-\U000e007f]")
_PLAIN = re.compile(r"[^\W_](?:[^\s:#\\\"]|:(?=[^\s:,\[\]{}])|(?<=\S)#| (?=[^\s#]))*")
_FLOW = re.compile(r"[,\[\]{}:]")
_OTHER_TYPE = re.compile(r"(?:yes|no|true|false|null|on|off|y|n|[\d_.,:+-]+|0[xob]\w+|\d+e\d+)", re.IGNORECASE)


def write_report(report: Report, body: str) -> str:
    """Write a report's file; absent values are left out, the order of keys never changes."""
    lines = [
        f"{key}: {scalar(value)}"
        for key, value in (("title", report.title), ("dek", report.dek), ("publisher", report.publisher))
        if value
    ]
    lines += [f"published: {report.published}"] if report.published else []
    lines.append(f"date_basis: {report.date_basis}")
    lines += [
        f"{key}: {scalar(value)}"
        for key, value in (
            ("date_evidence", report.date_evidence),
            ("source", report.source),
            ("language", report.language),
        )
        if value
    ]
    if report.original:
        path, sha256 = report.original
        lines.append(f"original: {{path: {scalar(path, flow=True)}, sha256: {sha256}}}")
    if report.cleaning:
        lines += ["cleaning:", *(f"  - {_step(step)}" for step in report.cleaning)]
    lines.append(f"publish: {'true' if report.publish else 'false'}")
    head = "\n".join(lines)
    return f"---\n{head}\n---\n{body}"


def scalar(text: str, *, flow: bool = False) -> str:
    r"""Write a text as one YAML scalar on one line, in quotes only where it needs them.

    >>> print(scalar("Clashes in Hajin, again"), scalar("Hajin: 8 dead"), scalar("a, b", flow=True))
    Clashes in Hajin, again "Hajin: 8 dead" "a, b"
    >>> print(scalar("no"), scalar("2018"), scalar("“Storm”"), scalar("a\u202eb"), scalar(""))
    "no" "2018" "“Storm”" "a\u202eb" ""
    """
    plain = _PLAIN.fullmatch(text) and not _OTHER_TYPE.fullmatch(text) and not _UNPRINTABLE.search(text)
    if plain and not (flow and _FLOW.search(text)):
        return text
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_UNPRINTABLE.sub(_escape, quoted)}"'


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"  # noqa: PLR2004  (the last of four digits)


def _step(step: CleaningStep) -> str:
    fields = [f"step: {scalar(step.step, flow=True)}", f"count: {step.times}"]
    if step.words:
        pairs = (f"[{scalar(old, flow=True)}, {scalar(new, flow=True)}]" for old, new in step.words)
        fields.append(f"words: [{', '.join(pairs)}]")
    if step.lines:
        fields.append(f"lines: [{', '.join(scalar(line, flow=True) for line in step.lines)}]")
    return f"{{{', '.join(fields)}}}"
