"""What spellings of many bearers cost: it grows with the text and with the bearers, not with both multiplied."""

from __future__ import annotations

import pytest

from counting import steps_of
from readingroom.ambiguity import MOST_BEARERS
from readingroom.config import DEFAULT_KINDS
from readingroom.model import Entity, Passage, Point, Report
from readingroom.recognise import Recogniser


def towns(number: int, *, contained: bool = True) -> list[Entity]:
    """Make so many places of one name, each within a province of its own and both on the map."""
    names = [f"Prov{chr(97 + at // 26)}{chr(97 + at % 26)}" for at in range(number)]
    points = [Point(30 + at / 10, 40, "exact", "") for at in range(number)]
    return [
        entity
        for at, (name, point) in enumerate(zip(names, points, strict=True))
        for entity in (
            Entity(f"places/tiba-{at}", "", "place", "Tiba", within=f"prov-{at}" if contained else "", at=point),
            Entity(f"places/prov-{at}", "", "place", name, at=point),
        )
    ]


def report(text: str) -> Report:
    return Report(
        id="undated-a", path="", title="", dek="", publisher="", published="", date_basis="unknown", date_evidence="",
        source="", language="en", original=None, cleaning=(), publish=True, paragraphs=(Passage("p1", text),),
    )  # fmt: skip


def steps(text: str, entities: list[Entity]) -> int:
    recogniser = Recogniser(entities, DEFAULT_KINDS)
    return steps_of(lambda: recogniser.mentions(report(text)))


@pytest.mark.parametrize("contained", [False, True])
@pytest.mark.parametrize("text", ["Tiba and Provab and ", "Tiba and ", "Provaa. Tiba and Provab and "])
def test_work_grows_with_the_mentions_of_a_shared_spelling(text: str, *, contained: bool) -> None:
    entities = towns(MOST_BEARERS, contained=contained)
    few, many = (steps(text * number, entities) for number in (20, 80))
    assert many < 5 * few


def test_work_grows_with_the_bearers_of_a_spelling() -> None:
    few, many = (steps("Tiba and Provab and " * 40, towns(number)) for number in (5, MOST_BEARERS))
    assert many < 5 * few
    more, most = (steps("Tiba and Provab and " * 40, towns(number)) for number in (25, 100))
    assert most < 5 * more


@pytest.mark.parametrize(("bearers", "status"), [(MOST_BEARERS, "reviewed"), (MOST_BEARERS + 1, "ambiguous")])
def test_a_spelling_of_more_than_twenty_is_left_open(bearers: int, status: str) -> None:
    found = Recogniser(towns(bearers), DEFAULT_KINDS).mentions(report("Tiba in Provab."))
    assert [(mention.text, mention.status) for mention in found] == [("Tiba", status), ("Provab", "reviewed")]


def test_of_two_containers_equally_near_the_first_gives_the_reason() -> None:
    outer = Entity("places/out", "", "place", "Outland")
    inner = Entity("places/inn", "", "place", "Innland", within="out")
    entities = [outer, inner, Entity("places/tiba-1", "", "place", "Tiba", within="inn"),
                Entity("places/tiba-2", "", "place", "Tiba", at=Point(1, 2, "exact", ""))]  # fmt: skip
    found = Recogniser(entities, DEFAULT_KINDS).mentions(report("Outland, Tiba, Innland."))
    assert found[1].why == ("name", "within Outland, named beside it")
