"""Decisions on names: which files each one changes, what it refuses, and that the last can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archives import Archive
from readingroom.authority import check_authority
from readingroom.decision_log import LOG, apply_decision, diff, read_files, undo
from readingroom.decisions import (
    Accept,
    Belongs,
    Decision,
    MergeEntities,
    MergeInto,
    NeverLink,
    NotSame,
    Reject,
    Rename,
    Same,
    Split,
    decide,
)
from readingroom.problems import ProblemsError, is_error
from readingroom.revision import Revision
from readingroom.romanise import fold

if TYPE_CHECKING:
    from pathlib import Path

J = "content/judgements.yaml"
HAJIN, HAJEEN, DEIR = "content/places/hajin.md", "content/places/hajeen.md", "content/places/deir-ez-zor.md"
FILES = {
    "readingroom.toml": 'title = "Test"\n',
    DEIR: "---\nname: Deir ez-Zor\n---\n",
    HAJIN: "---\n# the town\nname: Hajin\nvariants: [Hajin town]\nwithin: deir-ez-zor\n"
    "reviewed: 2026-01-01\n---\nA town.\n",
    HAJEEN: "---\nname: Hujayn\nvariants: [Hajiin]\nnative: {ar: هجين}\nids: {wikidata: Q1}\n---\nOn the river.\n",
    "content/places/abu-hamam.md": "---\nname: Abu Hamam\nwithin: hajeen # no\n"
    "not: [places/hajeen, factions/hts]\n---\n",
    "content/factions/hts.md": "---\nname: Hayat Tahrir al-Sham\n---\n",
    "content/changes.yaml": "- {date: 2026-01-01, kind: correction, of: places/hajeen, note: Moved.}\n",
}
SIGNED = "by: Ana, on: 2026-11-22}\n"


def made(decision: Decision, files: dict[str, str] | None = None, **more: str) -> dict[str, str | None]:
    return decide(decision, {**(FILES if files is None else files), **more}, "2026-11-22", "Ana")


def refused(decision: Decision, files: dict[str, str] | None = None) -> str:
    with pytest.raises(ProblemsError) as error:
        made(decision, files)
    return str(error.value)


def with_judgements(text: str) -> dict[str, str]:
    return {**FILES, J: text}


def test_an_accepted_suggestion_gets_a_file_with_all_its_spellings_and_who_reviewed_it() -> None:
    assert made(Accept(("Gharanij", "GHARANIJ", "Gharaneej"), "place")) == {
        "content/places/gharanij.md": "---\nname: Gharanij\nvariants: [Gharaneej]\nreviewed: 2026-11-22\n"
        "reviewed_by: Ana\n---\n"
    }


def test_it_can_be_accepted_as_another_kind_under_another_name_and_address() -> None:
    decision = Accept(("al-Jazeera Storm",), "faction", name="  Operation\nStorm ", slug="storm-2017")
    assert made(decision) == {
        "content/factions/storm-2017.md": "---\nname: Operation Storm\nvariants: [al-Jazeera Storm]\n"
        "reviewed: 2026-11-22\nreviewed_by: Ana\n---\n"
    }


def test_the_address_at_which_the_site_showed_a_suggestion_leads_to_where_it_is_now() -> None:
    changes = made(Accept(("Gharanij",), "faction", shown_at="places/gharanij"))
    assert changes[J] == "- {moved: [places/gharanij, factions/gharanij], " + SIGNED
    assert made(MergeInto(("Hajine",), "places/hajin", shown_at="places/hajine"))[J] == (
        "- {moved: [places/hajine, places/hajin], " + SIGNED
    )
    assert J not in made(Accept(("Gharanij",), "place", shown_at="places/gharanij"))


def test_what_is_accepted_is_no_longer_rejected_for_that_kind_nor_never_linked() -> None:
    files = with_judgements(
        "- {never: [Storm, Front]}\n- {rejected: [storm], kind: faction}\n- {rejected: [Storm], kind: place}\n"
    )
    assert made(Accept(("Storm",), "place"), files)[J] == "- {never: [Front]}\n- {rejected: [storm], kind: faction}\n"


def test_merging_a_suggestion_adds_its_spellings_to_the_entity_and_changes_no_other_line() -> None:
    assert made(MergeInto(("Hajine", "HAJIN", "Hajin Town"), "places/hajin")) == {
        HAJIN: "---\n# the town\nname: Hajin\nvariants: [Hajin town, Hajine]\nwithin: deir-ez-zor\n"
        "reviewed: 2026-01-01\n---\nA town.\n"
    }
    assert made(MergeInto(("Hajin",), "places/hajin")) == {}


def test_merging_overrules_that_the_two_were_said_to_differ() -> None:
    files = with_judgements("- {not_same: [Hajin, Hajine]}\n- {not_same: [Hajin, Hama]}\n")
    assert made(MergeInto(("Hajine",), "places/hajin"), files)[J] == "- {not_same: [Hajin, Hama]}\n"


def test_what_is_rejected_or_never_linked_is_written_one_spelling_a_line() -> None:
    assert made(Reject(("Peace Spring", "PEACE SPRING", "Spring"), "place")) == {
        J: "- {rejected: [Peace Spring], kind: place, " + SIGNED + "- {rejected: [Spring], kind: place, " + SIGNED
    }
    assert made(Reject(("Dawn",))) == {J: "- {rejected: [Dawn], " + SIGNED}
    assert made(NeverLink(("Front",))) == {J: "- {never: [Front], " + SIGNED}


def test_the_same_and_not_the_same_are_written_in_one_order_and_the_later_wins() -> None:
    assert made(Same("Sheitat", "Sh’aytat")) == {J: "- {same: [Sheitat, Sh’aytat], " + SIGNED}
    assert made(Same("Sh’aytat", "Sheitat")) == made(Same("Sheitat", "Sh’aytat"))
    files = with_judgements("- {same: [Hamoud, Hamouda], by: Ben}\n")
    assert made(NotSame("Hamouda", "Hamoud"), files) == {J: "- {not_same: [Hamoud, Hamouda], " + SIGNED}


def test_merging_two_entities_unites_them_and_leads_every_reference_and_reader_on() -> None:
    assert made(MergeEntities("places/hajeen", "places/hajin")) == {
        "content/changes.yaml": "- {date: 2026-01-01, kind: correction, of: places/hajin, note: Moved.}\n",
        J: "- {moved: [places/hajeen, places/hajin], " + SIGNED,
        "content/places/abu-hamam.md": "---\nname: Abu Hamam\nwithin: hajin # no\n"
        "not: [places/hajin, factions/hts]\n---\n",
        HAJEEN: None,
        HAJIN: "---\n# the town\nname: Hajin\nvariants: [Hajin town, Hujayn, Hajiin]\nnative: {ar: هجين}\n"
        "within: deir-ez-zor\nids: {wikidata: Q1}\nreviewed: 2026-01-01\n---\nA town.\n\nOn the river.\n",
    }


def test_a_second_role_is_kept_in_the_note() -> None:
    files = {
        "readingroom.toml": "",
        "content/commanders/a.md": "---\nname: Abu A al-B\nnative: {ar: أبو}\nrole: emir\n---\n",
        "content/commanders/b.md": "---\nname: Abu B al-C\nnative: {ar: أَبو}\nrole: chief\n---\n",
    }
    changes = made(MergeEntities("commanders/a", "commanders/b"), files)
    assert changes["content/commanders/b.md"] == (
        "---\nname: Abu B al-C\nvariants: [Abu A al-B]\nnative: {ar: أَبو}\nrole: chief\n---\nRole of Abu A al-B: emir\n"
    )


def test_a_merge_names_every_contradiction_between_the_two() -> None:
    files = {
        "readingroom.toml": "",
        "content/places/homs.md": "---\nname: Homs\n---\n",
        "content/places/hama.md": "---\nname: Hama\n---\n",
        "content/places/a.md": "---\nname: Tiba\nwithin: homs\nids: {geonames: 1}\nnot: [places/b]\n"
        "native: {ar: طيبة}\nat: {lat: 1, lon: 2, precision: exact}\n---\n",
        "content/places/b.md": "---\nname: Taiba\nwithin: hama\nids: {geonames: 2}\npublish: false\n"
        "native: {ar: طابا}\nat: {lat: 1, lon: 3, precision: exact}\n---\n",
        J: "- {not_same: [Tiba, Taiba]}\n",
    }
    message = refused(MergeEntities("places/a", "places/b"), files)
    assert [line for line in message.split("\n") if "content/places/b.md: " in line] == [
        'content/places/b.md: "Tiba" and "Taiba" were judged not to be the same',
        "content/places/b.md: of places/a and places/b one is published and the other is not",
        "content/places/b.md: places/a and places/b have different ids: geonames: 1 and 2",
        "content/places/b.md: places/a and places/b have different native names: ar: طيبة and طابا",
        "content/places/b.md: places/a and places/b lie at 1.0, 2.0 and 1.0, 3.0",
        "content/places/b.md: places/a and places/b lie within homs and hama",
        "content/places/b.md: places/a and places/b must not be confused with each other, says  not:",
    ]


@pytest.mark.parametrize(("gone", "into"), [("camp", "town"), ("town", "camp"), ("camp", "homs")])
def test_a_place_and_one_that_contains_it_are_not_merged(gone: str, into: str) -> None:
    files = {
        "readingroom.toml": "",
        "content/places/camp.md": "---\nname: Camp\nwithin: town\n---\n",
        "content/places/town.md": "---\nname: Town\nwithin: homs\n---\n",
        "content/places/homs.md": "---\nname: Homs\n---\n",
    }
    outer = "homs" if into == "homs" else "town"
    message = f"content/places/{into}.md: places/camp lies within places/{outer}\n"
    assert refused(MergeEntities(f"places/{gone}", f"places/{into}"), files).startswith(message)


def test_splitting_moves_spellings_to_a_new_entity_and_says_that_the_two_differ() -> None:
    files = {**FILES, HAJIN: "---\nname: Hajin\nvariants: [Hajin town, Hajeen, Hagin]\nnative: {ar: هجين}\n---\n"}
    assert made(Split("places/hajin", ("hajeen", "HAGIN", "هجين"), "Hajeen", "hajeen-2"), files) == {
        HAJIN: "---\nname: Hajin\nvariants: [Hajin town]\n---\n",
        "content/places/hajeen-2.md": "---\nname: Hajeen\nvariants: [Hagin]\nnative: {ar: هجين}\n"
        "reviewed: 2026-11-22\nreviewed_by: Ana\n---\n",
        J: "- {not_same: [Hajeen, Hajin], " + SIGNED,
    }


def test_renaming_keeps_the_address_and_the_old_name_as_a_spelling() -> None:
    assert made(Rename("places/hajeen", "Hajiin")) == {
        HAJEEN: "---\nname: Hajiin\nvariants: [Hujayn]\nnative: {ar: هجين}\nids: {wikidata: Q1}\n---\nOn the river.\n"
    }


def test_a_new_address_moves_the_file_and_leads_references_and_readers_on() -> None:
    changes = made(Rename("places/hajeen", slug="hujayn"))
    assert changes == {
        "content/changes.yaml": "- {date: 2026-01-01, kind: correction, of: places/hujayn, note: Moved.}\n",
        J: "- {moved: [places/hajeen, places/hujayn], " + SIGNED,
        "content/places/abu-hamam.md": "---\nname: Abu Hamam\nwithin: hujayn # no\n"
        "not: [places/hujayn, factions/hts]\n---\n",
        HAJEEN: None,
        "content/places/hujayn.md": FILES[HAJEEN],
    }


def test_an_address_given_back_leads_nowhere_else_any_more() -> None:
    files = dict(FILES)
    for slug in ("hujayn", "hajeen"):
        entity = "places/hajeen" if slug == "hujayn" else "places/hujayn"
        for path, text in made(Rename(entity, slug=slug), files).items():
            files.pop(path) if text is None else files.update({path: text})
    assert files == {**FILES, J: "- {moved: [places/hujayn, places/hajeen], " + SIGNED}


def test_an_ambiguous_spelling_can_be_given_to_one_entity() -> None:
    files = {
        "readingroom.toml": "",
        "content/places/a.md": "---\nname: Tiba al-Imam\nvariants: [Tiba]\n---\n",
        "content/places/b.md": "---\nname: Tiba Homs\nvariants: [TIBA, Tibeh]\n---\n",
    }
    assert made(Belongs("Tiba", "places/a"), files) == {
        "content/places/b.md": "---\nname: Tiba Homs\nvariants: [Tibeh]\n---\n"
    }
    assert '"Tiba Homs" is the name of places/b' in refused(Belongs("Tiba Homs", "places/a"), files)


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (Accept(("Hajin",), "place"),
         "content/places/hajin.md: is the file of Hajin\n"
         "    merge into places/hajin, or give another address with --slug"),
        (Accept(("“…”",), "place"),
         "content/places/.md: the name has no letter to make an address of\n"
         "    give another name, or an address with --slug"),
        (Accept(("Data",), "place"),
         'content/places/data.md: the name "data" is taken\n    every archive has a page there; use another --slug'),
        (Accept(("X",), "place", slug="../x"),
         'content/places/../x.md: "../x" cannot be an address\n'
         "    lower-case letters, digits and hyphens, at most 80, such as al-bab"),
        (Accept(("Abu",), "commander"),
         'content/commanders/abu.md: "Abu" is too short to name a person\n'
         "    give the full name; a single word never links to a person"),
        (Accept(("X",), "plaice"), 'readingroom.toml: no kind is called "plaice"\n    did you mean place?'),
        (Reject(("X",), "plaice"), 'readingroom.toml: no kind is called "plaice"\n    did you mean place?'),
        (Accept(("Hujayn",), "place"),
         'content/places/hujayn.md:1: "Hujayn" also names places/hajeen\n'
         "    add  within: <containing place>  to one of them, or merge the two files"),
        (MergeInto(("X",), "places/hajn"),
         "places/hajn: no entity of this id has a file\n    did you mean places/hajin?"),
        (MergeEntities("places/hajin", "places/hajin"),
         "content/places/hajin.md: places/hajin cannot be merged with itself\n"
         "    they may be two after all; if not, take this out of one of the two files, then merge"),
        (MergeEntities("places/hajin", "factions/hts"),
         "content/factions/hts.md: places/hajin is a place, factions/hts a faction\n"
         "    they may be two after all; if not, take this out of one of the two files, then merge"),
        (Split("places/hajin", ("Hajin",), "X"),
         'content/places/hajin.md: "Hajin" is its name and stays\n'
         "    rename the entity first; the old name then is one of its spellings"),
        (Split("places/hajin", ("Hajin twn",), "X"),
         'content/places/hajin.md: "Hajin twn" is no spelling of places/hajin\n    did you mean Hajin town?'),
        (Rename("places/hajin"),
         "content/places/hajin.md: is called Hajin already\n    give another name, or another address with --slug"),
        (Rename("places/hajin", slug="hajeen"),
         "content/places/hajeen.md: is the file of Hujayn\n"
         "    merge into places/hajeen, or give another address with --slug"),
        (Same("Hajin", "HAJIN"),
         'content/judgements.yaml: "HAJIN" and "Hajin" are one spelling\n'
         "    case, accents and apostrophes make no difference between spellings"),
    ],
)  # fmt: skip
def test_a_decision_that_cannot_be_made_says_why_and_what_to_do(decision: Decision, message: str) -> None:
    assert refused(decision) == message


def test_the_address_of_what_was_moved_is_not_given_to_another() -> None:
    files = with_judgements("- {moved: [places/gharanij, places/hajin]}\n")
    assert refused(Accept(("Gharanij",), "place"), files) == (
        "content/places/gharanij.md: its address leads to places/hajin since that was moved\n"
        "    links from elsewhere still use it; give another address with --slug"
    )


def test_what_is_split_off_again_takes_its_address_back() -> None:
    files = {**with_judgements("- {moved: [places/hajine, places/hajin]}\n")}
    files[HAJIN] = "---\nname: Hajin\nvariants: [Hajine]\n---\n"
    assert made(Split("places/hajin", ("Hajine",), "Hajine"), files)[J] == "- {not_same: [Hajin, Hajine], " + SIGNED


def test_same_against_not_same_over_a_third_spelling_is_refused() -> None:
    files = with_judgements("- {not_same: [a, c]}\n- {same: [b, c]}\n")
    assert '"a" and "c" are said to be the same and not the same' in refused(Same("a", "b"), files)


def test_nothing_is_decided_while_a_file_it_rests_on_is_broken() -> None:
    assert refused(NeverLink(("X",)), with_judgements("- {nevr: [x]}\n")).startswith(f'{J}:1: unknown key "nevr"')
    broken = {**FILES, HAJIN: "---\nnam: Hajin\n---\n"}
    assert f'{HAJIN}:2: unknown key "nam"' in refused(NeverLink(("X",)), broken)
    assert "not valid TOML" in refused(NeverLink(("X",)), {"readingroom.toml": "title = x"})


def test_a_decision_may_make_a_spelling_ambiguous() -> None:
    files = {**FILES, DEIR: "---\nname: Deir ez-Zor\nvariants: [DeZ]\n---\n"}
    assert "variants: [Hajin town, DeZ]" in (made(MergeInto(("DeZ",), "places/hajin"), files)[HAJIN] or "")


def test_a_fault_that_was_there_before_stops_no_decision() -> None:
    files = {**FILES, DEIR: "---\nname: Deir ez-Zor\nwithin: nowhere\n---\n"}
    assert list(made(NeverLink(("X",)), files)) == [J]


NAMES = st.sampled_from(["Hajin", "Hujayn", "Hajiin", "Hajin town", "HTS", "Abu Hamam", "هجين", "New: [name]", "x, y"])
IDS = st.sampled_from([*(path[8:-3] for path in FILES if path.endswith(".md")), "places/new-name", "places/x-y"])
KINDS = st.sampled_from(["place", "faction", "commander"])
SPELLINGS = st.lists(NAMES, min_size=1, max_size=3).map(tuple)
DECISION: st.SearchStrategy[Decision] = st.one_of(
    st.builds(Accept, SPELLINGS, KINDS, shown_at=st.sampled_from(["", "places/shown"])),
    st.builds(MergeInto, SPELLINGS, IDS),
    st.builds(Reject, SPELLINGS, KINDS),
    st.builds(NeverLink, SPELLINGS),
    st.builds(Same, NAMES, NAMES),
    st.builds(NotSame, NAMES, NAMES),
    st.builds(Belongs, NAMES, IDS),
    st.builds(MergeEntities, IDS, IDS),
    st.builds(Split, IDS, SPELLINGS, NAMES),
    st.builds(Rename, IDS, NAMES, st.sampled_from(["", "x-y", "hajin"])),
)


@given(st.lists(DECISION, max_size=8))
@settings(deadline=None, max_examples=50)
def test_whatever_is_decided_the_archive_stays_sound_and_no_spelling_is_lost(decisions: list[Decision]) -> None:
    files = dict(FILES)
    for decision in decisions:
        before = Revision(files, today="", by="")
        try:
            changes = made(decision, files)
        except ProblemsError:
            continue
        for path, text in changes.items():
            files.pop(path) if text is None else files.update({path: text})
        after = Revision(files, today="", by="")
        faults = check_authority(tuple(after.entities.values()), after.kinds)
        assert [fault for fault in faults if is_error(fault)] == []
        assert spellings(before) <= spellings(after)
        gone = before.entities.keys() - after.entities.keys()
        assert {after.judgements.moved.get(key) for key in gone} <= after.entities.keys()
        repeated = {} if isinstance(decision, MergeEntities | Split | Rename | Accept) else made(decision, files)
        assert repeated == {}


def spellings(revision: Revision) -> set[str]:
    return {fold(spelling) for entity in revision.entities.values() for spelling in entity.spellings}


# On disk


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive(tmp_path)
    for path, text in FILES.items():
        archive.write(path, text)
    return archive


def contents(archive: Archive) -> dict[str, bytes]:
    content = archive.root / "content"
    return {path.relative_to(content).as_posix(): path.read_bytes() for path in content.rglob("*") if path.is_file()}


TEN: tuple[Decision, ...] = (
    Accept(("Gharanij", "Gharaneej"), "place"),
    MergeInto(("Hajine",), "places/hajin"),
    Reject(("Peace Spring",), "place"),
    NeverLink(("Front",)),
    Same("Sheitat", "Sh’aytat"),
    NotSame("Hamoud", "Hamouda"),
    MergeEntities("places/hajeen", "places/hajin"),
    Split("places/gharanij", ("Gharaneej",), "Gharaneej"),
    Rename("factions/hts", "HTS", "hts-2017"),
    Belongs("HTS", "factions/hts-2017"),
)


def test_decisions_are_taken_back_one_after_another_until_every_byte_is_as_it_was(archive: Archive) -> None:
    states = []
    for decision in TEN:
        before = contents(archive)
        if apply_decision(archive.root, decision, today="2026-11-22", by="Ana").after:
            states.append(before)
    assert len(states) == 9
    for before in reversed(states):
        undo(archive.root)
        assert contents(archive) == before
    with pytest.raises(ProblemsError, match="there is no decision to take back"):
        undo(archive.root)


def test_line_ends_and_a_byte_order_mark_survive(archive: Archive) -> None:
    archive.write(HAJIN, b"\xef\xbb\xbf---\r\nname: Hajin\r\n---\r\nA town.\r\n")
    apply_decision(archive.root, MergeInto(("Hajine",), "places/hajin"), today="2026-11-22", by="Ana")
    wanted = b"\xef\xbb\xbf---\r\nname: Hajin\r\nvariants: [Hajine]\r\n---\r\nA town.\r\n"
    assert (archive.root / HAJIN).read_bytes() == wanted


def test_a_file_changed_since_is_not_overwritten_by_undo(archive: Archive) -> None:
    apply_decision(archive.root, MergeInto(("Hajine",), "places/hajin"), today="2026-11-22", by="Ana")
    archive.change(HAJIN, "A town.", "A small town.")
    before = contents(archive)
    with pytest.raises(ProblemsError) as error:
        undo(archive.root)
    assert str(error.value) == (
        f"{HAJIN}: was changed since: Hajine is places/hajin\n"
        "    the files are as they are; use git to see and undo what changed"
    )
    assert contents(archive) == before


def test_a_decision_interrupted_half_way_can_be_taken_back(archive: Archive) -> None:
    before = contents(archive)
    done = apply_decision(archive.root, MergeEntities("places/hajeen", "places/hajin"), today="2026-11-22", by="Ana")
    archive.write(HAJEEN, FILES[HAJEEN])
    assert undo(archive.root) == done
    assert contents(archive) == before


def test_a_refused_decision_writes_nothing(archive: Archive) -> None:
    before = contents(archive)
    with pytest.raises(ProblemsError):
        apply_decision(archive.root, Accept(("Hajin",), "place"), today="2026-11-22", by="Ana")
    assert contents(archive) == before
    assert not (archive.root / LOG).exists()


def test_no_decision_writes_through_a_link_out_of_the_archive(archive: Archive, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (archive.root / "content/commanders").symlink_to(outside)
    with pytest.raises(ProblemsError, match="symbolic link"):
        apply_decision(archive.root, Accept(("Abu Talha al-Almani",), "commander"), today="2026-11-22", by="Ana")
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"what": "x", "on": "", "by": "", "before": {"../x": null}, "after": {"../x": "y"}}']
)
def test_a_log_that_is_not_ours_is_refused(archive: Archive, line: str) -> None:
    archive.write(LOG, line + "\n")
    with pytest.raises(ProblemsError, match="its last line cannot be read"):
        undo(archive.root)


def test_a_decision_can_be_shown_as_a_difference() -> None:
    assert diff(FILES, made(MergeEntities("places/hajeen", "places/hajin"))).startswith(
        "--- a/content/changes.yaml\n+++ b/content/changes.yaml\n@@ -1 +1 @@\n"
        "-- {date: 2026-01-01, kind: correction, of: places/hajeen, note: Moved.}\n"
    )
    assert (
        diff({}, {"x": "a\u2028b"})
        == "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\u2028b\n\\ No newline at end of file\n"
    )


def test_what_is_read_for_decisions_is_what_they_may_change(archive: Archive) -> None:
    archive.write("content/places/.hidden.md", "x")
    archive.write("content/reports/2018-01-18-abcdef.md", "x")
    assert read_files(archive.root) == FILES
    archive.write(HAJIN, b"\xff")
    with pytest.raises(ProblemsError, match=r"hajin\.md: cannot be read as UTF-8 text"):
        read_files(archive.root)
