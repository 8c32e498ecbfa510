"""The site as it is and as it should be: outputs compared, made on the stage, taken over or left out."""

from __future__ import annotations

import hashlib
from collections import deque
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from readingroom.cache import ready
from readingroom.digest import digest_fields
from readingroom.output import Copy, DataFile, Page, Text
from readingroom.plan import candidates, why
from readingroom.sources import check_unchanged, read_file
from readingroom.state import digests_of, digests_row
from readingroom.workers import stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from readingroom.cache import Cache, Ready
    from readingroom.output import Output
    from readingroom.plan import Digests, Plan
    from readingroom.publish import Stage, Written
    from readingroom.render import Renderer
    from readingroom.shelving import IndexStep
    from readingroom.state import Here, LastSite
    from readingroom.workers import Crew

BATCH, ROWS = 20, 500
DATA = "data/"


class Press(NamedTuple):
    """What turns outputs into files: templates, what the last build knew, and the stage; none for a look ahead."""

    renderer: Renderer
    last: LastSite
    here: Here
    cache: Cache
    stage: Stage | None


class Made(NamedTuple):
    """An output that had to be looked at: its basis, why it was made again, its file, and a generated text as it is."""

    url: str
    basis: str
    reasons: tuple[str, ...]
    file: Written | None
    text: DataFile | None


class _Looked(NamedTuple):
    """What a look at an output found; `row` are its digests, where it was made."""

    url: str
    reasons: tuple[str, ...]
    file: Written | None
    text: DataFile | None
    row: Ready | None


def make(outputs: Sequence[Output], press: Press, crew: Crew) -> list[Made]:
    """Look at every output that may be stale, in order, and put those that are on the stage.

    The digests of those are set aside in the cache, to be taken in when the site is.
    """
    bases = {output.url: _basis(output, press.renderer) for output in outputs}
    by_url = {output.url: output for output in outputs}
    looked_at = candidates(bases, press.last.bases, press.here.outputs)

    def work(part: Sequence[str]) -> Iterator[tuple[int, list[_Looked]]]:
        each = iter(part)
        while some := list(islice(each, BATCH)):
            yield len(some), [_looked(by_url[url], press) for url in some]

    press.cache.rest()
    made = {}
    for one in _without_rows(stream(work, looked_at, crew), press.cache):
        url = by_url[one.url].url  # the same text, but not once more in memory
        made[url] = Made(url, bases[url], one.reasons, one.file, one.text)
    return [made[url] for url in looked_at]


def _without_rows(batches: Iterable[Sequence[_Looked]], cache: Cache) -> Iterator[_Looked]:
    """Set rows aside as they come, many at once."""
    rows: dict[str, Ready] = {}
    for batch in batches:
        rows.update((one.url, one.row) for one in batch if one.row)
        if len(rows) >= ROWS:
            cache.set_aside("digests", rows)
            rows = {}
        yield from batch
    if rows:
        cache.set_aside("digests", rows)


def is_settled(planned: Plan, step: IndexStep, last: LastSite, here: Here) -> bool:
    """Tell whether the site is already what this build would publish."""
    index_stays = step.does == "keep" or (step.does == "none" and not last.index)
    return here.whole and index_stays and not planned.stale and not planned.removed


def data_made(outputs: Sequence[Output], looked: Sequence[Made], press: Press) -> dict[str, DataFile]:
    """Return the data files as they stand in the site, or are about to, by address."""
    made = {one.url: one.text for one in looked}
    found = {}
    for url in (output.url for output in outputs if output.url.startswith(DATA)):
        kept = made.get(url)
        if kept is None:
            kept = DataFile(digests_of(press.cache.need("digests", url))["content"], press.last.files[url].size)
        found[url] = kept
    return found


def _basis(output: Output, renderer: Renderer) -> str:
    if isinstance(output, Page):
        return output.basis + renderer.digest(output.template)
    return output.digest if isinstance(output, Copy) else output.basis


def _looked(output: Output, press: Press) -> _Looked:
    """Look at an output, and make it where it is stale."""
    if isinstance(output, Text):
        return _looked_at_text(output, press)
    digests, content = _printable(output, press.renderer)
    reasons = _why(output.url, digests, press)
    file = press.stage.write(output.url, content()) if reasons and press.stage else None
    return _Looked(output.url, reasons, file, None, _row(output.url, digests, reasons, file))


def _looked_at_text(output: Text, press: Press) -> _Looked:
    """Write a text while its digest is made, for it may be long; one that turns out the same is not kept."""
    checksum, size = hashlib.sha256(), 0

    def parts() -> Iterator[bytes]:
        nonlocal size
        for part in output.parts:
            checksum.update(part)
            size += len(part)
            yield part

    def reasons() -> tuple[str, ...]:
        return _why(output.url, {"content": checksum.hexdigest()}, press)

    if press.stage:
        file = press.stage.write_if(output.url, parts(), lambda: bool(reasons()))
    else:
        file = None
        deque(parts(), maxlen=0)
    text, found = DataFile(checksum.hexdigest(), size), reasons()
    return _Looked(output.url, found, file, text, _row(output.url, {"content": text.sha256}, found, file))


def _why(url: str, digests: Digests, press: Press) -> tuple[str, ...]:
    known = press.cache.get("digests", url) if url in press.last.bases else None
    return why(digests, digests_of(known) if known else None, here=url in press.here.outputs)


def _row(url: str, digests: Digests, reasons: Sequence[str], file: Written | None) -> Ready | None:
    return ready("digests", url, digests_row(digests, reasons)) if file else None


def _printable(output: Page | Copy, renderer: Renderer) -> tuple[Digests, Callable[[], bytes]]:
    """Return the digests that decide whether an output is made again, and what makes its content."""
    if isinstance(output, Page):
        view = output.view
        digests = {**digest_fields(view), "template": renderer.digest(output.template)}
        return digests, partial(renderer.render, output.template, view)
    return {"content": output.digest}, partial(_copied, output)


def _copied(output: Copy) -> bytes:
    content = read_file(Path(output.source), follow=not output.path)
    check_unchanged(output.path or output.url, content, output.digest)
    return content
