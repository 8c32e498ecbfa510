"""The property behind the incremental build: after any edits, its tree is that of a build without a past.

The planted bugs test the test: each is a mistake that an incremental build may make, and each must be found.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from archives import Archive, new_archive
from readingroom import mentions, segments
from readingroom.digest import digest_fields
from readingroom.pages import Bases
from readingroom.plan import Plan, plan
from readingroom.problems import ProblemsError
from readingroom.shelving import index_step, put_index
from readingroom.state import AROUND, as_written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hypothesis.strategies import SearchStrategy

    from readingroom.options import Search

SPELLINGS = (
    "Hajin", "Hajeen", "Sousa", "Deir Valley", "al-Tiba", "Al Tibah", "River Guards", "RG", "Abu Talha",
    "Abu Talha al-Almani", "the north", "Idlib",
)  # fmt: skip
SENTENCES = (
    *(f"They came to {name} at dawn." for name in SPELLINGS),
    "Nothing moved.",
    "Hajin and Sousa fell to RG.",
    "Then the organization left.",
    "Fighters of Liwa al-Tawheed shelled the village of Tal Kafr.",
    "Fighters of Liwa al-Tawhid left the village of Tell Kafr.",
    "The commander Tal Kafr spoke in the town of Liwa al-Tawhid.",
)
ENTITIES = ("places/a", "places/b", "places/c", "places/d", "factions/e", "commanders/f")
REPORTS = 5
number = st.integers


@pytest.fixture(autouse=True, scope="module")
def _small_segments() -> Iterator[None]:
    """Cut the few reports into several segments."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "SPAN", 2)
        yield


class Edit(NamedTuple):
    """One edit: what is done to an archive, and with what."""

    do: Callable[..., object]
    given: tuple[Any, ...]

    def __repr__(self) -> str:
        return f"{self.do.__name__}{self.given}"


def write_report(archive: Archive, which: int, day: int, title: int, sentences: Sequence[int]) -> None:
    name = f"2018-{which % 2 + 1:02d}-{which + 1:02d}-{which:06x}"
    paragraphs = [SENTENCES[sentence] for sentence in sentences]
    date = f"2018-{day // 28 + 1:02d}-{day % 28 + 1:02d}"
    keys = {"published": date, "date_basis": "given"} if day else {"date_basis": "unknown"}
    archive.report(name, *paragraphs, title=f"Report {which} says {title}", **keys)


def delete_report(archive: Archive, which: int) -> None:
    for path in sorted((archive.root / "content/reports").glob(f"*-{which:06x}.md")):
        path.unlink()


def withdraw_report(archive: Archive, which: int) -> None:
    for path in sorted((archive.root / "content/reports").glob(f"*-{which:06x}.md")):
        path.write_text(path.read_text().replace("---\n", "---\npublish: false\n", 1))


def write_entity(archive: Archive, which: int, names: Sequence[int], within: int, *, publish: bool) -> None:
    key = ENTITIES[which]
    others = [SPELLINGS[name] for name in names[1:]]
    keys = {} if publish else {"publish": "false"}
    if key.startswith("places/") and within < which:
        keys["within"] = ENTITIES[within].partition("/")[2]
    archive.entity(key, SPELLINGS[names[0]], *others, **keys)


def refer_back(archive: Archive, which: int, what: int) -> None:
    """Let an entity be meant by a phrase that refers back to it, or no longer."""
    path = archive.root / f"content/{ENTITIES[which]}.md"
    if path.is_file():
        lines = [line for line in path.read_text().splitlines(keepends=True) if not line.startswith("refers:")]
        path.write_text("".join([lines[0], f"refers: [{('the organization', 'the town')[what]}]\n", *lines[1:]]))


def delete_entity(archive: Archive, which: int) -> None:
    (archive.root / f"content/{ENTITIES[which]}.md").unlink(missing_ok=True)


def write_template(archive: Archive, which: int, text: int) -> None:
    name = ("_shown.html", "base.html", "report.html", "entity.html", "month.html")[which]
    text_now = archive.read(f"templates/{name}").split("<!--")[0]
    archive.write(f"templates/{name}", f"{text_now}<!--{text}-->")


def write_static(archive: Archive, text: int) -> None:
    archive.write("templates/static/own.css", f"/* {text} */")
    (archive.root / "templates/static/more.css").unlink(missing_ok=True)
    if text % 2:
        archive.write("templates/static/more.css", "more")


def write_settings(archive: Archive, which: int) -> None:
    address = 'url = "https://example.org/a/"\n' if which % 2 else ""
    archive.write("readingroom.toml", f'title = "Title {which // 2}"\n{address}')


def write_page(archive: Archive, text: int) -> None:
    archive.write("content/about.md", f"---\ntitle: About\n---\nText {text}.\n")


def announce(archive: Archive, which: int) -> None:
    archive.write("content/changes.yaml", f"- {{date: 2018-03-01, kind: correction, of: {ENTITIES[which]}, note: x}}\n")


