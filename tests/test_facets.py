"""What the search is narrowed by: every report comes back, in chunks of a bounded size, the same on every run."""

from __future__ import annotations

import gzip
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.facets import CHUNK, Chunk, Facet, facet_chunks, slug_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\t\n"), min_size=1, max_size=8)
FACETS = st.one_of(
    st.builds(Facet, st.sampled_from(["place", "publisher"]), TEXTS, TEXTS),
    TEXTS.map(lambda text: Facet("place", f"places/{slug_of(text)}", text)),
    TEXTS.map(lambda text: Facet("faction", f"factions/{text}", text)),
)


def decoded(chunk: Chunk) -> dict[Facet, list[int]]:
    """Read a chunk as templates/static/facets.js does."""
    head, _, body = gzip.decompress(chunk.content).partition(b"\n")
    numbers = iter(body)

    def number() -> int:
        value, shift = 0, 0
        while (byte := next(numbers)) & 0x80:
            value, shift = value | (byte & 0x7F) << shift, shift + 7
        return value | byte << shift

    found: dict[Facet, list[int]] = {}
    for name, folder, rows in json.loads(head):
        for row in rows:
            value, label = (folder + slug_of(row), row) if isinstance(row, str) else row
            last = -1
            found[Facet(name, value, label)] = [last := last + number() + 1 for _ in range(number())]
    assert next(numbers, None) is None
    return found


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(FACETS, max_size=5), max_size=40))
def test_every_report_of_every_facet_comes_back(reports: list[list[Facet]]) -> None:
    wanted: dict[Facet, list[int]] = {}
    for place, facets in enumerate(reports):
        for facet in set(facets):
            wanted.setdefault(facet, []).append(place)
    found: dict[Facet, list[int]] = {}
    for chunk in facet_chunks(reports):
        inside = decoded(chunk)
        assert next(iter(inside)).key == chunk.first
        found |= inside
    assert found == wanted
    keys = [facet.key.encode("utf-16-be") for facet in found]
    assert keys == sorted(keys)


def test_chunks_are_small_and_gaps_of_any_length_are_kept() -> None:
    reports = [[Facet("place", f"places/p{number % 700}", f"P {number % 700}")] for number in range(9000)]
    reports[8999] = [Facet("place", "places/once", "Once"), reports[0][0]]
    chunks = facet_chunks(reports)
    assert len(chunks) > 1
    assert all(len(gzip.decompress(chunk.content)) < CHUNK * 1.3 for chunk in chunks)
    everything = {facet.value: numbers for chunk in chunks for facet, numbers in decoded(chunk).items()}
    assert everything["places/once"] == [8999]
    assert everything["places/p0"] == [*range(0, 9000, 700), 8999]


def test_the_order_of_what_a_report_holds_changes_no_byte() -> None:
    one, other = Facet("place", "a", "A"), Facet("faction", "b", "B")
    assert facet_chunks([[one, other], [one]]) == facet_chunks([[other, one, one], [one]])
    assert facet_chunks([]) == ()
