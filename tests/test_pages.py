"""What the pages of a small archive receive."""

from __future__ import annotations

import csv
import gzip
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import pytest

from archives import new_archive
from readingroom.config import Config
from readingroom.digest import digest_bytes
from readingroom.feed_views import FeedView, RobotsView, SitemapsView, SitemapView
from readingroom.index import index
from readingroom.model import Change, Content, DateBasis, Entity, FreePage, Mention, Original, Passage, Report
from readingroom.output import Copy, DataFile, Page, Text
from readingroom.pages import Bases, closing_pages, pages
from readingroom.pages.chart import chart
from readingroom.pages.entity import CUT_BY_YEAR
from readingroom.pages.feeds import SUMMARY
from readingroom.pages.report import date_note
from readingroom.tables import COLUMNS
from readingroom.views import (
    ChangesView,
    DataView,
    EntityView,
    HomeView,
    IndexView,
    Link,
    MissingView,
    MonthView,
    ReportsView,
    ReportView,
    WithdrawnView,
)

if TYPE_CHECKING:
    from pathlib import Path

    from readingroom.index import Archive
    from readingroom.output import Output

Shown = TypeVar("Shown")
TEXT = "Fighters of ISIS entered Hajin, a town on the river, before noon."


def report(number: int, published: str, text: str = TEXT) -> Report:
    return Report(
        id=f"{published or 'undated'}-{number:06x}", path=f"content/reports/{number}.md", title=f"Report {number}",
        dek="", publisher="The Monitor", published=published, date_basis="stated", date_evidence="today (p1)",
        source="https://www.example.org/1/", language="en", original=Original(f"{number}.txt", "ab" * 32), cleaning=(),
        publish=True, paragraphs=(Passage("p1", text),),
    )  # fmt: skip


HAJIN = Entity(
    id="places/hajin", path="content/places/hajin.md", kind="place", name="Hajin", variants=("Hagin", "al-Hajin"),
    native=(("ar", "هجين"),), within="deir-ez-zor",
)  # fmt: skip
DEIR = Entity(id="places/deir-ez-zor", path="", kind="place", name="Deir ez-Zor")
ALMANI = Entity(id="commanders/almani", path="", kind="commander", name="Abu Talha al-Almani")


def mention(item: Report, entity: Entity, word: str) -> Mention:
    start = item.paragraphs[0].text.index(word)
    return Mention(item.id, "p1", start, start + len(word), word, entity.kind, entity.id, "reviewed", 1.0, ("name",))


def archive(reports: list[Report], config: Config | None = None, changes: tuple[Change, ...] = ()) -> Archive:
    about = FreePage("about", "content/about.md", "About", "Who *speaks*.")
    content = Content((HAJIN, DEIR, ALMANI), (about,), changes)
    found = {item.id: [mention(item, HAJIN, "Hajin")] for item in reports if "Hajin" in item.paragraphs[0].text}
    return index(content, reports, found, config or Config(title="Test archive"))


def content_of(text: Text) -> bytes:
    return b"".join(text.parts)


def outputs(made: Archive) -> dict[str, Output]:
    copies = [Copy(f"originals/{card.original}", "x", card.sha256, 9) for card in made.cards if card.original]
    bases = Bases(made)
    found: list[Output] = [*pages(made, bases), *copies]
    texts = {item.url: content_of(item) for item in found if isinstance(item, Text)}
    data = {url: DataFile(digest_bytes(content), len(content)) for url, content in texts.items()}
    found += closing_pages(made, bases, copies, {url: file for url, file in data.items() if url.startswith("data/")})
    assert len({output.url for output in found}) == len(found)
    return {output.url: output for output in found}


def view(found: dict[str, Output], url: str, kind: type[Shown]) -> Shown:
    page = found[url]
    assert isinstance(page, Page)
    assert isinstance(page.view, kind)
    return page.view


REPORTS = [report(1, "2018-01-18"), report(2, "2018-02-09"), report(3, "")]
FOUND = outputs(archive(REPORTS))


