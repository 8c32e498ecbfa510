from __future__ import annotations

from dataclasses import replace

from readingroom.config import Config
from readingroom.index import Archive, index
from readingroom.model import Content, Entity, Mention, Passage, Report
from readingroom.naming import Companionship
from readingroom.related import LIMIT, REACH

KINDS = {"places": "place", "factions": "faction"}


def report(name: str, published: str, *texts: str, publish: bool = True) -> Report:
    return Report(
        id=name, path=f"content/reports/{name}.md", title=name, dek="", publisher="", published=published,
        date_basis="given", date_evidence="", source="", language="en", original=None, cleaning=(), publish=publish,
        paragraphs=tuple(Passage(f"p{number}", text) for number, text in enumerate(texts, 1)),
    )  # fmt: skip


def entity(key: str, *, publish: bool = True) -> Entity:
    name = key.partition("/")[2]
    return Entity(id=key, path=f"content/{key}.md", kind=KINDS[key.partition("/")[0]], name=name, publish=publish)


def naming(reports: list[Report], entities: list[Entity]) -> dict[str, list[Mention]]:
    """Find every name by the plainest search there is."""
    found: dict[str, list[Mention]] = {}
    for item in reports:
        rows = [
            Mention(
                item.id, passage.anchor, at, at + len(other.name), other.name, other.kind, other.id, "reviewed", 1.0, ()
            )
            for passage in item.passages
            for other in entities
            for at in range(len(passage.text))
            if passage.text.startswith(other.name, at)
        ]
        found[item.id] = sorted(rows, key=lambda row: (row.paragraph, row.start))
    return found


def archive(reports: list[Report], entities: list[Entity]) -> Archive:
    return index(Content(tuple(entities), (), ()), reports, naming(reports, entities), Config())


HAJIN, IDLIB, ISIS = entity("places/Hajin"), entity("places/Idlib"), entity("factions/ISIS")


def test_reports_are_in_order_of_date_and_undated_ones_come_last() -> None:
    made = archive([report("c", ""), report("b", "2018-02"), report("a", "2018-02-09"), report("d", "2017")], [])
    assert [item.id for item in made.cards] == ["d", "b", "a", "c"]


def test_what_is_not_to_be_published_is_nowhere() -> None:
    hidden = entity("places/Hajin", publish=False)
    made = archive(
        [report("a", "2018", "Hajin and Idlib"), report("b", "2018", "Idlib", publish=False)], [hidden, IDLIB]
    )
    assert [item.id for item in made.cards] == ["a"]
    assert list(made.entities) == ["places/Idlib"]
    assert [mention.entity for mention in made.shown["a"].mentions] == ["places/Idlib"]
    assert "b" not in made.shown
    assert made.naming.total("places/Idlib") == 1


def test_mentions_that_are_not_decided_are_not_shown() -> None:
    reports = [report("a", "2018", "Hajin")]
    found = naming(reports, [HAJIN])
    for status in ("ambiguous", "withheld", "publisher", "inferred"):
        rows = {"a": [row._replace(status=status) for row in found["a"]]}
        made = index(Content((HAJIN,), (), ()), reports, rows, Config())
        assert (made.shown["a"].mentions, "places/Hajin" in made.naming) == ((), False)


def test_an_entity_nobody_names_is_still_there() -> None:
    made = archive([report("a", "2018", "Nothing.")], [HAJIN])
    assert list(made.entities) == ["places/Hajin"]
    assert (made.naming.total("places/Hajin"), list(made.naming.holders("places/Hajin"))) == (0, [])


def test_companions_are_those_of_one_sentence() -> None:
    made = archive(
        [report("a", "2018", "ISIS left. ISIS was in Hajin, and Hajin is far. Idlib.")], [HAJIN, IDLIB, ISIS]
    )
    assert made.naming.companions("places/Hajin") == (Companionship("factions/ISIS", 1, 0, "p1"),)
    assert made.naming.companions("places/Idlib") == ()


def test_the_evidence_for_companions_is_the_first_sentence_with_the_fewest_names() -> None:
    texts = ["ISIS left Hajin for Idlib. Idlib.", "Hajin fell to ISIS. Hajin and Idlib.", "ISIS in Hajin."]
    reports = [report(f"r{number}", f"2018-01-0{number}", text) for number, text in enumerate(texts, start=1)]
    made = archive(reports, [HAJIN, IDLIB, ISIS])
    assert made.naming.companions("places/Hajin") == (
        Companionship("factions/ISIS", 3, 1, "p1"), Companionship("places/Idlib", 2, 1, "p1"),
    )  # fmt: skip


def test_an_entity_without_a_page_is_nobodys_companion() -> None:
    hidden = replace(ISIS, publish=False)
    made = archive([report("a", "2018", "ISIS was in Hajin, near Idlib.")], [HAJIN, IDLIB, hidden])
    assert [one.entity for one in made.naming.companions("places/Hajin")] == ["places/Idlib"]


def test_related_reports_share_the_rarest_names_first() -> None:
    reports = [report(f"r{number}", f"2018-01-{number:02d}", "ISIS") for number in range(1, 9)]
    reports += [report("x", "2018-02-01", "ISIS in Hajin"), report("y", "2018-02-02", "Hajin and ISIS")]
    made = archive(reports, [HAJIN, ISIS])
    x, y = made.position["x"], made.position["y"]
    best, *others = made.relations.related(x)
    assert (best.position, best.shared) == (y, ("places/Hajin", "factions/ISIS"))
    assert len(others) == LIMIT - 1
    assert all(other.shared == ("factions/ISIS",) for other in others)
    assert x not in {relation.position for relation in made.relations.related(x)}


def test_the_work_to_relate_a_report_does_not_grow_with_the_archive() -> None:
    reports = [report(f"r{number:04}", f"2018-01-{number % 28 + 1:02d}", "ISIS near Hajin") for number in range(500)]
    made = archive(reports, [HAJIN, ISIS])
    around = [*range(250 - REACH, 250), *range(251, 251 + REACH)]
    assert [*made.relations.near(250)] == around + around  # by either name


def test_places_know_what_lies_in_them() -> None:
    inside = Entity(id="places/b", path="", kind="place", name="b", within="Hajin")
    assert [item.id for item in archive([], [HAJIN, inside]).children["places/Hajin"]] == ["places/b"]
