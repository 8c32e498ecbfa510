from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from readingroom.frontmatter import parse
from readingroom.model import CleaningStep, Original, Report
from readingroom.reportfile import write_report

VALUES = st.one_of(
    st.text(max_size=40),
    st.text("ab:#,[]{}&*!|>'\"%@`\\-? \n\t~\u202e\u0085\u2028", max_size=20),
    st.sampled_from(["no", "NULL", "2018", "1e5", "- a", "a: b", "a #b", "…", "“a”", "---", "a ", "<<", "=", "? a"]),
).filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text))
STEPS = st.lists(
    st.builds(
        CleaningStep,
        VALUES.filter(bool),
        st.integers(1, 99),
        st.lists(st.tuples(VALUES, VALUES), max_size=3).map(tuple),
        st.lists(VALUES, max_size=3).map(tuple),
    ),
    max_size=3,
).map(tuple)


@given(VALUES.filter(bool), VALUES, VALUES, STEPS)
@settings(deadline=None, max_examples=300)
@example("x" * 3000, "a, b", "http://a.org/?b=c#d", (CleaningStep("x", 1, (("y" * 2000, "z" * 2000),), ("q" * 2000,)),))
def test_front_matter_reads_back_as_it_was_written(
    title: str, publisher: str, path: str, steps: tuple[CleaningStep, ...]
) -> None:
    report = Report(
        "x", "content/reports/x.md", title, "", publisher, "2018-01~", "given", title, "", "en",
        Original(path, "0" * 64), steps, publish=True, paragraphs=(),
    )  # fmt: skip
    text = write_report(report, "Body.\n")
    document, problems = parse(text, "x.md")
    assert problems == []
    assert document is not None
    assert document.body == "Body.\n"
    assert document.meta["title"] == title
    assert document.meta.get("publisher", "") == publisher
    assert document.meta["original"] == {"path": path, "sha256": "0" * 64}
    assert list(document.meta) == [
        key
        for key in ("title", "publisher", "published", "date_basis", "date_evidence", "language", "original")
        + (("cleaning",) if steps else ())
        + ("publish",)
        if key != "publisher" or publisher
    ]
    written = document.meta.get("cleaning", [])
    assert isinstance(written, list)
    assert [
        {
            "step": step.step,
            "count": str(step.times),
            **({"words": [list(pair) for pair in step.words]} if step.words else {}),
            **({"lines": list(step.lines)} if step.lines else {}),
        }
        for step in steps
    ] == written
