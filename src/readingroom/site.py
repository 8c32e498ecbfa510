"""The site as it is and as it should be: outputs digested, made on the stage, taken over or left out."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Literal, NamedTuple

from readingroom.digest import digest, digest_bytes, digest_fields
from readingroom.offline import pack_index
from readingroom.output import Copy, Page, Text
from readingroom.publish import written
from readingroom.search import build_index
from readingroom.state import PAGEFIND
from readingroom.workers import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from readingroom.cache import Row
    from readingroom.config import Config
    from readingroom.options import Search
    from readingroom.output import Output
    from readingroom.plan import Digests, Plan
    from readingroom.publish import Stage, Written
    from readingroom.render import Renderer
    from readingroom.state import Here, LastSite
    from readingroom.workers import Crew


class IndexStep(NamedTuple):
    """What a build does about the search index, what the index is made from, and how it stands afterwards.

    `stands` is `now` (up to date), `later` (older than the pages, or missing until then) or `none`.
    """

    does: Literal["make", "keep", "none"]
    inputs: str
    stands: Search


class Press(NamedTuple):
    """What turns outputs into files: templates, and the stage they go to."""

    renderer: Renderer
    stage: Stage


def wanted(outputs: Sequence[Output], renderer: Renderer) -> dict[str, Digests]:
    """Return the digests that decide whether each output is made again, by URL."""
    found: dict[str, Digests] = {}
    for output in outputs:
        if isinstance(output, Page):
            found[output.url] = {**digest_fields(output.view), "template": renderer.digest(output.template)}
        elif isinstance(output, Text):
            found[output.url] = {"content": digest_bytes(output.text.encode())}
        else:
            found[output.url] = {"content": output.digest}
    return found


def make(
    outputs: Sequence[Output],
    digests: Mapping[str, Digests],
    planned: Plan,
    press: Press,
    crew: Crew,
) -> dict[str, Row]:
    """Put every output on the stage: fresh ones taken over, stale ones made; return the rows of those made."""
    for url in planned.fresh:
        press.stage.keep(url)
    by_url = {output.url: output for output in outputs}
    reasons = {stale.url: stale.reasons for stale in planned.stale}

    def work(part: Sequence[Output], tell: Callable[[int], None]) -> dict[str, Row]:
        rows: dict[str, Row] = {}
        for output in part:
            file = _make(output, press)
            rows[output.url] = {
                "digests": digests[output.url],
                "file": list(file),
                "why": list(reasons[output.url]),
            }
            tell(1)
        return rows

    parts = spread(work, [by_url[stale.url] for stale in planned.stale], crew)
    return {url: row for part in parts for url, row in part.items()}


def index_step(
    digests: Mapping[str, Digests], last: LastSite, here: Here, *, search: Search, config: Config
) -> IndexStep:
    """Decide about the search index: keep it where its inputs are the same, or where it may wait."""
    pages = sorted((url, sorted(item.items())) for url, item in digests.items() if is_indexed(url))
    inputs = digest((version("pagefind-bin"), config.language, config.offline_search, pages))
    if search == "none":
        return IndexStep("none", "", "none")
    if here.index_whole and last.index_inputs == inputs:
        return IndexStep("keep", inputs, "now")
    if search == "now":
        return IndexStep("make", inputs, "now")
    return IndexStep("keep" if here.index_whole else "none", last.index_inputs, "later")


def is_settled(planned: Plan, step: IndexStep, last: LastSite, here: Here) -> bool:
    """Tell whether the site is already what this build would publish."""
    index_stays = step.does == "keep" or (step.does == "none" and not last.index)
    return here.whole and index_stays and not planned.stale and not planned.removed


def is_indexed(url: str) -> bool:
    """Tell whether the full-text search may cover the page: its template decides, by data-pagefind-body."""
    return url.startswith("reports/")


def put_index(stage: Stage, step: IndexStep, last: LastSite, config: Config) -> Mapping[str, Written]:
    """Put the search index on the stage and return its files by URL: the last one, a new one, or none."""
    if step.does == "none":
        return {}
    if step.does == "keep":
        for url in last.index:
            stage.keep(url)
        return last.index
    folder = stage.path / PAGEFIND
    if not build_index(stage.path, folder, language=config.language).pages:
        folder.rmdir()
        return {}
    if config.offline_search:
        pack_index(folder)
    files = written(folder)
    return {f"{PAGEFIND}/{url}": file for url, file in files.items()}


def _make(output: Output, press: Press) -> Written:
    if isinstance(output, Page):
        return press.stage.write(output.url, press.renderer.render(output.template, output.view))
    if isinstance(output, Copy):
        return press.stage.copy(output.url, output.source)
    return press.stage.write(output.url, output.text.encode())
