"""The site as it is and as it should be: outputs digested, made on the stage, taken over or left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from readingroom.digest import digest_bytes, digest_fields
from readingroom.output import Copy, Page, Text
from readingroom.workers import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from readingroom.cache import Row
    from readingroom.output import Output
    from readingroom.plan import Digests, Plan
    from readingroom.publish import Stage, Written
    from readingroom.render import Renderer
    from readingroom.shelving import IndexStep
    from readingroom.state import Here, LastSite
    from readingroom.workers import Crew


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


def is_settled(planned: Plan, step: IndexStep, last: LastSite, here: Here) -> bool:
    """Tell whether the site is already what this build would publish."""
    index_stays = step.does == "keep" or (step.does == "none" and not last.index)
    return here.whole and index_stays and not planned.stale and not planned.removed


def _make(output: Output, press: Press) -> Written:
    if isinstance(output, Page):
        return press.stage.write(output.url, press.renderer.render(output.template, output.view))
    if isinstance(output, Copy):
        return press.stage.copy(output.url, output.source)
    return press.stage.write(output.url, output.text.encode())
