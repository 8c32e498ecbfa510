"""What waits for review, and what bears a spelling: made of hand-made mentions, no discovery needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from readingroom.bearers import Printed, bearers
from readingroom.judgements import read_judgements
from readingroom.model import Entity, Mention, Passage, Report, Status
from readingroom.suggestions import Known, Sentence, Waiting, sentence, what_waits

if TYPE_CHECKING:
    from collections.abc import Sequence


class Desk:
    """Reports made of paragraphs in which each <name|kind|id|status|confidence> is a mention."""

    def __init__(self, *texts: str) -> None:
        self.reports: dict[str, Report] = {}
        self.found: dict[str, tuple[Mention, ...]] = {}
        for number, text in enumerate(texts, 1):
            self._add(f"2018-01-0{number}-aaaaaa", text)

    def _add(self, key: str, marked: str) -> None:
        text, mentions = "", []
        for part in marked.split("<"):
            inside, closed, rest = part.partition(">")
            if not closed:
                text += part
                continue
            name, kind, entity, status, confidence = [*inside.split("|"), "", "", "", ""][:5]
            mentions.append(
                Mention(
                    key, "p1", len(text), len(text) + len(name), name, kind, entity, _status(status, entity),
                    float(confidence or 0.8), (f"cue of {kind or 'none'}",),
                )
            )  # fmt: skip
            text += name + rest
        self.reports[key] = Report(
            key, f"content/reports/{key}.md", "Title", "", "", "", "unknown", "", "", "en", None, (), True,  # noqa: FBT003
            (Passage("p1", text),),
        )  # fmt: skip
        self.found[key] = tuple(mentions)

    def waiting(self, entities: Sequence[Entity] = (), judgements: str = "") -> tuple[Waiting, ...]:
        read, problems = read_judgements(judgements)
        assert problems == []
        return what_waits(self.found, self.reports, Known(entities, read))


def _status(status: str, entity: str) -> Status:
    if status == "ambiguous":
        return "ambiguous"
    return "withheld" if status == "withheld" or not entity else "suggested"


def entity(key: str, name: str, *variants: str, kind: str = "place") -> Entity:
    return Entity(key, f"content/{key}.md", kind, name, variants)


G = "place|places/gharanij"


def names(waiting: Sequence[Waiting]) -> list[tuple[str, str]]:
    return [(item.sort, item.suggestion.name) for item in waiting]


def test_mentions_of_one_proposed_entity_are_one_suggestion_with_its_spellings_counted() -> None:
    desk = Desk(
        f"Shells hit <GHARANIJ|{G}>. Then <Gharanij|{G}||0.6> fell.",
        f"<Gharaneej|{G}>, <Gharanij|{G}> and <غرانيج|{G}>.",
    )
    (item,) = desk.waiting()
    assert item.sort == "new name"
    assert item.suggestion._asdict() == {
        "id": "places/gharanij",
        "kind": "place",
        "name": "Gharanij",
        "spellings": (("Gharanij", 3), ("Gharaneej", 1), ("غرانيج", 1)),
        "mentions": 5,
        "confidence": 0.76,
        "why": ("cue of place",),
        "status": "suggested",
    }
    assert item.suggestion.shown_at == "places/gharanij"


def test_the_name_is_in_latin_script_where_there_is_one() -> None:
    desk = Desk(f"<غرانيج|{G}> <غرانيج|{G}> <Gharanij|{G}>", "<هجين|place|places/hjyn>")
    assert {item.suggestion.name for item in desk.waiting()} == {"Gharanij", "هجين"}


def test_evidence_is_the_sentence_of_a_mention_from_different_reports_first() -> None:
    desk = Desk(f"Rain. Shells hit <Gharanij|{G}> twice! Then calm in <Gharanij|{G}>.", f"In <Gharanij|{G}> all slept.")
    (item,) = desk.waiting()
    assert item.evidence == (
        Sentence("2018-01-01-aaaaaa", "p1", "Shells hit ", "Gharanij", " twice!"),
        Sentence("2018-01-02-aaaaaa", "p1", "In ", "Gharanij", " all slept."),
        Sentence("2018-01-01-aaaaaa", "p1", "Then calm in ", "Gharanij", "."),
    )


def test_a_sentence_does_not_end_at_an_abbreviation() -> None:
    text = f"Rain. Gen. J. Smith of the U.S. army, Mr. Lee and DR. PEREZ left <Gharanij|{G}>. Then calm."
    ((shown,),) = [item.evidence for item in Desk(text).waiting()]
    assert shown.before == "Gen. J. Smith of the U.S. army, Mr. Lee and DR. PEREZ left "
    assert shown.after == "."


def test_a_long_sentence_is_cut_at_words_on_both_sides() -> None:
    desk = Desk(f"{'before ' * 50}<Gharanij|{G}>{' after' * 50}")
    report = desk.reports["2018-01-01-aaaaaa"]
    shown = sentence(report, desk.found[report.id][0])
    assert shown.before.startswith("…before before")
    assert shown.after.endswith("after after…")
    assert max(len(shown.before), len(shown.after)) <= 161


def test_what_is_named_most_and_doubted_most_comes_first() -> None:
    desk = Desk(
        "<Sure|place|places/sure||0.95> <Sure|place|places/sure||0.95> <Sure|place|places/sure||0.95>",
        "<Doubt|place|places/doubt||0.5> <Doubt|place|places/doubt||0.5>",
        "<Once|place|places/once||0.5>",
    )
    assert [item.suggestion.name for item in desk.waiting()] == ["Doubt", "Once", "Sure"]


def test_mentions_of_unknown_kind_are_joined_by_their_key_and_to_a_name_of_known_kind() -> None:
    desk = Desk("<Qara Tepe> and <Kara Tepe>", f"<Gharaneej> near <Gharanij|{G}>")
    assert [(item.suggestion.texts, item.suggestion.kind) for item in desk.waiting()] == [
        (("Gharaneej", "Gharanij"), "place"),
        (("Kara Tepe", "Qara Tepe"), ""),
    ]


def test_what_has_a_file_or_was_judged_no_longer_waits() -> None:
    desk = Desk(f"<Gharanij|{G}> <Front|place|places/front> <Spring|place|places/spring>")
    judged = "- {never: [FRONT]}\n- {rejected: [Spring], kind: place}\n"
    assert desk.waiting([entity("places/gharanij", "Gharanij")], judged) == ()
    rejected = "- {rejected: [Spring], kind: faction}\n- {never: [Front]}\n"
    assert names(desk.waiting([entity("places/x", "X", "gharanij")], rejected)) == [("new name", "Spring")]


def test_what_the_recogniser_withholds_of_a_listed_entity_does_not_wait() -> None:
    desk = Desk("<Hajeen|place|places/hajin|withheld> <Suhail|commander|commanders/suhail-al-hassan|withheld>")
    listed = [
        entity("places/hajin", "Hajin"),
        entity("commanders/suhail-al-hassan", "Suhail al-Hassan", "Suhail", kind="commander"),
    ]
    assert desk.waiting(listed) == ()


def test_a_spelling_near_a_listed_name_of_its_kind_waits_as_a_merge() -> None:
    desk = Desk("<Hujayn|place|places/hujayn>", "<Hujayn|faction|factions/hujayn-2>")
    listed = [entity("places/hajin", "Hajin"), entity("places/homs", "Homs")]
    place = Desk("<Hujayn|place|places/hujayn>").waiting(listed)
    assert [(item.sort, item.candidates) for item in place] == [("merge", ("places/hajin",))]
    faction = Desk("<Hujayn|faction|factions/hujayn>").waiting(listed)
    assert [(item.sort, item.candidates) for item in faction] == [("new name", ())]
    assert [item.sort for item in desk.waiting(listed)] == ["kind conflict"]


def test_not_the_same_takes_a_merge_away_and_the_same_brings_one() -> None:
    desk = Desk("<Hujayn|place|places/hujayn>")
    listed = [entity("places/hajin", "Hajin"), entity("places/abc", "Quite Other")]
    assert desk.waiting(listed, "- {not_same: [Hujayn, Hajin]}\n")[0].candidates == ()
    assert desk.waiting(listed, "- {same: [Hujayn, Quite Other]}\n")[0].candidates == ("places/abc", "places/hajin")


def test_spellings_judged_to_differ_are_two_suggestions_with_addresses_of_their_own() -> None:
    desk = Desk("<Hamoud|place|places/hamoud> <Hamoud|place|places/hamoud> <Hamouda|place|places/hamoud>")
    found = desk.waiting((), "- {not_same: [Hamoud, Hamouda]}\n")
    assert [(item.suggestion.id, item.suggestion.texts) for item in found] == [
        ("places/hamoud", ("Hamoud",)),
        ("places/hamouda", ("Hamouda",)),
    ]


def test_spellings_judged_the_same_are_one_suggestion() -> None:
    desk = Desk("<Daesh|faction|factions/daesh> <ISIS|faction|factions/isis> <ISIS|faction|factions/isis>")
    (item,) = desk.waiting((), "- {same: [Daesh, ISIS]}\n")
    assert (item.suggestion.id, item.suggestion.texts) == ("factions/isis", ("ISIS", "Daesh"))


def test_a_suggestion_near_a_larger_one_may_be_merged_with_it() -> None:
    desk = Desk("<Hajin|place|places/hajin> <Hajin|place|places/hajin> <Hujayn|place|places/hujayn>")
    found = {item.suggestion.name: (item.sort, item.candidates) for item in desk.waiting()}
    assert found == {"Hajin": ("new name", ()), "Hujayn": ("merge", ("places/hajin",))}


def test_a_misspelt_suggestion_that_lacks_a_consonant_may_be_merged_too() -> None:
    desk = Desk("<Misael Pastrana|place|places/p> <Misael Pastrana|place|places/p> <Misael Patrana|place|places/q>")
    found = {item.suggestion.name: (item.sort, item.candidates) for item in desk.waiting()}
    assert found == {"Misael Pastrana": ("new name", ()), "Misael Patrana": ("merge", ("places/p",))}


@pytest.mark.parametrize(
    ("larger", "smaller"), [("SDF", "Syria Democratic Forces"), ("Syria Democratic Forces", "SDF")]
)
def test_an_acronym_among_suggestions_may_be_the_long_form_beside_it(larger: str, smaller: str) -> None:
    desk = Desk(f"<{larger}|faction|factions/a> <{larger}|faction|factions/a> <{smaller}|faction|factions/b>")
    found = {item.suggestion.name: (item.sort, item.candidates) for item in desk.waiting()}
    assert found == {larger: ("new name", ()), smaller: ("merge", ("factions/a",))}
    assert "merge" not in {item.sort for item in desk.waiting((), f"- {{not_same: [{smaller}, {larger}]}}\n")}


def test_one_name_under_two_kinds_waits_as_one_conflict() -> None:
    desk = Desk("<Hajin|place|places/hajin> <Hajin|faction|factions/hajin> <Hajeen|faction|factions/hajin>")
    (item,) = desk.waiting()
    assert (item.sort, item.suggestion.kind, item.candidates) == (
        "kind conflict",
        "faction",
        ("factions/hajin", "places/hajin"),
    )
    assert (item.suggestion.id, item.suggestion.mentions) == ("factions/hajin", 3)


def test_a_suggestion_that_reads_like_an_entity_of_another_kind_waits_as_a_conflict() -> None:
    (item,) = Desk("<Hajeen|faction|factions/hajeen>").waiting([entity("places/hajin", "Hajin")])
    assert (item.sort, item.candidates) == ("kind conflict", ("places/hajin",))


def test_a_name_of_unknown_kind_is_in_no_conflict() -> None:
    desk = Desk("<Badr|person|> <Badr> <Badr|person|>")
    assert names(desk.waiting()) == [("new name", "Badr"), ("new name", "Badr")]
    assert [item.suggestion.kind for item in desk.waiting()] == ["person", ""]


def test_an_acronym_may_be_the_entity_whose_initials_it_is_and_the_other_way_round() -> None:
    long, short = "Syrian Democratic Forces", "SDF"
    acronym = Desk("<SDF|faction|factions/sdf>").waiting([entity("factions/x", long, kind="faction")])
    assert [(item.sort, item.candidates) for item in acronym] == [("merge", ("factions/x",))]
    full = Desk(f"<{long}|faction|factions/f>").waiting([entity("factions/x", short, kind="faction")])
    assert [(item.sort, item.candidates) for item in full] == [("merge", ("factions/x",))]
    judged = Desk("<SDF|faction|factions/sdf>").waiting(
        [entity("factions/x", long, kind="faction")], f"- {{not_same: [{short}, {long}]}}\n"
    )
    assert [item.candidates for item in judged] == [()]


def test_an_ambiguous_spelling_waits_until_only_one_entity_bears_it() -> None:
    desk = Desk("Clashes in <Tiba|place||ambiguous|0.5> and <TIBA|place||ambiguous|0.5>.")
    two = [entity("places/tiba-homs", "Tiba"), entity("places/tiba-hama", "Tiba Imam", "tiba")]
    (item,) = desk.waiting(two)
    assert (item.sort, item.candidates) == ("ambiguous", ("places/tiba-hama", "places/tiba-homs"))
    assert (item.suggestion.name, item.suggestion.kind, item.suggestion.status) == ("Tiba", "place", "ambiguous")
    assert desk.waiting(two[:1]) == ()
    assert desk.waiting(two, "- {never: [Tiba]}\n") == ()


def test_the_list_is_the_same_in_whatever_order_the_entities_come() -> None:
    desk = Desk("<Hujayn|place|places/hujayn> <Tiba|place||ambiguous> <Hagin|place|places/hagin>")
    listed = [entity("places/hajin", "Hajin", "Tiba"), entity("places/x", "Hajeen", "Tiba"), entity("places/y", "Y")]
    assert desk.waiting(listed) == desk.waiting(listed[::-1])


# What bears a spelling


def found(desk: Desk, spelling: str, *entities: Entity) -> list[tuple[str, str, str, tuple[tuple[str, int], ...]]]:
    answers = bearers(spelling, Printed(desk.reports, desk.found), entities)
    return [(one.how, one.id, one.status, one.spellings) for one in answers]


def test_a_spelling_is_found_exactly_by_its_key_and_by_its_consonants() -> None:
    desk = Desk(
        "<Hajin|place|places/hajin> <HAJIN|place|places/hajin> <Hajeen|place|places/hajin> <Hujayn|place|places/h>"
    )
    hajin = entity("places/hajin", "Hajin", "Hujayn")
    assert found(desk, "hajin", hajin, entity("places/other", "Hojein"), entity("places/homs", "Homs")) == [
        ("exact", "places/hajin", "reviewed", (("HAJIN", 1), ("Hajin", 1))),
        ("key", "places/hajin", "reviewed", (("Hajeen", 1),)),
        ("skeleton", "places/h", "suggested", (("Hujayn", 1),)),
        ("skeleton", "places/other", "reviewed", ()),
    ]


def test_words_that_nobody_took_for_a_name_are_found_too_but_no_parts_of_words() -> None:
    desk = Desk("The hajin and Hajiny, <Hajin|place|places/hajin>.", "In Hajin's market.")
    assert found(desk, "Hajin") == [
        ("exact", "", "text", (("Hajin", 1), ("hajin", 1))),
        ("exact", "places/hajin", "suggested", (("Hajin", 1),)),
    ]
    (words, _) = bearers("Hajin", Printed(desk.reports, desk.found), [])
    assert words.places == (("2018-01-01-aaaaaa", "p1"), ("2018-01-02-aaaaaa", "p1"))


def test_an_entity_whose_name_no_report_prints_is_found_by_its_native_name() -> None:
    hajin = Entity("places/hajin", "content/places/hajin.md", "place", "Hajin", (), (("ar", "هجين"),))
    assert found(Desk("Nothing."), "هجين", hajin) == [("exact", "places/hajin", "reviewed", ())]


def test_a_spelling_printed_nowhere_leads_to_where_the_entity_is_printed() -> None:
    desk = Desk("In <Baghuz|place|places/baghuz>.")
    baghuz = entity("places/baghuz", "Baghuz", "Fawqani")
    assert found(desk, "Fawqani", baghuz) == [("exact", "places/baghuz", "reviewed", (("Baghuz", 1),))]
