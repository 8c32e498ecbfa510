"""The site as it is and as it should be: outputs compared, made on the stage, taken over or left out."""

from __future__ import annotations

import hashlib
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from readingroom.digest import digest_fields
from readingroom.output import Copy, DataFile, Page
from readingroom.plan import candidates, why
from readingroom.sources import check_unchanged, read_file
from readingroom.state import digests_of, digests_row
from readingroom.workers import stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from readingroom.cache import Cache, Row
    from readingroom.output import Output
    from readingroom.plan import Digests, Plan
    from readingroom.publish import Stage, Written
    from readingroom.render import Renderer
    from readingroom.shelving import IndexStep
    from readingroom.state import Here, LastSite
    from readingroom.workers import Crew

BATCH = 20
DATA = "data/"


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
    content = output.content
    return {"content": hashlib.sha256(content).hexdigest()}, lambda: content, len(content)


def _copied(output: Copy) -> bytes:
    content = read_file(Path(output.source), follow=not output.path)
    check_unchanged(output.path or output.url, content, output.digest)
    return content