def break_report(archive: Archive, which: int) -> None:
    archive.write(f"content/reports/2018-02-28-{which:06x}.md", "---\ntitel: x\n---\nx\n")


def harm_site(archive: Archive, how: int) -> None:
    harmed = sorted(path for path in archive.site.rglob("*.html") if path.is_file())[:: how + 1][-1:]
    for path in harmed:
        path.write_text("harmed")
    if archive.site.is_dir():
        archive.write(f"build/site/stray/{how}.html", "stray")


def lose_cache(archive: Archive) -> None:
    archive.cache.unlink(missing_ok=True)


def edits() -> SearchStrategy[Edit]:
    report, entity = number(0, REPORTS - 1), number(0, len(ENTITIES) - 1)
    sentences = st.lists(number(0, len(SENTENCES) - 1), min_size=1, max_size=3)
    names = st.lists(number(0, len(SPELLINGS) - 1), min_size=1, max_size=3, unique=True)

    def edit(do: Callable[..., object], *given: SearchStrategy[Any]) -> SearchStrategy[Edit]:
        return st.tuples(*given).map(lambda values: Edit(do, values))

    def write(archive: Archive, which: int, names: Sequence[int], within: int, publish: int) -> None:
        write_entity(archive, which, names, within, publish=publish > 0)

    common = [
        edit(write_report, report, number(0, 80), number(0, 1), sentences),
        edit(write, entity, names, number(0, 5), number(0, 4)),
        edit(delete_report, report),
        edit(delete_entity, entity),
        edit(write_template, number(0, 4), number(0, 2)),
    ]
    rare = [
        edit(withdraw_report, report),
        edit(write_static, number(0, 3)),
        edit(write_settings, number(0, 3)),
        edit(write_page, number(0, 2)),
        edit(announce, entity),
        edit(refer_back, entity, number(0, 1)),
        edit(break_report, report),
        edit(harm_site, number(0, 3)),
        edit(lose_cache),
    ]
    kinds = [*common, *common, *rare]
    return number(0, len(kinds) - 1).flatmap(lambda kind: kinds[kind])


def begin(root: Path) -> Archive:
    archive = new_archive(root)
    for which in range(4):
        write_report(archive, which, 10 * which + 1, 0, [which, which + 4, 12, 15 + which % 2])
    for which, names in enumerate([[0, 1], [2], [3], [4, 5], [6, 7], [8, 9]]):
        write_entity(archive, which, names, 0, publish=True)
    return archive


def built(archive: Archive, search: Search) -> bool:
    """Build; where the content is at fault the site must stay as it was."""
    before = archive.tree()
    try:
        archive.build(search)
    except ProblemsError:
        assert archive.tree() == before
        return False
    return True


def check(history: Sequence[Edit], *, search: bool) -> None:
    """Build after every edit and compare; at the end with the search index."""
    with tempfile.TemporaryDirectory() as folder:
        archive = begin(Path(folder, "warm"))
        archive.build()
        for step, edit in enumerate(history):
            edit.do(archive, *edit.given)
            if not compare(archive, Path(folder, str(step)), "none"):
                mend(archive)
        if search:
            archive.build("now", keep_going=True)
            write_report(archive, 0, 40, 1, [0, 2, 6])
            compare(archive, Path(folder, "search"), "now")


def mend(archive: Archive) -> None:
    for path in (archive.root / "content/reports").glob("2018-02-28-*.md"):
        path.unlink()


def compare(archive: Archive, root: Path, search: Search) -> bool:
    cold = archive.copy_to(root)
    whole = built(cold, search)
    assert built(archive, search) == whole
    if whole:
        assert archive.tree() == cold.tree()
    shutil.rmtree(root)
    return whole


HISTORIES = st.lists(edits(), min_size=1, max_size=7)
CHECKED = settings(deadline=None, max_examples=8, suppress_health_check=list(HealthCheck))


@CHECKED
@given(HISTORIES)
def test_after_any_edits_the_warm_tree_is_the_cold_tree(history: list[Edit]) -> None:
    check(history, search=False)


@settings(CHECKED, max_examples=2)
@given(HISTORIES)
def test_after_any_edits_the_warm_tree_is_the_cold_tree_with_search(history: list[Edit]) -> None:
    check(history, search=True)


@pytest.mark.long
@settings(CHECKED, max_examples=200)
@given(st.lists(edits(), min_size=20, max_size=20))
def test_after_twenty_edits_two_hundred_times_the_warm_tree_is_the_cold_tree(history: list[Edit]) -> None:
    check(history, search=True)


# Bugs planted on purpose


def ignore_fields(*names: str) -> Callable[[pytest.MonkeyPatch], None]:
    def plant(patch: pytest.MonkeyPatch) -> None:
        def forgetful(value: object) -> dict[str, str]:
            return {name: digest for name, digest in digest_fields(value).items() if name not in names}

        patch.setattr("readingroom.site.digest_fields", forgetful)

    return plant