def test_the_site_has_exactly_the_addresses_formats_names() -> None:
    assert set(FOUND) == {
        "index.html", "search.html", "about.html", "data.html", "changes.html", "404.html", "robots.txt",
        "reports/index.html", "reports/2018-01-18-000001.html", "reports/2018-02-09-000002.html",
        "reports/undated-000003.html", "months/2018-01.html", "months/2018-02.html", "months/undated.html",
        "places/index.html", "places/hajin.html", "places/deir-ez-zor.html", "factions/index.html",
        "commanders/index.html", "commanders/almani.html", "originals/1.txt", "originals/2.txt", "originals/3.txt",
        "data/mentions.csv", "data/entities.json", "data/reports.csv", "data/SHA256SUMS", "names/names.js",
        "names/rules.js",
    }  # fmt: skip


def test_an_address_adds_feed_sitemap_and_canonical_links() -> None:
    made = archive(
        REPORTS, Config(url="https://example.org/a/"), (Change("2026-11-22", "correction", REPORTS[0].id, "x"),)
    )
    found = outputs(made)
    assert set(found) - set(FOUND) == {"feed.xml", "sitemap.xml"}
    feed = view(found, "feed.xml", FeedView)
    assert [(entry.url, entry.updated) for entry in feed.entries] == [
        ("https://example.org/a/reports/2018-02-09-000002.html", "2018-02-09T00:00:00Z"),
        ("https://example.org/a/reports/2018-01-18-000001.html", "2026-11-22T00:00:00Z"),
    ]
    assert feed.updated == "2026-11-22T00:00:00Z"
    assert view(found, "robots.txt", RobotsView).sitemap == "https://example.org/a/sitemap.xml"
    assert view(found, "places/hajin.html", EntityView).head.canonical == "https://example.org/a/places/hajin.html"
    listed = view(found, "sitemap.xml", SitemapView).urls
    assert "https://example.org/a/places/hajin.html" in listed
    assert not any("commanders" in url for url in listed)
    assert view(found, "404.html", MissingView).chrome.root == "/a/"


def test_a_report_without_a_date_is_neither_earlier_nor_later_than_another() -> None:
    last, undated = (view(FOUND, card.url, ReportView) for card in (REPORTS[1].card, REPORTS[2].card))
    assert last.previous
    assert (last.next, undated.previous, undated.next) == (None, None, None)


def test_a_report_page_links_names_and_says_where_its_date_comes_from() -> None:
    shown = view(FOUND, "reports/2018-01-18-000001.html", ReportView)
    assert str(shown.passages[0].html) == TEXT.replace(
        "Hajin", '<a class="e place" href="../places/hajin.html">Hajin</a>'
    )
    assert (shown.date, shown.date_note, shown.date_evidence) == ("18 January 2018", "stated in ¶1", "#p1")
    assert (shown.source and shown.source.text, shown.words) == ("example.org/1", 12)
    assert shown.previous is None
    assert shown.next is not None
    assert shown.next.url == "../reports/2018-02-09-000002.html"
    assert [(item.kind, item.entries[0].where) for item in shown.registers] == [("place", "p1")]
    assert [citation.form for citation in shown.citations] == ["Plain text", "BibTeX", "RIS"]


def test_an_entity_page_shows_every_mention_in_context_with_its_paragraph() -> None:
    shown = view(FOUND, "places/hajin.html", EntityView)
    assert (shown.mentions, shown.reports, shown.span) == (3, 3, "18 January 2018 – 9 February 2018")
    assert str(shown.concordance[0]) == (
        '<section>\n<h3><a href="../reports/2018-01-18-000001.html"><bdi lang="en" dir="ltr">Report 1</bdi></a>'
        ' <span class="when">18 January 2018</span></h3>\n'
        '<ol><li><a class="ref" href="../reports/2018-01-18-000001.html#p1">¶1</a><p lang="en" dir="ltr">'
        "Fighters of ISIS entered <mark>Hajin</mark>, a town on the river, before noon.</p></li>\n</ol></section>\n"
    )
    assert [item.text for item in shown.lineage] == ["Deir ez-Zor"]
    assert view(FOUND, "places/deir-ez-zor.html", EntityView).parts[0].name == "Hajin"
    assert [(item.text, item.direction) for item in shown.native] == [("هجين", "rtl")]


def test_context_is_cut_between_words() -> None:
    text = f"{'long words before ' * 20}Hajin{' long words after' * 20}"
    shown = view(outputs(archive([report(1, "2018", text)])), "places/hajin.html", EntityView)
    line = str(shown.concordance[0]).partition('dir="ltr">')[2].partition('dir="ltr">')[2].partition("</p>")[0]
    left, _, right = line.partition("<mark>Hajin</mark>")
    assert left.startswith("…")
    assert left[1:].split()[0] in {"long", "words", "before"}
    assert right.endswith("…")
    assert right[:-1].split()[-1] in {"long", "words", "after"}


