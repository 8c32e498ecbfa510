"""Views printed by Jinja templates, and templates digested with all they extend, include and import."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import jinja2
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from readingroom.digest import digest
from readingroom.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from readingroom.views import View

UNSTEADY = ("random",)
OURS = ("range", "namespace")


class Renderer:
    """The templates of an archive: its own where it has them, else the packaged ones."""

    def __init__(self, folders: Iterable[Path]) -> None:
        """Look for templates in these folders, the first wins; templates reach no clock and no environment."""
        self._folders = [str(folder) for folder in folders]
        self._environment = ImmutableSandboxedEnvironment(
            loader=jinja2.FileSystemLoader(self._folders),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        for name in set(self._environment.globals) - set(OURS):
            del self._environment.globals[name]
        for name in UNSTEADY:
            del self._environment.filters[name]
        self._digests: dict[str, str] = {}

    def digest(self, template: str) -> str:
        """Return the digest of a template and of every template it can reach."""
        if template not in self._digests:
            sources: dict[str, str] = {}
            self._collect(template, sources, asked_by=template)
            self._digests[template] = digest(sorted(sources.items()))
        return self._digests[template]

    def render(self, template: str, view: View) -> bytes:
        """Print a view; a fault in the template is a Problem that names its file and line."""
        try:
            return self._environment.get_template(template).render(view=view).encode()
        except jinja2.TemplateError as error:
            raise ProblemsError([self._fault(template, error)]) from error
        except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, RecursionError) as error:
            where, line = self._place(template, error)
            hint = "the template does something its values cannot do"
            raise ProblemsError([Problem(f"templates/{where}", line, str(error), hint)]) from error

    def _collect(self, template: str, sources: dict[str, str], asked_by: str) -> None:
        if template in sources:
            return
        try:
            source, _, _ = self._environment.loader.get_source(self._environment, template)  # type: ignore[union-attr]
            sources[template] = source
            for other in meta.find_referenced_templates(self._environment.parse(source, template)):
                if other is None:
                    hint = 'write the name out: {% include "name.html" %}'
                    raise ProblemsError([Problem(f"templates/{template}", 0, "names a template by a variable", hint)])
                self._collect(other, sources, asked_by=template)
        except jinja2.TemplateNotFound as error:
            raise ProblemsError([self._fault(asked_by, error)]) from error
        except jinja2.TemplateError as error:
            raise ProblemsError([self._fault(template, error)]) from error
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            problem = Problem(f"templates/{template}", line, "is not UTF-8 text", "save it as UTF-8 in your editor")
            raise ProblemsError([problem]) from error

    def _fault(self, template: str, error: jinja2.TemplateError) -> Problem:
        where, line = self._place(template, error)
        if isinstance(error, jinja2.TemplateNotFound):
            hint = "add it to templates/, or delete the line that asks for it"
            return Problem(f"templates/{where}", line, f"there is no template {error.name}", hint)
        if isinstance(error, jinja2.TemplateSyntaxError):
            return Problem(f"templates/{error.name or where}", error.lineno, f"not a template: {error.message}")
        hint = "templates receive one variable, view; docs/reference/templates.md lists its fields"
        return Problem(f"templates/{where}", line, str(error.message), hint)

    def _place(self, template: str, error: BaseException) -> tuple[str, int]:
        """Return the template where the error arose, which may be one that `template` reaches, and the line."""
        place, trace = (template, 0), error.__traceback__
        while trace is not None:
            path = trace.tb_frame.f_code.co_filename
            for folder in self._folders:
                if path.startswith(folder + os.sep):
                    place = path[len(folder) + 1 :].replace(os.sep, "/"), trace.tb_lineno
            trace = trace.tb_next
        return place
