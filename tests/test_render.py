"""Rendering: a template gets one view and nothing else; its digest covers all it reaches; faults name their line."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import jinja2
import pytest
from markupsafe import Markup, escape

from archives import small_archive
from readingroom.cache import Cache
from readingroom.feed_views import RobotsView
from readingroom.problems import Problem, ProblemsError
from readingroom.program import packaged_templates
from readingroom.render import Renderer
from readingroom.views import Chrome, Head, Link, MissingView

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

VIEW = RobotsView("https://example.org/<sitemap>")


class FieldView(NamedTuple):
    """A view of one field, of whatever type."""

    value: object


def renderer(folder: Path, templates: Mapping[str, str | bytes]) -> Renderer:
    for name, text in templates.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Renderer([folder])


def printed(folder: Path, template: str) -> str:
    return renderer(folder, {"page.html": template}).render("page.html", VIEW).decode()


def problem(folder: Path, templates: Mapping[str, str | bytes]) -> Problem:
    with pytest.raises(ProblemsError) as caught:
        renderer(folder, templates).render("page.html", VIEW)
    (only,) = caught.value.problems
    return only


def test_a_view_is_printed_and_escaped(tmp_path: Path) -> None:
    assert printed(tmp_path, "{{ view.sitemap }}\n") == "https://example.org/&lt;sitemap&gt;\n"


@pytest.mark.parametrize(
    "value", ["A", "&", "<b>", '"', "'", Markup("<b>"), 1, 1.5, True, None, ("<", 1), Link("<", "&")]
)
def test_whatever_is_printed_is_escaped_as_by_the_escape_of_markupsafe(tmp_path: Path, value: object) -> None:
    view = cast("Any", FieldView(value))
    found = renderer(tmp_path, {"page.html": "{{ view.value }}"}).render("page.html", view).decode()
    assert found == str(escape(value))


def test_what_a_macro_or_a_block_of_text_prints_is_escaped_once(tmp_path: Path) -> None:
    macro = "{% macro twice(text) %}{{ text }} {{ text }}{% endmacro %}{{ twice(view.sitemap) }}"
    assert printed(tmp_path, macro) == "https://example.org/&lt;sitemap&gt; https://example.org/&lt;sitemap&gt;"
    block = "{% set text %}<i>{{ view.sitemap }}</i>{% endset %}{{ text }}{{ text ~ '<' }}"
    assert printed(tmp_path, block).endswith("&lt;sitemap&gt;</i><i>https://example.org/&lt;sitemap&gt;</i>&lt;")


def test_the_first_folder_wins_file_by_file(tmp_path: Path) -> None:
    own, packaged = tmp_path / "own", tmp_path / "packaged"
    renderer(own, {"page.html": 'own {% include "part.html" %}'})
    renderer(packaged, {"page.html": "packaged", "part.html": "part"})
    assert Renderer([own, packaged]).render("page.html", VIEW) == b"own part"


# Nothing but the view


@pytest.mark.parametrize(
    "name",
    ["lipsum", "cycler", "joiner", "dict", "now", "datetime", "time", "environ", "env", "config", "random", "open"],
)
def test_no_clock_no_environment_and_no_chance_is_within_reach(tmp_path: Path, name: str) -> None:
    assert f"'{name}' is undefined" in problem(tmp_path, {"page.html": f"{{{{ {name} }}}}"}).message


def test_a_template_has_no_other_globals(tmp_path: Path) -> None:
    environment = renderer(tmp_path, {})._environment  # noqa: SLF001 - there is no other way to list them
    assert set(environment.globals) == {"range", "namespace"}
    assert not {"random"} & set(environment.filters)
    assert environment.extensions == {}


def test_no_filter_gives_another_answer_the_second_time(tmp_path: Path) -> None:
    assert "No filter named 'random'" in problem(tmp_path, {"page.html": "{{ [1, 2] | random }}"}).message


@pytest.mark.parametrize(
    "way",
    [
        "view.__class__.__mro__[1].__subclasses__()",
        "view.__init__.__globals__",
        "range.__self__",
        "self.__init__.__globals__",
        "namespace.__init__.__globals__",
        "view.sitemap.format.__globals__",
        "'{0.__class__.__init__.__globals__}'.format(view)",
        "''|attr('__class__')|attr('__mro__')",
        "(view|map(attribute='__class__')|list)",
    ],
)
def test_no_way_leads_from_a_view_to_python(tmp_path: Path, way: str) -> None:
    with pytest.raises(ProblemsError):
        renderer(tmp_path, {"page.html": f"{{{{ {way} }}}}"}).render("page.html", VIEW)


def test_a_template_cannot_change_its_view(tmp_path: Path) -> None:
    assert problem(tmp_path, {"page.html": "{% set view.sitemap = 'x' %}"}).line == 1


def test_what_a_template_sets_is_forgotten_before_the_next_page(tmp_path: Path) -> None:
    counting = "{% set seen = namespace(n=0) %}{% set seen.n = seen.n + 1 %}{{ seen.n }}"
    made = renderer(tmp_path, {"page.html": counting})
    assert [made.render("page.html", VIEW) for _ in range(3)] == [b"1", b"1", b"1"]


# Digests


@pytest.mark.parametrize(
    "asks",
    [
        '{% extends "part.html" %}',
        '{% include "part.html" %}',
        '{% import "part.html" as part %}',
        '{% from "part.html" import shown %}',
        '{% include ["part.html"] %}',
        '{% if false %}{% include "part.html" %}{% endif %}',
        '{% include "middle.html" %}',
    ],
)
def test_a_digest_follows_whatever_a_template_can_reach(tmp_path: Path, asks: str) -> None:
    part = "{% macro shown() %}x{% endmacro %}"
    files = {"page.html": asks, "part.html": part, "middle.html": '{% extends "part.html" %}', "other.html": "o"}
    before = renderer(tmp_path, files).digest("page.html")
    assert renderer(tmp_path, {"other.html": "changed"}).digest("page.html") == before
    assert renderer(tmp_path, {"part.html": part + " "}).digest("page.html") != before
    assert renderer(tmp_path, {"part.html": part}).digest("page.html") == before


def test_templates_that_reach_each_other_in_a_circle_have_a_digest(tmp_path: Path) -> None:
    files = {
        "page.html": '{% include "other.html" %}',
        "other.html": '{% if false %}{% include "page.html" %}{% endif %}',
    }
    before = renderer(tmp_path, files).digest("page.html")
    assert renderer(tmp_path, {"other.html": files["other.html"] + "x"}).digest("page.html") != before


def test_moving_text_from_one_template_to_another_changes_the_digest(tmp_path: Path) -> None:
    one = {"page.html": '{% include "a.html" %}{% include "b.html" %}', "a.html": "xy", "b.html": ""}
    before = renderer(tmp_path, one).digest("page.html")
    assert renderer(tmp_path, {"a.html": "x", "b.html": "y"}).digest("page.html") != before


def test_a_template_named_by_a_variable_is_refused_since_no_digest_could_follow_it(tmp_path: Path) -> None:
    for asks in ("{% include view.sitemap %}", '{% extends "a" ~ "b" %}', '{% include "a" if view else "b" %}'):
        made = renderer(tmp_path, {"page.html": asks})
        with pytest.raises(ProblemsError, match="names a template by a variable"):
            made.digest("page.html")


def test_every_packaged_template_has_a_digest_of_its_own() -> None:
    folder = packaged_templates()
    pages = [path.name for path in folder.iterdir() if path.is_file()]
    made = Renderer([folder])
    assert len({made.digest(page) for page in pages}) == len(pages) > 10


# What templates ask for is kept


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Cache]:
    with closing(Cache(tmp_path / "cache.sqlite", "this program")) as cache:
        yield cache


PARTS = {
    "page.html": '{% extends "base.html" %}{% block main %}{% include "part.html" %}{% endblock %}',
    "base.html": "<{% block main %}{% endblock %}>",
    "part.html": "{{ view.sitemap }}",
}


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the name of every template that is parsed; none is compiled without."""
    names: list[str] = []
    honest = jinja2.Environment._parse  # noqa: SLF001

    def note(environment: jinja2.Environment, source: str, name: str, path: str) -> object:
        names.append(name)
        return honest(environment, source, name, path)

    monkeypatch.setattr(jinja2.Environment, "_parse", note)
    return names