def test_pages_of_persons_ask_search_engines_to_stay_away_and_carry_no_data_for_them() -> None:
    head = view(FOUND, "commanders/almani.html", EntityView).head
    assert (head.robots, str(head.json_ld)) == ("noindex", "")
    assert view(FOUND, "commanders/index.html", IndexView).head.robots == "noindex"
    assert view(FOUND, "places/hajin.html", EntityView).head.robots == ""


def test_a_long_concordance_is_cut_by_year_and_a_new_report_touches_only_its_year() -> None:
    many = [report(number, f"{2016 + number % 3}-01-01") for number in range(CUT_BY_YEAR + 1)]
    found = outputs(archive(many))
    shown = view(found, "places/hajin.html", EntityView)
    assert [year.name for year in shown.years] == ["2016", "2017", "2018"]
    assert shown.concordance == ()
    part = view(found, "places/hajin.2018.html", EntityView)
    assert (part.year, len(part.concordance), part.mentions) == ("2018", 100, 100)
    more = outputs(archive([*many, report(9999, "2017-06-01")]))
    assert view(more, "places/hajin.2018.html", EntityView).concordance == part.concordance
    assert view(more, "places/hajin.2017.html", EntityView).mentions == 101


def test_the_index_files_names_without_article_and_refers_from_other_spellings() -> None:
    shown = view(FOUND, "places/index.html", IndexView)
    entries = {letter.letter: [(entry.name, entry.see) for entry in letter.entries] for letter in shown.letters}
    assert entries == {"D": [("Deir ez-Zor", "")], "H": [("Hagin", "Hajin"), ("Hajin", "")]}


def test_reports_are_listed_by_year_and_month_with_undated_ones_last() -> None:
    groups = view(FOUND, "reports/index.html", ReportsView).years
    assert [(group.year, [month.label for month in group.months]) for group in groups] == [
        ("2018", ["February 2018", "January 2018"]),
        ("undated", ["without a month"]),
    ]
    month = view(FOUND, "months/2018-01.html", MonthView)
    assert (month.label, month.previous, month.next and month.next.text) == ("January 2018", None, "February 2018")


def test_a_long_month_lists_its_days_which_list_their_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    dates = ("2018-01-18", "2018-01-18", "2018-01-02", "2018-01", "2018-01-20/2018-02-03", "2018-02-09", "", "", "", "")
    found = outputs(archive([report(number, date) for number, date in enumerate(dates, start=1)]))
    assert not any(url.startswith("months/2018-01-") for url in found)
    monkeypatch.setattr("readingroom.pages.lists.LONG_MONTH", 3)
    found = outputs(archive([report(number, date) for number, date in enumerate(dates, start=1)]))
    month = view(found, "months/2018-01.html", MonthView)
    assert [(day.name, day.url, day.total) for day in month.days] == [
        ("2 January 2018", "../months/2018-01-02.html", 1),
        ("18 January 2018", "../months/2018-01-18.html", 2),
        ("20 January 2018", "../months/2018-01-20.html", 1),
    ]
    assert [row.title for row in month.reports] == ["Report 4"]
    assert month.head.description == "5 reports in Test archive: January 2018."
    assert (month.month, month.next and month.next.text) == (None, "February 2018")
    day = view(found, "months/2018-01-18.html", MonthView)
    assert day.month == Link("January 2018", "../months/2018-01.html")
    assert [row.title for row in day.reports] == ["Report 1", "Report 2"]
    assert [step and step.text for step in (day.previous, day.next)] == ["2 January 2018", "20 January 2018"]
    assert len(view(found, "months/2018-02.html", MonthView).reports) == 1
    undated = view(found, "months/undated.html", MonthView)
    assert (undated.days, len(undated.reports)) == ((), 4)


def test_home_says_what_the_archive_covers() -> None:
    coverage = view(FOUND, "index.html", HomeView).coverage
    assert (coverage.reports, coverage.undated, coverage.first, coverage.last) == (
        3, 1, "18 January 2018", "9 February 2018",
    )  # fmt: skip
    assert coverage.publishers == ("The Monitor",)


