"""Citations and descriptions for machines, on every kind of date and on texts that mean something to formats."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.citing import bibtex, citations, json_ld, plain, report_json_ld, report_meta, ris
from readingroom.config import Config
from readingroom.model import Entity, Report

CONFIG = Config(title="The Pocket", url="https://example.org/")
REPORT = Report(
    id="2018-01-18-3fa9c1",
    path="content/reports/2018-01-18-3fa9c1.md",
    title="ISIS comes back",
    dek="Within 4 months",
    publisher="The Observatory",
    published="2018-01-18",
    date_basis="stated",
    date_evidence="",
    source="https://source.example/1",
    language="en",
    original=None,
    cleaning=(),
    publish=True,
    paragraphs=(),
)
BARE = replace(REPORT, publisher="", published="", source="", dek="")
PAGE = "https://example.org/reports/2018-01-18-3fa9c1.html"


def text_of(html: str) -> str:
    return unescape(re.sub(r"</?bdi>", "", html))


def metas(report: Report, config: Config = CONFIG) -> dict[str, str]:
    return dict(report_meta(report, config))


def test_a_report_is_cited_by_whom_what_when_where() -> None:
    assert text_of(plain(REPORT, CONFIG)) == (
        "The Observatory, “ISIS comes back”, 18 January 2018, https://source.example/1, "
        f"archived in The Pocket, {PAGE}."
    )


def test_what_is_unknown_is_left_out_or_said() -> None:
    assert text_of(plain(BARE, CONFIG)) == f"“ISIS comes back”, undated, archived in The Pocket, {PAGE}."
    assert text_of(plain(BARE, replace(CONFIG, url=""))).endswith("archived in The Pocket as 2018-01-18-3fa9c1.")


def test_an_archive_without_an_address_gives_programs_the_sources_or_none() -> None:
    nowhere = replace(CONFIG, url="")
    assert "url = {https://source.example/1}" in bibtex(REPORT, nowhere)
    assert "UR  - https://source.example/1" in ris(REPORT, nowhere)
    assert "note = {Archived in The Pocket}" in bibtex(REPORT, nowhere)
    for entry in (bibtex(BARE, nowhere), ris(BARE, nowhere)):
        assert not re.search(r"url =|^UR|\.html", entry, re.MULTILINE)


def test_each_part_of_a_citation_keeps_its_direction_to_itself() -> None:
    arabic = replace(REPORT, title="قصف 12", publisher="<مرصد>")
    html = str(plain(arabic, CONFIG))
    assert html.startswith("<bdi>&lt;مرصد&gt;</bdi>, “<bdi>قصف 12</bdi>”, <bdi>18 January 2018</bdi>")


def test_bibtex_names_every_field_once() -> None:
    assert bibtex(REPORT, CONFIG) == (
        "@online{2018-01-18-3fa9c1,\n  author = {{The Observatory}},\n  title = {{ISIS comes back}},\n"
        "  date = {2018-01-18},\n  url = {https://source.example/1},\n"
        f"  note = {{Archived in The Pocket, {PAGE}}},\n  langid = {{en}},\n}}\n"
    )
    assert "author" not in bibtex(BARE, CONFIG)
    assert "date" not in bibtex(BARE, CONFIG)
    assert f"url = {{{PAGE}}}" in bibtex(BARE, CONFIG)


@given(st.text(st.sampled_from("{}\\%$#&_~^ab \n\u202e\"'<>"), max_size=30))
@settings(max_examples=100, deadline=None)
def test_no_title_unbalances_a_bibtex_entry_or_starts_a_line_of_ris(title: str) -> None:
    report = replace(REPORT, title=" ".join(title.split()))
    entry = bibtex(report, CONFIG)
    depth = 0
    for character in re.sub(r"\\[&%$#_]", "", entry):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    assert all(re.match(r"[A-Z]{2}  - ", line) for line in ris(report, CONFIG).splitlines())


@pytest.mark.parametrize(
    ("published", "meta", "year", "day"),
    [
        ("2018-01-18", "2018/01/18", "2018", "2018/01/18"),
        ("2018-01-18~", "2018/01", "2018", ""),
        ("2018-01", "2018/01", "2018", ""),
        ("2018-01?", "2018/01", "2018", ""),
        ("2018", "2018", "2018", ""),
        ("2018-21", "2018", "2018", ""),
        ("2018-XX", "2018", "2018", ""),
        ("2018-02-XX", "2018/02", "2018", ""),
        ("2017-06/2017-07", "2017/06", "2017", ""),
        ("../2017-06-30", "2017/06", "2017", ""),
        ("201X", "", "", ""),
        ("", "", "", ""),
    ],
)
def test_programs_get_as_much_of_a_date_as_is_certain(published: str, meta: str, year: str, day: str) -> None:
    report = replace(REPORT, published=published)
    assert metas(report).get("citation_publication_date", "") == meta
    lines = dict(line.split("  - ") for line in ris(report, CONFIG).splitlines())
    assert (lines.get("PY", ""), lines.get("DA", "")) == (year, day)
    described = json.loads(report_json_ld(report, [], CONFIG))
    assert described.get("datePublished", "") == meta.replace("/", "-")
    assert metas(report).get("DC.date", "") == published


def test_ris_is_a_report_from_its_first_line_to_its_last() -> None:
    lines = ris(REPORT, CONFIG).splitlines()
    assert (lines[0], lines[-1]) == ("TY  - RPRT", "ER  - ")
    assert "AU  - The Observatory" in lines
    assert "AN  - 2018-01-18-3fa9c1" in lines


def test_citation_managers_are_told_what_is_known_and_nothing_empty() -> None:
    assert metas(REPORT)["citation_technical_report_institution"] == "The Observatory"
    assert metas(REPORT)["DC.type"] == "Report"
    assert metas(REPORT)["citation_public_url"] == PAGE
    assert all(metas(BARE, replace(CONFIG, url="")).values())
    assert "citation_author" not in metas(BARE)


def test_the_forms_offered_hold_the_same_text_as_the_forms_themselves() -> None:
    forms = {citation.form: text_of(citation.text) for citation in citations(REPORT, CONFIG)}
    assert forms == {
        "Plain text": text_of(plain(REPORT, CONFIG)),
        "BibTeX": bibtex(REPORT, CONFIG),
        "RIS": ris(REPORT, CONFIG),
    }


def test_schema_org_says_what_is_meant_and_claims_no_work_of_others() -> None:
    place = Entity("places/hajin", "", "place", "Hajin")
    person = Entity("commanders/x", "", "commander", "X al-Y")
    data = json.loads(report_json_ld(REPORT, [place, person], CONFIG))
    assert data["@type"] == "Report"
    assert data["isBasedOn"] == "https://source.example/1"
    assert data["author"] == {"@type": "Organization", "name": "The Observatory"}
    assert data["about"] == [{"@type": "Place", "name": "Hajin"}, {"@type": "Person", "name": "X al-Y"}]
    assert {"author", "isBasedOn", "datePublished", "about"}.isdisjoint(json.loads(report_json_ld(BARE, [], CONFIG)))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_json_in_a_page_reads_back_and_cannot_end_its_element(text: str) -> None:
    written = str(json_ld({"name": text, "@type": "x"}))
    assert json.loads(written) == {key: value for key, value in {"name": text, "@type": "x"}.items() if value}
    assert not set("<>&\u2028\u2029") & set(written)
