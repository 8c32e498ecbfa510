"""Entity files: what is written reads back the same, and changing one key changes nothing else."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.entity_file import entity_text, with_key
from readingroom.frontmatter import Value, parse, unprintable
from readingroom.model import Entity, Point
from readingroom.problems import ProblemsError, is_error
from readingroom.read import ENTITY_KEYS, read_entity

HOSTILE = [
    "no", "true", "2018-01-18", "1e3", "a: b", "- x", "{x}", "[a, b]", "“Storm”", "x #y", "&a", "*a", "!t", "'", '"',
    "\\", "?", "---", "...", "a,b", "a\nb", "a\tb", "\u202eb", "\ufeffx", "هجين", "😀", "%x",
    "@x", "`x`", "|", ">", "key:", ":", "<script>", "a\u0301", "null", "~",
]  # fmt: skip
TEXT = (st.sampled_from(HOSTILE) | st.text(max_size=15)).filter(
    lambda text: text == text.strip() != "" and not unprintable(text)
)
TEXTS = st.lists(TEXT, max_size=4).map(tuple)
TABLE = st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True) | TEXT, TEXT, max_size=3)
POINT = st.builds(
    Point,
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.sampled_from(["exact", "village", "district", "province"]),
    TEXT | st.just(""),
)
ENTITY = st.builds(
    Entity,
    id=st.just("places/hajin"),
    path=st.just("content/places/hajin.md"),
    kind=st.just("place"),
    name=TEXT,
    variants=TEXTS,
    native=st.dictionaries(st.sampled_from(["ar", "ckb", "ar-SY"]), TEXT).map(lambda table: tuple(table.items())),
    within=TEXT | st.just(""),
    at=st.none() | POINT,
    refers=TEXTS,
    distinct_from=TEXTS,
    ids=TABLE.map(lambda table: tuple(table.items())),
    role=TEXT | st.just(""),
    reviewed=st.sampled_from(["", "2026-11-22", "2026-11~"]),
    reviewed_by=TEXT | st.just(""),
    publish=st.booleans(),
    note=TEXT | st.just(""),
)
VALUE = cast("st.SearchStrategy[Value | None]", st.none() | TEXT | TEXTS.map(list) | TABLE)

FILE = """---
# The town, not the river.
name: Hajin   # as the archive writes it
native: {ar: هجين}
at: {lat: 34.69, lon: 40.83, precision: village}
role:
  - odd
  - block

# Who checked it:
reviewed: 2026-11-22
reviewed_by: 'Ana: editor'
---
A note.

# with a heading
"""


@given(ENTITY)
@settings(deadline=None, max_examples=150)
def test_an_entity_written_reads_back_the_same(entity: Entity) -> None:
    found, problems = read_entity(entity_text(entity), entity.path, entity.kind)
    assert list(filter(is_error, problems)) == []
    assert found == entity


def test_keys_stand_in_the_order_of_the_formats_and_are_quoted_only_where_needed() -> None:
    entity = Entity(
        "factions/hts", "content/factions/hts.md", "faction", "Hayat Tahrir al-Sham", ("HTS", "a, b"),
        native=(("ar", "هيئة تحرير الشام"),), at=Point(35.93, 36.63, "village", ""), reviewed="2026-11-22",
        reviewed_by="Ana", publish=False, note="A note.",
    )  # fmt: skip
    assert entity_text(entity) == (
        '---\nname: Hayat Tahrir al-Sham\nvariants: [HTS, "a, b"]\nnative: {ar: هيئة تحرير الشام}\n'
        "at: {lat: 35.93, lon: 36.63, precision: village}\nreviewed: 2026-11-22\nreviewed_by: Ana\n"
        "publish: false\n---\nA note.\n"
    )


@given(st.sampled_from(ENTITY_KEYS), VALUE)
@settings(deadline=None, max_examples=150)
def test_setting_a_key_keeps_every_line_that_is_not_its_own(key: str, value: Value | None) -> None:
    after = with_key(FILE, key, value)
    before, found = parse(FILE, "")[0], parse(after, "")[0]
    assert before is not None
    assert found is not None
    expected = {name: item for name, item in before.meta.items() if name != key}
    assert found.meta == (expected if value is None else {**expected, key: value})
    assert found.body == before.body
    own = [line for line in FILE.splitlines() if line.startswith(f"{key}:")]
    block = ["  - odd", "  - block"] if key == "role" else []
    kept = [line for line in FILE.splitlines() if line not in [*own, *block]]
    written = after.splitlines()
    new = [line for line in written if line.startswith(f"{key}:")][:1]
    assert [line for line in written if line not in new] == [line for line in kept if line not in new]


@given(st.sampled_from(ENTITY_KEYS), VALUE)
@settings(deadline=None, max_examples=60)
def test_a_key_set_and_taken_out_again_leaves_the_file_as_it_was(key: str, value: Value | None) -> None:
    text = with_key(FILE, key, None)
    assert with_key(with_key(text, key, value), key, None) == text
    assert with_key(with_key(text, key, value), key, value) == with_key(text, key, value)


@pytest.mark.parametrize(
    ("text", "key", "value", "expected"),
    [
        ("---\nname: A # x\n---\n", "name", "B", "---\nname: B # x\n---\n"),
        ("---\nname: A\nreviewed: 2026\n---\n", "variants", ["a", "b"],
         "---\nname: A\nvariants: [a, b]\nreviewed: 2026\n---\n"),
        ("---\n# first\nvariants: [x]\n---\n", "name", "A", "---\n# first\nname: A\nvariants: [x]\n---\n"),
        ("---\r\nname: A\r\nrole: x\r\n---\r\nN", "within", "homs",
         "---\r\nname: A\r\nwithin: homs\r\nrole: x\r\n---\r\nN"),
        ("\ufeff---\nname: A\n---\n", "name", "B", "\ufeff---\nname: B\n---\n"),
        ("---\nname: A\nrole: |\n  one\n  two\n\n# end\n---\n", "role", "three",
         "---\nname: A\nrole: three\n\n# end\n---\n"),
        ("---\nname: A\nvariants:\nrole: x\n---\n", "variants", ["b"], "---\nname: A\nvariants: [b]\nrole: x\n---\n"),
        ("---\nname: A\n'role': x\n---\n", "role", None, "---\nname: A\n---\n"),
        ("---\nname: A\n---\n", "publish", "false", "---\nname: A\npublish: false\n---\n"),
        ("---\nname: A\n---\n", "name", "A", "---\nname: A\n---\n"),
        ("---\n{name: A, role: x}\n---\nN\n", "role", "head", "---\nname: A\nrole: head\n---\nN\n"),
        ("---\n---\nN\n", "name", "A", "---\nname: A\n---\nN\n"),
    ],
)  # fmt: skip
def test_one_key_changes_and_nothing_else(text: str, key: str, value: Value | None, expected: str) -> None:
    assert with_key(text, key, value) == expected


def test_a_file_without_front_matter_is_refused() -> None:
    with pytest.raises(ProblemsError, match="no front matter"):
        with_key("A note.\n", "name", "A")