def test_an_archive_without_reports_has_its_pages_all_the_same() -> None:
    found = outputs(archive([]))
    assert view(found, "index.html", HomeView).coverage.reports == 0
    assert view(found, "reports/index.html", ReportsView).years == ()
    assert view(found, "places/hajin.html", EntityView).concordance == ()


def test_the_front_page_says_how_many_names_there_are_beyond_those_it_lists() -> None:
    listed = {register.kind: register for register in view(outputs(archive(REPORTS)), "index.html", HomeView).registers}
    assert [entry.name for entry in listed["place"].entries] == ["Hajin"]
    assert listed["place"].more == 1, "Deir ez-Zor is known, but no report names it"


def test_a_report_without_a_publisher_does_not_become_the_archives_own_in_the_feed() -> None:
    config = Config(title="Test archive", url="https://example.org/", maintainer="The keepers")
    found = view(outputs(archive([replace(REPORTS[0], publisher=""), REPORTS[1]], config)), "feed.xml", FeedView)
    assert sorted(entry.author for entry in found.entries) == ["The Monitor", "publisher not stated"]


def test_a_withdrawn_report_leaves_its_id_and_why_it_went() -> None:
    withdrawn = replace(REPORTS[0], publish=False)
    made = archive([withdrawn, *REPORTS[1:]], changes=(Change("2026-11-22", "withdrawal", withdrawn.id, "asked for"),))
    found = outputs(made)
    page = view(found, withdrawn.url, WithdrawnView)
    assert (page.id, page.date, page.note) == (withdrawn.id, "22 November 2026", "asked for")
    assert page.head.robots == "noindex"
    assert "originals/1.txt" not in found
    hidden = archive([withdrawn, *REPORTS[1:]], changes=(Change("2026-11-22", "correction", withdrawn.id, "a typo"),))
    assert withdrawn.url not in outputs(hidden)
    announced = archive(REPORTS, changes=(Change("2026-11-22", "withdrawal", withdrawn.id, "asked for"),))
    assert view(outputs(announced), withdrawn.url, ReportView).id == withdrawn.id
    (change,) = view(found, "changes.html", ChangesView).changes
    assert (change.kind, change.note, change.of.url) == ("withdrawal", "asked for", withdrawn.url)


def test_tables_of_a_large_archive_are_cut_by_year_and_compressed_where_one_is_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tables = {"mentions", "reports"}
    assert {f"data/{name}.csv" for name in tables} <= set(FOUND)
    monkeypatch.setattr("readingroom.pages.data.MOST_IN_ONE", 2)
    monkeypatch.setattr("readingroom.pages.data.MOST_PLAIN", 2)
    reports = [*REPORTS, report(4, "2017-01-01")]
    found = outputs(archive(reports))
    cut = {f"data/{name}.{year}.csv" for name in tables for year in ("2017", "2018", "undated")}
    assert {url for url in found if url.endswith(".csv")} == cut
    monkeypatch.setattr("readingroom.pages.data.MOST_PLAIN", 1)
    packed = outputs(archive(reports))
    assert {url for url in packed if url.startswith("data/") and ".csv" in url} == {f"{url}.gz" for url in cut}
    for url in cut:
        plain, small = found[url], packed[f"{url}.gz"]
        assert isinstance(plain, Text)
        assert isinstance(small, Text)
        assert gzip.decompress(content_of(small)) == content_of(plain)
    assert [file.about for file in view(packed, "data.html", DataView).files] == [
        file.about for file in view(found, "data.html", DataView).files
    ]


def test_tables_are_joined_from_lines_and_no_report_is_read_for_them() -> None:
    known = outputs(archive(REPORTS))
    found = outputs(replace(archive(REPORTS), shown={}))
    for table in COLUMNS:
        made, again = known[f"data/{table}.csv"], found[f"data/{table}.csv"]
        assert isinstance(made, Text)
        assert isinstance(again, Text)
        assert content_of(again) == content_of(made)
        assert content_of(made).count(b"\n") == 1 + len(REPORTS)