def keep_mentions(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("readingroom.mentions.changed_spellings", lambda before, _now: None if before is None else ())


def keep_pages(patch: pytest.MonkeyPatch) -> None:
    def put_and_keep(stage: Any, step: Any, past: Any, shelving: Any, indexes: Any) -> Any:
        stage.keep(url for url in past[0].files if (stage.path.parent.parent / "site" / url).is_file())
        return put_index(stage, step, past, shelving, indexes)

    patch.setattr("readingroom.build.put_index", put_and_keep)


def keep_what_was_lost(patch: pytest.MonkeyPatch) -> None:
    def trusting(site: Path, last: Any) -> Any:
        here = as_written(site, last)
        return here._replace(outputs=here.outputs | set(last.bases))

    patch.setattr("readingroom.build.as_written", trusting)


def overlook(part: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Leave a part out of what pages are said to be made from."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(Bases, part, lambda *_: b"")

    return plant


def overlook_included_templates(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("readingroom.templates.meta.find_referenced_templates", lambda _tree: [])


def keep_reports_by_name(patch: pytest.MonkeyPatch) -> None:
    honest = mentions._parted  # noqa: SLF001 - the bug goes where the decision is

    def by_name(where: Any, paths: Any, rows: Any, holders: Any) -> Any:
        digests = {**where.digests, **{path: row["sha256"] for path, row in rows.items()}}
        return honest(where._replace(digests=digests), paths, rows, holders)

    patch.setattr(mentions, "_parted", by_name)


def keep_sums(*shelves: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Keep what was added up of a segment whatever its reports say now."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        def careless(cache: Any, shelf: Any, segment: Any) -> Any:
            row = cache.get(shelf, segment.key) if shelf in shelves else None
            return row[1:] if row else segments.kept(cache, shelf, segment)

        patch.setattr("readingroom.settling.kept", careless)

    return plant


def keep_around(patch: pytest.MonkeyPatch) -> None:
    def careless(cache: Any, _basis: str) -> bytes | None:
        row = cache.get("build", AROUND)
        return bytes.fromhex(row["digests"]) if row else None

    patch.setattr("readingroom.build.kept_around", careless)


def keep_the_index(patch: pytest.MonkeyPatch) -> None:
    def step(reports: Any, labels: Any, past: Any, **more: Any) -> Any:
        found, (last, here) = index_step(reports, labels, past, **more), past
        return found._replace(does="keep") if last.index and here.index_whole and found.does == "make" else found

    patch.setattr("readingroom.build.index_step", step)


PLANTED: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "previous and next are not rendered again": ignore_fields("previous", "next"),
    "a field of one view is ignored": ignore_fields("letters"),
    "mentions are kept when a variant changes": keep_mentions,
    "pages nobody wants stay": keep_pages,
    "what is not as it was written is trusted": keep_what_was_lost,
    "included templates are overlooked": overlook_included_templates,
    "reports are kept by name": keep_reports_by_name,
    "names that pages show are overlooked": overlook("face"),
    "reports are overlooked": overlook("reports"),
    "what reports are called and whom they name is overlooked": overlook("headings"),
    "what pages quote of reports is overlooked": overlook("quoted"),
    "what tables hold of reports is overlooked": overlook("lines"),
    "what reports show of others is kept": keep_around,
    "what the archive says of a name is kept": keep_sums("settled"),
    "the votes of a segment are kept": keep_sums("poll"),
    "what the reports of a segment come to is kept": keep_sums("sums"),
}


def found(history_of: SearchStrategy[list[Edit]], *, search: bool = False) -> bool:
    """Tell whether the property fails, without looking for the smallest way it does."""

    @settings(CHECKED, max_examples=60, phases=[Phase.generate], database=None, derandomize=True)
    @given(history_of)
    def run(history: list[Edit]) -> None:
        check(history, search=search)

    try:
        run()
    except (AssertionError, ExceptionGroup, FileNotFoundError, LookupError):
        return True
    return False


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_found(monkeypatch: pytest.MonkeyPatch, bug: str) -> None:
    PLANTED[bug](monkeypatch)
    assert found(st.lists(edits(), min_size=4, max_size=8))


def test_a_planted_bug_of_the_search_index_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_the_index(monkeypatch)
    assert found(HISTORIES, search=True)


def test_the_measure_itself_passes_without_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Plan] = []

    def watched(*given: Any) -> Plan:
        seen.append(plan(*given))
        return seen[-1]

    monkeypatch.setattr("readingroom.build.plan", watched)
    history = [Edit(write_report, (0, 5, 1, [0, 2])), Edit(delete_report, (1,)), Edit(write_static, (1,))]
    check(history, search=False)
    assert any(item.stale and item.fresh for item in seen)
    assert any(item.removed for item in seen)