def test_what_templates_ask_for_is_kept_and_their_code_is_not(tmp_path: Path, kept: Cache, parsed: list[str]) -> None:
    renderer(tmp_path / "t", PARTS)
    said = Renderer([tmp_path / "t"], cache=kept).digest("page.html")
    assert set(parsed) == set(PARTS)
    parsed.clear()
    again = Renderer([tmp_path / "t"], cache=kept)
    assert again.digest("page.html") == said
    assert parsed == []
    assert again.render("page.html", VIEW) == b"<https://example.org/&lt;sitemap&gt;>"
    assert set(parsed) == set(PARTS)


def test_a_template_that_differs_is_read_again_and_no_other(tmp_path: Path, kept: Cache, parsed: list[str]) -> None:
    renderer(tmp_path / "t", PARTS)
    before = Renderer([tmp_path / "t"], cache=kept).digest("page.html")
    parsed.clear()
    renderer(tmp_path / "t", {"part.html": '{% include "base.html" %}'})
    assert Renderer([tmp_path / "t"], cache=kept).digest("page.html") != before
    assert parsed == ["part.html"]


# Faults


def test_an_undefined_name_is_a_problem_at_its_line(tmp_path: Path) -> None:
    found = problem(tmp_path, {"page.html": "one\n\n{{ view.nmae }}\n"})
    assert (found.path, found.line) == ("templates/page.html", 3)
    assert found.message == 'view has no "nmae"'
    assert found.hint == "it has sitemap"


