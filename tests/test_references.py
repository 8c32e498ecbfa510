from __future__ import annotations

from readingroom.model import Entity, Mention, Passage, Report
from readingroom.references import References

ISIS = Entity(id="factions/isis", path="", kind="faction", name="ISIS", refers=("the organization", "the group"))
HTS = Entity(id="factions/hts", path="", kind="faction", name="HTS", refers=("the group",))


def report(*texts: str, title: str = "x") -> Report:
    return Report(
        id="r", path="", title=title, dek="", publisher="", published="", date_basis="unknown", date_evidence="",
        source="", language="en", original=None, cleaning=(), publish=True,
        paragraphs=tuple(Passage(f"p{number}", text) for number, text in enumerate(texts, 1)),
    )  # fmt: skip


def named(item: Report, *entities: Entity) -> list[Mention]:
    return [
        Mention(
            "r", passage.anchor, at, at + len(entity.name), entity.name, entity.kind, entity.id, "reviewed", 1.0, ()
        )
        for passage in item.passages
        for entity in entities
        for at in range(len(passage.text))
        if passage.text.startswith(entity.name, at)
    ]


def found(item: Report, *entities: Entity) -> list[tuple[str, int, str, str]]:
    mentions = References(entities).resolve(item, named(item, *entities))
    assert all(mention.status == "inferred" for mention in mentions)
    texts = {passage.anchor: passage.text for passage in item.passages}
    assert all(texts[one.paragraph][one.start : one.end] == one.text for one in mentions)
    return [(one.paragraph, one.start, one.text, one.entity) for one in mentions]


def test_a_reference_means_the_entity_named_before_it() -> None:
    text = "The organization came. ISIS left, and the organization’s fighters with it."
    assert found(report(text), ISIS) == [("p1", 38, "the organization", "factions/isis")]


def test_the_name_may_stand_in_an_earlier_paragraph_or_the_headline() -> None:
    assert found(report("It said the Organization was gone.", title="ISIS"), ISIS) == [
        ("p1", 8, "the Organization", "factions/isis")
    ]


def test_of_several_the_last_named_is_meant() -> None:
    text = "ISIS and HTS fought; the group lost. ISIS won, the group said."
    assert [entity for _, _, _, entity in found(report(text), ISIS, HTS)] == ["factions/hts", "factions/isis"]


def test_a_phrase_inside_a_name_or_a_longer_word_is_no_reference() -> None:
    item = report("ISIS, the organizations, the group-led column.")
    assert found(item, ISIS) == []
    group = Entity(id="factions/g", path="", kind="faction", name="the group of five", refers=())
    inside = report("ISIS met the group of five.")
    mentions = named(inside, ISIS, group)
    assert References([ISIS, group]).resolve(inside, mentions) == ()


def test_nobody_is_meant_before_anybody_is_named_or_where_nothing_is_listed() -> None:
    assert found(report("The organization came."), ISIS) == []
    assert (
        References([HTS, Entity(id="a/b", path="", kind="faction", name="x")]).resolve(report("the organization"), [])
        == ()
    )
    assert References([]).resolve(report("the organization"), []) == ()
