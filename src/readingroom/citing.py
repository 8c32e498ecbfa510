"""A report described for people and machines: citations, citation-manager tags, schema.org."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from readingroom.dates import display, parse_edtf
from readingroom.link import TURNING
from readingroom.views import Citation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from readingroom.config import Config
    from readingroom.model import Entity, Report

ISO_DAY = 10


def citations(report: Report, config: Config) -> tuple[Citation, ...]:
    """Cite a report as plain text, BibTeX and RIS."""
    return (
        Citation("Plain text", plain(report, config)),
        Citation("BibTeX", _by_line(bibtex(report, config))),
        Citation("RIS", _by_line(ris(report, config))),
    )


def plain(report: Report, config: Config) -> Markup:
    """Cite a report in one sentence: who, what, when, where first published, where archived and as what."""
    archived = Markup("archived in ") + apart(config.title)
    return sentence(
        report.publisher,
        Markup("“") + apart(report.title) + "”",
        display(report.published) if report.published else "undated",
        report.source,
        archived if config.url else archived + f" as {report.id}",
        address(report, config),
    )


def sentence(*parts: str) -> Markup:
    """Join what there is by commas, each part kept from turning the others.

    >>> sentence("A & B", "", "2018")
    Markup('<bdi>A &amp; B</bdi>, <bdi>2018</bdi>.')
    """
    return Markup(", ").join(part if isinstance(part, Markup) else apart(part) for part in parts if part) + "."


def apart(text: str) -> Markup:
    """Keep the direction of a text to itself: a name in Arabic must not move the figures beside it."""
    return Markup(f"<bdi>{escape(text)}</bdi>")  # noqa: S704 - escaped


def _by_line(text: str) -> Markup:
    """Write lines for programs, without marks of direction, each kept from turning the others."""
    lines = escape(TURNING.sub("", text)).splitlines()
    return Markup("".join(f"<bdi>{line}</bdi>\n" for line in lines))  # noqa: S704 - escaped


def bibtex(report: Report, config: Config) -> str:
    """Cite a report as a BibTeX entry; braces keep capitals, special characters are escaped."""
    rows = [
        ("author", f"{{{_tex(report.publisher)}}}" if report.publisher else ""),
        ("title", f"{{{_tex(report.title)}}}"),
        ("date", report.published),
        ("url", report.source or address(report, config)),
        (
            "note",
            _tex(", ".join(filter(None, (f"Archived in {config.title}", address(report, config))))),
        ),
        ("langid", report.language),
    ]
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in rows if value)
    return f"@online{{{report.id},\n{body}}}\n"


def ris(report: Report, config: Config) -> str:
    """Cite a report as a RIS record (type: report)."""
    date = _certain(report.published)
    rows = [
        ("TY", "RPRT"),
        ("AU", report.publisher),
        ("TI", report.title),
        ("PY", date[:4]),
        ("DA", date.replace("-", "/") if len(date) == ISO_DAY else ""),
        ("LA", report.language),
        ("UR", report.source or address(report, config)),
        ("AN", report.id),
        ("DB", config.title),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {value}\n" for tag, value in rows if value or tag == "ER")


def address(report: Report, config: Config) -> str:
    """Return the page's absolute address; "" where the archive has none."""
    return config.url and config.url + report.url


def report_meta(report: Report, config: Config) -> tuple[tuple[str, str], ...]:
    """List the tags citation managers read: Highwire Press, then Dublin Core."""
    rows = (
        ("citation_title", report.title),
        ("citation_author", report.publisher),
        ("citation_publisher", report.publisher),
        ("citation_publication_date", _certain(report.published).replace("-", "/")),
        ("citation_online_date", _certain(report.published).replace("-", "/")),
        ("citation_language", report.language),
        ("citation_public_url", address(report, config)),
        ("citation_technical_report_institution", report.publisher),
        ("citation_technical_report_number", report.id),
        ("DC.type", "Report"),
        ("DC.title", report.title),
        ("DC.creator", report.publisher),
        ("DC.date", report.published),
        ("DC.language", report.language),
        ("DC.identifier", address(report, config)),
        ("DC.source", report.source),
    )
    return tuple((name, value) for name, value in rows if value)


def report_json_ld(report: Report, about: list[Entity], config: Config) -> Markup:
    """Describe a report for schema.org: the original is based on, not claimed as ours."""
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Report",
        "identifier": report.id,
        "headline": report.title,
        "alternativeHeadline": report.dek,
        "inLanguage": report.language,
        "datePublished": _certain(report.published),
        "author": _organisation(report.publisher),
        "isBasedOn": report.source,
        "url": address(report, config),
        "isPartOf": {"@type": "Collection", "name": config.title},
        "about": [{"@type": _schema_type(entity), "name": entity.name} for entity in about],
    }
    return json_ld(data)


def json_ld(data: Mapping[str, object]) -> Markup:
    r"""Write JSON that cannot end the script element it stands in; empty values are left out.

    >>> json_ld({"name": "</script>", "url": ""})
    Markup('{"name":"\\u003c/script\\u003e"}')
    """
    text = json.dumps({key: value for key, value in data.items() if value}, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - the characters that matter to HTML are escaped above


def _organisation(name: str) -> dict[str, str] | str:
    return {"@type": "Organization", "name": name} if name else ""


def _schema_type(entity: Entity) -> str:
    return {"place": "Place", "faction": "Organization", "commander": "Person"}.get(entity.kind, "Thing")


def _certain(date: str) -> str:
    """Return what of an EDTF date programs that know only plain dates can take: a day, a month, a year, or "".

    >>> [_certain(date) for date in ("2018-01-18", "2018-01-18?", "2018-21", "../2017-06-30", "201X", "")]
    ['2018-01-18', '2018-01', '2018', '2017-06', '', '']
    """
    found = parse_edtf(date)
    if found is None:
        return ""
    return date if len(date) == ISO_DAY and date.replace("-", "").isdigit() else found.month or found.year


def _tex(text: str) -> str:
    for character in "\\{}":
        text = text.replace(character, "")
    for character in "&%$#_":
        text = text.replace(character, f"\\{character}")
    return text.replace("~", "\\textasciitilde{}").replace("^", "\\textasciicircum{}")
