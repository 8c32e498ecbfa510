"""Views printed by Jinja templates, and templates digested with all they extend, include and import."""

from __future__ import annotations

import os
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

import jinja2
from jinja2 import meta
from jinja2.compiler import CodeGenerator
from jinja2.sandbox import ImmutableSandboxedEnvironment

from readingroom import chart_views, feed_views, views
from readingroom.config import nearest
from readingroom.digest import digest
from readingroom.problems import Problem, ProblemsError
from readingroom.sources import read_file, template_files
from readingroom.templates import Templates
from readingroom.views import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from jinja2 import nodes
    from jinja2.compiler import Frame

    from readingroom.cache import Cache
    from readingroom.copy_views import CopyView

UNSTEADY = ("random",)
OURS = ("range", "namespace")


def unused_templates(folders: Sequence[Path]) -> list[Problem]:
    """Find files beside an archive's templates that replace none of the packaged ones and that none asks for."""
    *own, packaged = map(_templates, template_files(folders))
    strange = {name for files in own for name in files} - packaged.keys()
    if not strange:
        return []
    asked = {name for files in (*own, packaged) for path in files.values() for name in _asked_for(path)}
    known = sorted(packaged)
    message = "replaces no template of this program, and no template asks for it"
    return [
        Problem(f"templates/{name}", 0, message, nearest(name, known), "warning") for name in sorted(strange - asked)
    ]


def broken_templates(folders: Sequence[Path]) -> list[Problem]:
    """Find templates of an archive, and what they ask for, that are none or not there.

    A file that no template asks for is left alone, whatever it is: `unused_templates` tells of it.
    """
    *own, packaged = map(_templates, template_files(folders))
    renderer = Renderer(folders)
    found: list[Problem] = []
    for name in sorted({name for files in own for name in files if name in packaged}):
        try:
            renderer.digest(name)
            renderer.compile(name)
        except ProblemsError as error:
            found += error.problems
    return list(dict.fromkeys(found))


def _templates(files: Mapping[str, Path]) -> dict[str, Path]:
    """Choose the templates among files by name; static files are none."""
    return {name: path for name, path in files.items() if not name.startswith("static/")}


def _asked_for(path: Path) -> set[str]:
    source = read_file(path, follow=True).decode(errors="replace")
    try:
        found = meta.find_referenced_templates(jinja2.Environment(autoescape=True).parse(source))
        return {name for name in found if name}
    except jinja2.TemplateSyntaxError:
        return set()


def _names(value: object) -> list[str]:
    """List the fields of a view or of a part of one."""
    if is_dataclass(value):
        return [each.name for each in fields(value)]
    return list(getattr(value, "_fields", ()))


def _is_view(value: object) -> bool:
    from readingroom.copy_views import CopyView  # noqa: PLC0415 - start-up: a sound template of the site asks for none

    return isinstance(value, get_args(View | CopyView))


_FIELDS = {
    kind: frozenset(_names(kind))
    for module in (views, chart_views, feed_views)
    for kind in vars(module).values()
    if isinstance(kind, type) and _names(kind)
}


