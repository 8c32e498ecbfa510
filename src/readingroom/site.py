"""The site as it is and as it should be: outputs compared, made on the stage, taken over or left out."""

from __future__ import annotations

import hashlib
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from readingroom.digest import digest, digest_fields
from readingroom.offline import pack_index
from readingroom.output import Copy, DataFile, Page
from readingroom.plan import candidates, why
from readingroom.publish import written
from readingroom.search import build_index
from readingroom.sources import check_unchanged, read_file
from readingroom.state import PAGEFIND, digests_of, digests_row
from readingroom.workers import stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from readingroom.cache import Cache, Row
    from readingroom.config import Config
    from readingroom.index import Archive
    from readingroom.options import Search
    from readingroom.output import Output
    from readingroom.plan import Digests, Plan
    from readingroom.publish import Stage, Written
    from readingroom.render import Renderer
    from readingroom.state import Here, LastSite
    from readingroom.workers import Crew

BATCH = 20
DATA = "data/"


class IndexStep(NamedTuple):
    """What a build does about the search index, what the index is made from, and how it stands afterwards.

    `stands` is `now` (up to date), `later` (older than the pages, or missing until then) or `none`.
    """

    does: Literal["make", "keep", "none"]
    inputs: str
    stands: Search


class Press(NamedTuple):
    """What turns outputs into files: templates, what the last build knew, and the stage; none for a look ahead."""

    renderer: Renderer
    last: LastSite
    here: Here
    cache: Cache
    stage: Stage | None


class Made(NamedTuple):
    """An output that had to be looked at: its basis, the row of its digests, why it was made again, and its file.

    `size` is that of a generated text in bytes, 0 for other outputs.
    """

    url: str
    basis: str
    row: Row
    reasons: tuple[str, ...]
    file: Written | None
    size: int


def make(outputs: Sequence[Output], press: Press, crew: Crew) -> list[Made]:
    """Look at every output that may be stale, in order, and put those that are on the stage."""
    bases = {output.url: _basis(output, press.renderer) for output in outputs}
    by_url = {output.url: output for output in outputs}
    looked_at = candidates(bases, press.last.bases, press.here.outputs)

    def work(part: Sequence[str]) -> Iterator[tuple[int, list[Made]]]:
        each = iter(part)
        while some := list(islice(each, BATCH)):
            yield len(some), [_made(by_url[url], bases[url], press) for url in some]

    press.cache.rest()
    made = {one.url: one for some in stream(work, looked_at, crew) for one in some}
    return [made[url] for url in looked_at]


def is_settled(planned: Plan, step: IndexStep, last: LastSite, here: Here) -> bool:
    """Tell whether the site is already what this build would publish."""
    index_stays = step.does == "keep" or (step.does == "none" and not last.index)
    return here.whole and index_stays and not planned.stale and not planned.removed


def data_made(outputs: Sequence[Output], looked: Sequence[Made], press: Press) -> dict[str, DataFile]:
    """Return the data files as they stand in the site, or are about to, by address."""
    made = {one.url: one for one in looked}
    found = {}
    for url in (output.url for output in outputs if output.url.startswith(DATA)):
        if url in made:
            found[url] = DataFile(digests_of(made[url].row)["content"], made[url].size)
        else:
            found[url] = DataFile(digests_of(press.cache.need("digests", url))["content"], press.last.files[url].size)
    return found


def index_step(archive: Archive, renderer: Renderer, last: LastSite, here: Here, *, search: Search) -> IndexStep:
    """Decide about the search index: keep it where its inputs are the same, or where it may wait."""
    config = archive.config
    shown = [renderer.digest("report.html"), [stamp.decode() for stamp in archive.stamps]]
    inputs = digest((version("pagefind-bin"), config.language, config.offline_search, shown))
    if search == "none":
        return IndexStep("none", "", "none")
    if here.index_whole and last.index_inputs == inputs:
        return IndexStep("keep", inputs, "now")
    if search == "now":
        return IndexStep("make", inputs, "now")
    return IndexStep("keep" if here.index_whole else "none", last.index_inputs, "later")


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


def _basis(output: Output, renderer: Renderer) -> str:
    if isinstance(output, Page):
        return output.basis + renderer.digest(output.template)
    return output.digest if isinstance(output, Copy) else output.basis


def _made(output: Output, basis: str, press: Press) -> Made:
    """Look at an output, and make it where it is stale."""
    url = output.url
    known = press.cache.get("digests", url) if url in press.last.bases else None
    digests, content, size = _looked_at(output, press.renderer)
    reasons = why(digests, digests_of(known) if known else None, here=url in press.here.outputs)
    file = press.stage.write(url, content()) if reasons and press.stage else None
    return Made(url, basis, digests_row(digests, reasons), reasons, file, size)


def _looked_at(output: Output, renderer: Renderer) -> tuple[Digests, Callable[[], bytes], int]:
    """Return the digests that decide whether an output is made again, what makes its content, and a text's size."""
    if isinstance(output, Page):
        view = output.view
        digests = {**digest_fields(view), "template": renderer.digest(output.template)}
        return digests, partial(renderer.render, output.template, view), 0
    if isinstance(output, Copy):
        return {"content": output.digest}, partial(_copied, output), 0
    content = output.text.encode()
    return {"content": hashlib.sha256(content).hexdigest()}, lambda: content, len(content)


def _copied(output: Copy) -> bytes:
    content = read_file(Path(output.source), follow=not output.path)
    check_unchanged(output.path or output.url, content, output.digest)
    return content