def test_a_sitemap_too_long_for_one_file_is_cut_and_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    made = archive(REPORTS, Config(url="https://example.org/a/"))
    whole = view(outputs(made), "sitemap.xml", SitemapView).urls
    monkeypatch.setattr("readingroom.pages.feeds.SITEMAP", 5)
    found = outputs(made)
    names = view(found, "sitemap.xml", SitemapsView).urls
    assert len(names) == -(-len(whole) // 5) > 1
    parts = [view(found, name.removeprefix("https://example.org/a/"), SitemapView).urls for name in names]
    assert [len(part) for part in parts[:-1]] == [5] * (len(parts) - 1)
    assert tuple(url for part in parts for url in part) == whole


def test_the_feed_holds_the_latest_reports_and_little_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readingroom.pages.feeds.LATEST", 2)
    long = [report(number, f"2018-01-{number:02}", "word " * 500) for number in range(1, 6)]
    feed = view(outputs(archive(long, Config(url="https://example.org/a/"))), "feed.xml", FeedView)
    assert [entry.title for entry in feed.entries] == ["Report 5", "Report 4"]
    assert all(len(entry.summary) <= SUMMARY for entry in feed.entries)


def test_data_files_hold_every_mention_and_their_checksums() -> None:
    text = FOUND["data/mentions.csv"]
    assert isinstance(text, Text)
    rows = list(csv.DictReader(io.StringIO(content_of(text).decode())))
    assert [(row["report"], row["text"], row["entity"]) for row in rows] == [
        (item.id, "Hajin", "places/hajin") for item in REPORTS
    ]
    entities = FOUND["data/entities.json"]
    assert isinstance(entities, Text)
    assert {row["id"]: row["mentions"] for row in json.loads(content_of(entities))}["places/hajin"] == 3
    data = view(FOUND, "data.html", DataView)
    sums = FOUND["data/SHA256SUMS"]
    assert isinstance(sums, Text)
    for file in (*data.files, *data.originals):
        assert f"{file.sha256}  {file.url}\n" in content_of(sums).decode()


@pytest.mark.parametrize(
    ("basis", "evidence", "note", "where"),
    [
        ("stated", "18 January 2018 (p1)", "stated in ¶1", "p1"),
        ("stated", "18 January 2018 (p9)", "stated in the text", ""),
        ("inferred", "18 January 2018 (title)", "inferred from the headline", "title"),
        ("stated", "2018-01-18 (page metadata)", "stated in the metadata of the web page", ""),
        ("stated", "18 January 2018 (date line)", "stated in its date line", ""),
        ("given", "index.csv", "as given by the archive", ""),
    ],
)
def test_a_date_says_what_it_rests_on(basis: DateBasis, evidence: str, note: str, where: str) -> None:
    dated = replace(report(1, "2018-01-18"), date_basis=basis, date_evidence=evidence)
    assert date_note(dated) == (note, where)


def test_names_nobody_reviewed_are_marked_among_the_data(tmp_path: Path) -> None:
    made = new_archive(tmp_path)
    made.entity("places/hajin", "Hajin")
    made.report("2018-01-01-000001", "They left Hajin for the village of Tal Kafr.")
    made.build()
    rows = {
        row["name"]: row.get("suggested", False) for row in json.loads((made.site / "data/entities.json").read_text())
    }
    assert rows == {"Hajin": False, "Tal Kafr": True}
    assert "The names of the archive; 1 only suggested, and marked so" in (made.site / "data.html").read_text()
    made.entity("places/tal-kafr", "Tal Kafr")
    made.build()
    assert "The names of the archive, all reviewed" in (made.site / "data.html").read_text()


def test_a_spreadsheet_never_takes_a_text_for_a_formula() -> None:
    made = archive([replace(report(1, "2018"), title="=cmd|' /C calc'!A0")])
    text = outputs(made)["data/reports.csv"]
    assert isinstance(text, Text)
    assert next(csv.DictReader(io.StringIO(content_of(text).decode())))["title"].startswith("'=")


def test_the_chart_shows_months_or_years_and_nothing_for_one_period() -> None:
    assert chart([("2018-01-02", 10), ("2018-01-03", 10)], "../") is None
    assert chart([("2018-01-02", 5), ("2018-03-03", 4)], "../") is None
    months = chart([("2018-01-02", 5), ("2018-03-03", 5)], "../")
    assert months is not None
    assert [(bar.label, bar.total) for bar in months.bars] == [
        ("January 2018", 5),
        ("February 2018", 0),
        ("March 2018", 5),
    ]
    years = chart([("1990-01-02", 5), ("2018-03-03", 5)], "../")
    assert years is not None
    assert (len(years.bars), years.bars[0].label) == (29, "1990")
    assert chart([], "") is None
