"""A report, a name's dossier or a month's reports as one file that needs no other: to hand on, or to print."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from readingroom.assets import static_files
from readingroom.copy_views import CollectionView
from readingroom.export.chosen import choose
from readingroom.export.links import lead_elsewhere
from readingroom.export.places import fresh, measured, place, short
from readingroom.export.standalone import STYLES, copy_note
from readingroom.gather import gather, judge
from readingroom.pages import Bases, edition
from readingroom.pages.entity import dossier
from readingroom.pages.frame import canonical, chrome, month_label
from readingroom.pages.lists import by_month
from readingroom.pages.report import report_view
from readingroom.problems import Problem, ProblemsError, is_error
from readingroom.program import template_folders
from readingroom.publish import room_to_write
from readingroom.render import Renderer
from readingroom.sources import read_file
from readingroom.views import EntityView, Head, ReportView

if TYPE_CHECKING:
    from collections.abc import Callable

    from readingroom.cache import Cache
    from readingroom.config import Config
    from readingroom.export.chosen import Chosen
    from readingroom.export.places import Exported
    from readingroom.gather import Gathered
    from readingroom.index import Archive
    from readingroom.options import Options, Progress
    from readingroom.views import Copy

    Single = ReportView | EntityView | CollectionView


class Alone(NamedTuple):
    """What was written: the file, what is in it (`places/hajin`), and its address on the web, if it has one.

    `problems` are the faults of what was left out of the archive.
    """

    file: Exported
    of: str
    live: str
    problems: tuple[Problem, ...]


class Leaf(NamedTuple):
    """A page before it leaves: its address in the site, its template and view, and the anchors of what is on it.

    `at` is the page that its links were made for.
    """

    url: str
    at: str
    template: str
    view: Single
    inside: Callable[[str, str], str]


def export_single(root: Path, asked: str, out: Path | None, how: tuple[Config, Cache, Options, Progress]) -> Alone:
    """Write a report, a name or a month to one file, with everything it needs.

    Raises:
        ProblemsError: content/ has errors, nothing or more than one thing is called so, or it cannot be written.
    """
    config, cache, options, say = how
    gathered = gather(root, config, cache, options, say)
    judge(gathered.problems, strict=False, keep_going=options.keep_going)
    archive = gathered.archive
    leaf = _leaf(archive, choose(archive, asked))
    named = edition(archive, Bases(archive)).name
    of = leaf.url.removesuffix(".html")
    target = place(root, out, f"{short(config.title)}-{of.partition('/')[2]}-{named}.html")
    html = _alone(root, gathered, leaf, named)
    with room_to_write(target.parent), fresh(target) as passing:
        passing.write_bytes(html.encode())
    faults = tuple(filter(is_error, gathered.problems))
    return Alone(measured(target, named), of, canonical(config, leaf.url), faults)


def _leaf(archive: Archive, chosen: Chosen) -> Leaf:
    if chosen.position is not None:
        report = report_view(archive, chosen.position)
        url = archive.cards[chosen.position].url
        return Leaf(url, url, "report.html", replace(report, previous=None, next=None), _only(url, "title"))
    if chosen.entity is not None:
        url = chosen.entity.url
        return Leaf(url, url, "entity.html", dossier(archive, chosen.entity), _only(url, "main"))
    return _month(archive, chosen.month)


def _only(url: str, top: str) -> Callable[[str, str], str]:
    return lambda target, fragment: (fragment or top) if target == url else ""


def _month(archive: Archive, month: str) -> Leaf:
    """Put the reports of a month on one page; what is said of one of them is found under its id."""
    url = f"months/{month}.html"
    positions = by_month(archive)[month]
    ids = {archive.cards[position].url: archive.cards[position].id for position in positions}

    def inside(target: str, fragment: str) -> str:
        if target == url:
            return fragment or "main"
        return "-".join(filter(None, (ids[target], fragment))) if target in ids else ""

    label = month_label(month)
    about = f"The reports of {archive.config.title}, {label}, in full."
    head = Head(f"Reports, {label}", about, canonical(archive.config, url))
    reports = tuple(report_view(archive, position) for position in positions)
    view = CollectionView(chrome(archive, url), head, label, reports)
    return Leaf(url, "reports/index.html", "collection.html", view, inside)


def _alone(root: Path, gathered: Gathered, leaf: Leaf, named: str) -> str:
    """Print a page as a copy.

    Raises:
        ProblemsError: the archive's own templates load something.
    """
    archive = gathered.archive
    folders = template_folders(root)
    sheets = {copy.url: copy.source for copy in static_files(folders, gathered.sources.digests)}
    styles = [read_file(Path(sheets[name]), follow=True) for name in STYLES if name in sheets]
    live = canonical(archive.config, leaf.url)
    footer = " · ".join(filter(None, (archive.config.title, f"edition {named}", archive.config.url)))
    view = _as_copy(leaf.view, copy_note(named, live, styles, footer))
    html = Renderer(folders, gathered.sources.digests).render(leaf.template, view).decode()
    moved = lead_elsewhere(html, leaf.at, archive.config.url, leaf.inside)
    if moved.loads:
        hint = "leave it out where view.chrome.copy is set, as the packaged base.html does"
        message = f"puts into a copy what a single file cannot hold: {moved.loads[0]}"
        raise ProblemsError([Problem(f"templates/{leaf.template}", 0, message, hint)])
    return moved.html


def _as_copy(view: Single, copy: Copy) -> Single:
    """Frame a page as a copy: no ways to other pages, nothing for machines that run scripts."""
    frame = replace(view.chrome, nav=(), feed=False, copy=copy)
    return replace(view, chrome=frame, head=replace(view.head, json_ld=""))