@pytest.mark.parametrize(
    ("template", "message", "hint"),
    [
        ("{{ view.haed }}", 'view has no "haed"; did you mean head?', "it has chrome, head"),
        ("{{ view.maintainer }}", 'view has no "maintainer"; did you mean view.chrome.maintainer?', "it has chrome, "),
        ("{{ view.lnguage }}", 'view has no "lnguage"; did you mean view.chrome.language?', "it has chrome, "),
        ("{{ view.chrome.tilte }}", 'Chrome has no "tilte"; did you mean title?', "it has title, subtitle, "),
        ("{{ none.y }}", '"y" is asked for where there is nothing', "put it between {% if"),
        ("{{ veiw.head }}", "'veiw' is undefined", "templates receive one variable, view; it has chrome, head"),
    ],
)
def test_a_misspelt_name_is_told_with_what_it_may_mean_and_all_that_is_there(
    tmp_path: Path, template: str, message: str, hint: str
) -> None:
    chrome = Chrome("Test", "", "en", "ltr", "", (), "", "", feed=False)
    made = renderer(tmp_path, {"page.html": template})
    with pytest.raises(ProblemsError) as caught:
        made.render("page.html", MissingView(chrome, Head("Not found", "")))
    (found,) = caught.value.problems
    assert found.message == message
    assert found.hint.startswith(hint)


def test_an_undefined_name_in_a_test_or_loop_is_a_problem_too(tmp_path: Path) -> None:
    for text in ("{% if nobody %}{% endif %}", "{% for x in nobody %}{% endfor %}", "{{ nobody.at.all }}"):
        assert "'nobody' is undefined" in problem(tmp_path, {"page.html": text}).message


@pytest.mark.parametrize(
    "asks",
    ['{% extends "part.html" %}', '{% include "part.html" %}', '{% from "part.html" import shown %}{{ shown() }}'],
)
def test_a_fault_is_told_where_it_stands_not_where_it_was_asked_for(tmp_path: Path, asks: str) -> None:
    part = "{% macro shown() %}\n{{ nobody }}\n{% endmacro %}"
    part += "" if "import" in asks else "{{ shown() }}"
    found = problem(tmp_path, {"page.html": f"\n\n\n{asks}", "part.html": part})
    assert (found.path, found.line) == ("templates/part.html", 2)


def test_a_fault_in_a_block_is_told_in_the_page_not_in_its_base(tmp_path: Path) -> None:
    files = {
        "page.html": '{% extends "b.html" %}{% block x %}\n{{ nobody }}{% endblock %}',
        "b.html": "{% block x %}{% endblock %}",
    }
    found = problem(tmp_path, files)
    assert (found.path, found.line) == ("templates/page.html", 2)


def test_a_syntax_error_is_a_problem_at_its_line(tmp_path: Path) -> None:
    found = problem(tmp_path, {"page.html": "one\n{% for %}\n"})
    assert (found.path, found.line) == ("templates/page.html", 2)
    found = problem(tmp_path, {"page.html": '{% include "part.html" %}', "part.html": "\n\n{% if %}"})
    assert (found.path, found.line) == ("templates/part.html", 3)


def test_a_missing_template_is_a_problem_of_the_one_that_asks_for_it(tmp_path: Path) -> None:
    made = renderer(tmp_path, {"page.html": '{% include "gone.html" %}'})
    for act in (made.digest, lambda name: made.render(name, VIEW)):
        with pytest.raises(ProblemsError, match=r"templates/page\.html.*there is no template gone\.html"):
            act("page.html")


@pytest.mark.parametrize(
    "template",
    [
        "\n{{ 1 + view.sitemap }}",
        "\n{{ 1 / 0 }}",
        "\n{{ range(10000000) | list }}",
        "\n{{ [][0] }}",
        "\n{{ 'x' | indent('y' * 3, 1, 2, 3, 4) }}",
        '\n{% include "page.html" %}',
        "\n{{ '%d' | format('x') }}",
    ],
)
def test_whatever_a_template_does_wrong_is_a_problem_at_its_line(tmp_path: Path, template: str) -> None:
    found = problem(tmp_path, {"page.html": template})
    assert (found.path, found.line) == ("templates/page.html", 2)
    assert found.message


def test_a_template_that_is_no_text_is_a_problem_at_its_line(tmp_path: Path) -> None:
    made = renderer(tmp_path, {"page.html": b"one\ntwo \xff\n"})
    with pytest.raises(ProblemsError, match=r"templates/page\.html:2: is not UTF-8 text"):
        made.digest("page.html")


def test_a_fault_in_a_template_leaves_the_site_as_it_was(tmp_path: Path) -> None:
    archive = small_archive(tmp_path / "archive")
    archive.build()
    before = archive.tree()
    for fault in ("{{ view.nothing }}", "{% if %}", '{% include "gone.html" %}', b"\xff"):
        archive.write("templates/report.html", fault)
        with pytest.raises(ProblemsError, match=r"templates/report\.html"):
            archive.build()
        assert archive.tree() == before
        assert {path.name for path in (archive.root / "build").iterdir()} <= {"site", "cache.sqlite", "lock"}
    archive.write("templates/report.html", "{{ view.title }}")
    assert {item.reasons for item in archive.build().stale if item.url.startswith("reports/2")} == {("template",)}
    assert archive.tree() == archive.cold(tmp_path / "cold")