class _Generator(CodeGenerator):
    """What turns templates into code, with `printed` in the place of `escape`."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - jinja2's own
        """Write the code of a template."""
        self.writeline("from readingroom.printing import printed")
        super().visit_Template(node, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("printed(")


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, but for the declared fields of views: they hold values, so there is nothing to guard."""

    code_generator_class = _Generator

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - jinja2's own
        """Look up what a template asks for."""
        if attribute in _FIELDS.get(type(obj), ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


class _Misspelt(jinja2.StrictUndefined):
    """A value that is not there: says on one line what was asked for and, on the next, what there is."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        value, name = self._undefined_obj, str(self._undefined_name)
        names = _names(value)
        if value is None:
            return f'"{name}" is asked for where there is nothing\nput it between {{% if … %}} and {{% endif %}}'
        if not names:
            return super()._undefined_message
        is_view = _is_view(value)
        inner = {f"view.{part}.{each}": each for part in names if is_view for each in _names(getattr(value, part))}
        near = get_close_matches(name, names, n=1) or [key for key, each in inner.items() if each == name]
        near = near or [key for key, each in inner.items() if get_close_matches(name, [each], cutoff=0.8)]
        meant = f"; did you mean {near[0]}?" if near else ""
        what = "view" if is_view else type(value).__name__
        return f'{what} has no "{name}"{meant}\nit has {", ".join(names)}'


class Renderer:
    """The templates of an archive: its own where it has them, else the packaged ones."""

    def __init__(
        self, folders: Sequence[Path], digests: Mapping[str, str] | None = None, cache: Cache | None = None
    ) -> None:
        """Look for templates in these folders, the first wins; templates reach no clock and no environment.

        `digests` are the SHA-256 of the archive's files, by path, as they were listed; `cache` keeps what they ask for.
        """
        if digests is not None:
            digests = {path: sha256 for path, sha256 in digests.items() if path.startswith("templates/")}
        self._made_of = folders, digests, cache
        self._folders = [str(folder) for folder in folders]
        self._templates = Templates(folders, digests, cache)
        self._environment = _Sandbox(
            loader=self._templates,
            autoescape=True,
            undefined=_Misspelt,
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

    def __reduce__(self) -> tuple[type[Renderer], tuple[Sequence[Path], Mapping[str, str] | None, Cache | None]]:
        return Renderer, self._made_of

    def digest(self, template: str) -> str:
        """Return the digest of a template and of every template it can reach."""
        if template not in self._digests:
            sources: dict[str, str] = {}
            self._collect(template, sources, asked_by=template)
            self._templates.keep()
            self._digests[template] = digest(sorted(sources.items()))
        return self._digests[template]

    def compile(self, template: str) -> None:
        """Make the code of a template, as the first page printed with it would."""
        try:
            self._environment.get_template(template)
        except jinja2.TemplateError as error:
            raise ProblemsError([self._fault(template, error)]) from error

    def render(self, template: str, view: View | CopyView) -> bytes:
        """Print a view; a fault in the template is a Problem that names its file and line."""
        try:
            return self._environment.get_template(template).render(view=view).encode()
        except jinja2.TemplateError as error:
            raise ProblemsError([self._fault(template, error, view)]) from error
        except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, RecursionError) as error:
            where, line = self._place(template, error)
            hint = "the template does something its values cannot do"
            raise ProblemsError([Problem(f"templates/{where}", line, str(error), hint)]) from error

    def _collect(self, template: str, sources: dict[str, str], asked_by: str) -> None:
        if template in sources:
            return
        try:
            sources[template], _, _ = self._templates.get_source(self._environment, template)
            for other in self._templates.references(self._environment, template):
                if other is None:
                    hint = 'write the name out: {% include "name.html" %}'
                    raise ProblemsError([Problem(f"templates/{template}", 0, "names a template by a variable", hint)])
                self._collect(other, sources, asked_by=template)
        except jinja2.TemplateNotFound as error:
            raise ProblemsError([self._fault(asked_by, error)]) from error
        except jinja2.TemplateError as error:
            raise ProblemsError([self._fault(template, error)]) from error
        except OSError as error:
            problem = Problem(f"templates/{template}", 0, f"cannot be read: {error.strerror}", "check its permissions")
            raise ProblemsError([problem]) from error
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            problem = Problem(f"templates/{template}", line, "is not UTF-8 text", "save it as UTF-8 in your editor")
            raise ProblemsError([problem]) from error

    def _fault(self, template: str, error: jinja2.TemplateError, view: View | CopyView | None = None) -> Problem:
        where, line = self._place(template, error)
        if isinstance(error, jinja2.TemplateNotFound):
            hint = "add it to templates/, or delete the line that asks for it"
            return Problem(f"templates/{where}", line, f"there is no template {error.name}", hint)
        if isinstance(error, jinja2.TemplateSyntaxError):
            return Problem(f"templates/{error.name or where}", error.lineno, f"not a template: {error.message}")
        message, _, hint = str(error.message).partition("\n")
        hint = hint or f"templates receive one variable, view; it has {', '.join(_names(view))}"
        return Problem(f"templates/{where}", line, message, hint)

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
