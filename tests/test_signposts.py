"""Names that are only suggested, references back, addresses that moved, and spellings that several bear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readingroom.config import Config
from readingroom.index import index
from readingroom.model import Content, Entity, Mention, Passage, Point, Report
from readingroom.output import Page
from readingroom.pages import Bases, pages
from readingroom.views import AmbiguousView, EntityView, IndexView, MovedView, ReportView

if TYPE_CHECKING:
    from readingroom.index import Archive
    from readingroom.model import Status
    from readingroom.views import View

TEXT = "Hajin fell to ISIS; the organization left Hagin. Sinjar, Abu Omar."
REPORT = Report(
    id="2018-01-18-aaaaaa", path="", title="A report", dek="", publisher="", published="2018-01-18",
    date_basis="given", date_evidence="", source="", language="en", original=None, cleaning=(), publish=True,
    paragraphs=(Passage("p1", TEXT),),
)  # fmt: skip
ISIS = Entity(id="factions/isis", path="", kind="faction", name="ISIS")


def mention(text: str, entity: str, status: Status, kind: str = "place") -> Mention:
    start = TEXT.index(text)
    return Mention(REPORT.id, "p1", start, start + len(text), text, kind, entity, status, 0.8, ("x",))


FOUND = {
    REPORT.id: (
        mention("Hajin", "places/hajin", "suggested"),
        mention("ISIS", "factions/isis", "reviewed", "faction"),
        mention("the organization", "factions/isis", "inferred", "faction"),
        mention("Hagin", "places/hajin", "suggested"),
        mention("Sinjar", "", "ambiguous"),
        mention("Abu Omar", "commanders/abu-omar", "withheld", "commander"),
    )
}


def archive(config: Config, *entities: Entity, moved: tuple[tuple[str, str], ...] = ()) -> Archive:
    return index(Content((ISIS, *entities), (), (), moved), [REPORT], FOUND, config)


def views(made: Archive) -> dict[str, View]:
    return {output.url: output.view for output in pages(made, Bases(made)) if isinstance(output, Page)}


def passage(made: Archive) -> str:
    view = views(made)[REPORT.url]
    assert isinstance(view, ReportView)
    return str(view.passages[0].html)


def test_a_suggested_place_has_a_page_that_says_so_and_its_commonest_spelling_as_name() -> None:
    entity = archive(Config()).entities["places/hajin"]
    assert (entity.id, entity.name, entity.variants, entity.suggested) == ("places/hajin", "Hagin", ("Hajin",), True)
    found = views(archive(Config()))
    view = found["places/hajin.html"]
    assert isinstance(view, EntityView)
    assert (view.suggested, view.mentions, view.reviewed) == (True, 2, "")
    letters = found["places/index.html"]
    assert isinstance(letters, IndexView)
    assert letters.suggested == 1
    assert 'class="e place suggested"' in passage(archive(Config()))


def test_an_archive_can_keep_suggestions_to_itself() -> None:
    made = archive(Config(publish_suggestions=False))
    assert "places/hajin.html" not in views(made)
    assert "suggested" not in passage(made)


def test_a_person_nobody_reviewed_is_nowhere() -> None:
    made = archive(Config())
    assert "commanders/abu-omar.html" not in views(made)
    assert "Abu Omar" not in {entity.name for entity in made.entities.values()}


def test_a_reference_back_is_marked_and_counted_and_linked_only_on_request() -> None:
    made = archive(Config())
    assert '<span class="back" title="ISIS (inferred)">the organization</span>' in passage(made)
    view = views(made)["factions/isis.html"]
    assert isinstance(view, EntityView)
    assert (view.mentions, view.inferred) == (1, 1)
    linked = passage(archive(Config(link_references=True)))
    assert '<a class="e faction" href="../factions/isis.html" title="ISIS">the organization</a>' in linked


def test_an_address_that_moved_leads_to_the_new_one_over_several_steps() -> None:
    moved = (("factions/daesh", "factions/is"), ("factions/is", "factions/isis"), ("factions/x", "factions/gone"))
    found = views(archive(Config(), moved=moved))
    for url in ("factions/daesh.html", "factions/is.html"):
        view = found[url]
        assert isinstance(view, MovedView)
        assert view.target == ("ISIS", "../factions/isis.html")
    assert "factions/x.html" not in found


def test_moves_in_a_circle_do_no_harm() -> None:
    found = views(archive(Config(), moved=(("factions/a", "factions/b"), ("factions/b", "factions/a"))))
    assert "factions/a.html" not in found


def test_a_spelling_that_several_bear_has_a_page_with_its_undecided_mentions() -> None:
    twins = [
        Entity(id=f"places/sinjar-{where}", path="", kind="place", name="Sinjar", within=where)
        for where in ("idlib", "ninewa")
    ]
    view = views(archive(Config(), *twins))["places/sinjar.html"]
    assert isinstance(view, AmbiguousView)
    assert [entry.url for entry in view.entities] == ["../places/sinjar-idlib.html", "../places/sinjar-ninewa.html"]
    assert [str(group).count("<mark>Sinjar</mark>") for group in view.undecided] == [1]
    bearer = Entity(id="places/sinjar", path="", kind="place", name="Sinjar")
    assert "places/sinjar-which.html" in views(archive(Config(), twins[0], bearer))


def test_a_place_told_by_distance_alone_is_shown_as_probable_on_both_pages() -> None:
    sinjar = Entity("places/sinjar", "", "place", "Sinjar", at=Point(35.59, 37.0, "village", "x"))
    told = mention("Sinjar", sinjar.id, "reviewed")._replace(confidence=0.7, why=("name", "nearest to Hajin"))
    found = views(index(Content((sinjar,), (), (), ()), [REPORT], {REPORT.id: (told,)}, Config()))
    report, entity = found[REPORT.url], found["places/sinjar.html"]
    assert isinstance(report, ReportView)
    assert isinstance(entity, EntityView)
    assert 'title="probably Sinjar: nearest to Hajin"' in report.passages[0].html
    assert [one.probable for register in report.registers for one in register.entries] == [True]
    assert "<small>probably</small>" in str(entity)


def test_the_page_of_a_shared_spelling_tells_its_bearers_apart() -> None:
    one = Entity("places/a", "", "place", "Sinjar", ("Sinjar Imam",), at=Point(35.59, 37.0, "village", "x"))
    other = Entity("places/b", "", "place", "Sinjar", within="nineveh")
    third = Entity("places/c", "", "place", "Sinjar", at=Point(-36.32, -41.86, "village", "x"))
    near = Entity("places/tall", "", "place", "Tall", at=Point(35.6, 37.0, "village", "x"))
    nineveh = Entity("places/nineveh", "", "place", "Nineveh")
    view = views(archive(Config(), one, other, third, near, nineveh))["places/sinjar.html"]
    assert isinstance(view, AmbiguousView)
    assert view.apart[0] == "35.59° N, 37.00° E; 1 km from Tall"
    assert view.apart[1] == "Nineveh"
    assert view.apart[2].startswith("36.32° S, 41.86° W; ")
