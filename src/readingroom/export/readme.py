"""The page for whoever receives the archive in a zip: what it is, how to open it, where it lives, how to check it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from readingroom.copy_views import ReadmeView
from readingroom.export.places import called
from readingroom.export.standalone import STYLES, copy_note
from readingroom.language import direction
from readingroom.program import template_folders
from readingroom.render import Renderer
from readingroom.views import Chrome, Head

if TYPE_CHECKING:
    from pathlib import Path

    from readingroom.export.finished import Finished


def readme(root: Path, site: Finished) -> bytes:
    """Print the page that goes into the zip of a site, in the site's own look."""
    config, result = site.config, site.result
    folder = called(config.title, result.edition)
    styles = [(site.path / name).read_bytes() for name in STYLES if (site.path / name).is_file()]
    chrome = Chrome(
        config.title, config.subtitle, config.language, direction(config.language), "", (), config.maintainer,
        config.contact, feed=False, live=config.url,
        copy=copy_note(result.edition, config.url, styles, f"{config.title}, edition {result.edition}"),
    )  # fmt: skip
    head = Head("Read this first", f"How to open this copy of {config.title}.")
    view = ReadmeView(chrome, head, folder, result.reports, result.entities, site.searches)
    return Renderer(template_folders(root)).render("readme.html", view)
