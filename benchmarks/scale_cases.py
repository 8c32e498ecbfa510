"""What is done to an archive, and to the same reports in Hugo's form, before a build is measured."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scale_prose import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scale_corpus import Corpus

ROOT = Path(__file__).parent.parent
HUGO_SITE = Path(__file__).with_name("hugo_site")
TEMPLATE = "report.html"
USUAL_VILLAGE = 40  # as a rank: printed in some dozens of reports out of a thousand
USUAL_PLACE = 0.1  # of the listed ones, the more frequent first


class Edit(NamedTuple):
    """A file, and what is replaced in it, as a regular expression."""

    path: Path
    pattern: str
    replacement: str


def dress(corpus: Corpus) -> None:
    """Give the archive a template of its own to edit, and Hugo's content its site."""
    (corpus.archive / "templates").mkdir(exist_ok=True)
    shutil.copy(ROOT / "templates" / TEMPLATE, corpus.archive / "templates" / TEMPLATE)
    shutil.copytree(HUGO_SITE, corpus.hugo, dirs_exist_ok=True)


def _reports(corpus: Corpus) -> tuple[Path, Path]:
    """Return the two files of the report that is edited."""
    name = f"content/reports/{write(corpus.authority, corpus.reports // 2).id}.md"
    return corpus.archive / name, corpus.hugo / name


def edit_body(corpus: Corpus, number: int) -> Iterator[Edit]:
    for path in _reports(corpus):
        yield Edit(path, r"\n\Z", f" These figures were checked again, the last time by {number} of our staff.\n")


def edit_title(corpus: Corpus, number: int) -> Iterator[Edit]:
    for path in _reports(corpus):
        yield Edit(path, r'(?m)^(title: ".*)"$', rf'\1, revised {number}"')


def add_variant(corpus: Corpus, number: int) -> Iterator[Edit]:
    """Say that a village nobody has listed is a listed place by another name. Hugo's links are left as they are."""
    places = corpus.authority.by_kind["place"]
    place, village = places[int(USUAL_PLACE * len(places))], corpus.authority.village(USUAL_VILLAGE + number)
    for path in (corpus.archive / f"content/{place.id}.md", corpus.hugo / f"content/{place.id}/_index.md"):
        yield Edit(path, r"(?m)^variants: \[", f'variants: ["{village}", ')


def edit_template(corpus: Corpus, number: int) -> Iterator[Edit]:
    more = f'<p class="hint">Edition {number}</p>'
    yield Edit(corpus.archive / "templates" / TEMPLATE, r"(?s)\A(.*)(\{% endblock %\})", rf"\1{more}\2")
    yield Edit(corpus.hugo / "layouts/page.html", r"(?s)\A(.*)(\{\{ end \}\})", rf"\1{more}\2")


def edit_nothing(_corpus: Corpus, _number: int) -> Iterator[Edit]:
    yield from ()


CASES: Mapping[str, tuple[str, Callable[[Corpus, int], Iterator[Edit]]]] = {
    "full": ("full build", edit_nothing),
    "nothing": ("nothing changed", edit_nothing),
    "body": ("one report’s body edited", edit_body),
    "title": ("one title edited", edit_title),
    "variant": ("one variant added to a place", add_variant),
    "template": ("the report’s template edited", edit_template),
}


class Editor:
    """Makes edits and takes all of them back."""

    def __init__(self, corpus: Corpus) -> None:
        """Edit this corpus."""
        self.corpus = corpus
        self._originals: dict[Path, str] = {}

    def prepare(self, case: str, number: int) -> None:
        """Edit what the case edits, differently for each number."""
        for path, pattern, replacement in CASES[case][1](self.corpus, number):
            text = path.read_text(encoding="utf-8")
            edited, times = re.subn(pattern, replacement, text, count=1)
            if times != 1:
                raise ValueError(f"{path} does not hold {pattern}")
            self._originals.setdefault(path, text)
            path.write_text(edited, encoding="utf-8")

    def undo(self) -> None:
        """Give every edited file its text from before."""
        for path, text in self._originals.items():
            path.write_text(text, encoding="utf-8")
