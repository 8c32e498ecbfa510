"""The rules of the house: what may stand in the repository, who may import whom, what must be documented."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import fields
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any, cast, get_args

import click
import pytest
import yaml

from readingroom import copy_views, judgements, model, read, views
from readingroom.config import Config, Kind, read_config
from views_reference import PAGE, expected, sources

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src/readingroom"

# Who may import whom: a module imports only from the lines above its own. A new module gets a place here.
LAYERS: tuple[tuple[str, ...], ...] = (
    # values and rules that know nothing of ours
    (
        "addresses",
        "book_views",
        "cache",
        "chart_views",
        "dates",
        "digest",
        "english",
        "facets",
        "feed_views",
        "garbage",
        "language",
        "local",
        "markdown",
        "model",
        "printing",
        "which_language",
    ),
    ("plan", "problems", "searchable", "shards", "webpage"),
    ("new", "references", "romanise", "sources", "views"),
    ("copy_views",),
    # one step each, over those
    ("board", "cells", "check", "config", "dating", "decode", "frontmatter", "gazetteer", "keep", "link"),
    ("matching", "names_file", "naming", "segments", "sentences", "spelling_distance", "templates"),
    ("concordance", "related", "tables", "twin"),
    ("options", "output", "paragraphs", "program", "publish", "render", "search", "sums", "words"),
    ("listing",),
    ("authority", "citing", "extract", "fields", "ledger", "offline", "reportfile", "state", "steps", "terminal"),
    ("errands", "workers"),
    ("cluster",),
    ("budget", "collisions", "dressing", "exchange", "judgements", "shelving", "variants", "watch"),
    ("ambiguity", "furniture", "index", "preview", "read", "signature"),
    # the stages of the pipeline
    ("clean", "entity_file", "load", "names_check", "pages", "placing", "recognise", "shown", "site"),
    ("assets", "discovery", "drafting"),
    ("mentions",),
    ("settling",),
    ("ingest", "provenance", "revision"),
    ("bearers", "lookup", "merging", "suggestions"),
    ("decisions",),
    ("decision_log",),
    ("review_answer", "review_page", "reviewing"),
    # names brought in and out
    ("edits",),
    ("proposals", "spreadsheet"),
    ("openrefine",),
    ("importing",),
    # the order of the stages, and what people type
    ("gather",),
    ("build", "checkup", "explain", "export", "review_desk"),
    ("indexing",),
    ("serve",),
    ("cli_exchange", "cli_export", "cli_names"),
    ("cli",),
)


def tracked() -> list[Path]:
    """Every file that is or would be committed."""
    git = ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z", "-co", "--exclude-standard"]
    names = subprocess.run(git, capture_output=True, check=True).stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def texts() -> Iterator[tuple[str, str]]:
    """Path and text of every committed file that is text."""
    for path in tracked():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


# What may stand in the repository


HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("debian", "org/debian"),
        ("deb", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("crates", "io"),
    )
]
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+|opt/pypi[\w-]*|opt/wheels)/")
INDEX_OPTION = re.compile(r"^\s*(?:--(?:extra-)?index-url|--find-links|-i\s|-f\s)", re.MULTILINE)


def test_no_file_names_a_package_registry_or_a_path_of_someones_machine() -> None:
    found = [
        f"{path}: {match}"
        for path, text in texts()
        for match in [*(host for host in HOSTS if host in text), *MACHINE_PATH.findall(text)]
    ]
    assert found == []


def test_the_locks_name_no_index_and_a_hash_for_every_package() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lock = (ROOT / name).read_text(encoding="utf-8")
        assert not INDEX_OPTION.search(lock), name
        for requirement in re.split(r"(?<!\\)\n", lock.replace("\\\n", "\\ ")):
            assert requirement.startswith("#") or not requirement or "--hash=sha256:" in requirement, requirement
    assert not any(path.name == "uv.lock" for path in tracked())


def test_the_locks_hold_every_declared_dependency_and_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    runtime = locked("requirements.txt")
    everything = locked("requirements-dev.txt")
    declared = [*project["project"]["dependencies"], *groups["build"], *project["build-system"]["requires"]]
    assert {name_of(item) for item in declared} <= runtime.keys()
    assert {name_of(item) for item in groups["dev"] if isinstance(item, str)} <= everything.keys()
    assert runtime.items() <= everything.items()


def locked(name: str) -> dict[str, str]:
    lock = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", lock, re.MULTILINE))


def name_of(requirement: str) -> str:
    return re.split(r"[<>=!~\[; ]", requirement)[0].lower().replace("_", "-")


def test_the_licence_is_apache_2() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License\n                           Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence


def test_the_archive_says_whose_reports_these_are() -> None:
    about = (ROOT / "content/about.md").read_text(encoding="utf-8")
    assert "Syrian Observatory for Human Rights" in about
    assert "not covered by that licence" in about


def test_this_archive_has_sound_settings_and_leaves_its_address_to_the_workflow() -> None:
    config, problems = read_config(ROOT)
    assert problems == []
    assert config.url == ""
    assert [kind.folder for kind in config.kinds] == ["places", "factions", "commanders", "operations"]


# The workflows


WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.y*ml"))
PERMISSIONS = {
    "pages.yml": {
        "address": {"pages": "read"},
        "build": {"contents": "read"},
        "deploy": {"pages": "write", "id-token": "write"},
    },
    "test.yml": {"test": {"contents": "read"}},
}


def workflow(name: str) -> dict[str, Any]:
    return cast("dict[str, Any]", yaml.safe_load((ROOT / ".github/workflows" / name).read_text(encoding="utf-8")))


def steps(name: str, job: str) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", workflow(name)["jobs"][job]["steps"])


def test_every_workflow_is_known_here() -> None:
    assert [path.name for path in WORKFLOWS] == sorted(PERMISSIONS)


@pytest.mark.parametrize("name", PERMISSIONS)
def test_a_workflow_has_exactly_the_permissions_it_needs(name: str) -> None:
    content = workflow(name)
    assert content["permissions"] == {}
    assert {job: table["permissions"] for job, table in content["jobs"].items()} == PERMISSIONS[name]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_full_commit_with_its_version(path: Path) -> None:
    uses = re.findall(r"uses:\s*(.*)", path.read_text(encoding="utf-8"))
    assert uses
    for use in uses:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use), use


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_workflow_lends_its_rights_to_a_foreign_pull_request_or_runs_text_from_one(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "pull_request_target" not in text
    assert "github.event" not in text
    assert "github.head_ref" not in text
    for job in workflow(path.name)["jobs"].values():
        for step in job["steps"]:
            assert not re.search(r"\$\{\{(?! matrix\.)", step.get("run", "")), step
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False


def test_pages_are_built_frozen_and_strict_from_hashed_packages_and_checked_before_upload() -> None:
    build = steps("pages.yml", "build")
    commands = "\n".join(step.get("run", "") for step in build)
    assert re.search(r"pip install --require-hashes -r requirements\.txt", commands)
    assert 'readingroom build --frozen --strict --url "$URL"' in commands
    assert commands.index("readingroom build") < commands.index("readingroom check")
    assert "upload-pages-artifact" in build[-1]["uses"]
    assert build[-1]["with"] == {"path": "build/site"}


def test_what_the_workflow_runs_succeeds_on_this_archive(tmp_path: Path) -> None:
    for name in ("readingroom.toml", "seeds", "content", "templates"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    commands = [step["run"] for step in steps("pages.yml", "build") if "readingroom " in step.get("run", "")]
    assert len(commands) == 2
    for command in commands:
        words = [word.replace("$URL", "https://archive.example/folder") for word in shlex.split(command)]
        program = (
            [sys.executable, "-c", "from readingroom.cli import main; main()"]
            if words[0] == "readingroom"
            else words[:1]
        )
        done = subprocess.run([*program, *words[1:]], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    assert (tmp_path / "build/site/sitemap.xml").is_file()


def test_a_deployment_is_never_cut_short_and_goes_to_the_pages_environment() -> None:
    content = workflow("pages.yml")
    assert content["concurrency"] == {"group": "pages", "cancel-in-progress": False}
    assert content["jobs"]["deploy"]["environment"]["name"] == "github-pages"
    assert content["jobs"]["deploy"]["needs"] == "build"


# The layers


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its dotted name below `readingroom`, parsed."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imported(tree: ast.Module, known: set[str]) -> Iterator[str]:
    """The modules of ours that a module imports, wherever in it, for types or for good."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[2] for name in node.names if name.name.split(".")[0] == "readingroom")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "readingroom":
            module = (node.module or "").partition(".")[2]
            for name in node.names:
                inner = f"{module}.{name.name}".removeprefix(".")
                yield inner if inner in known else module


def graph() -> dict[str, set[str]]:
    trees = modules()
    return {name: set(imported(tree, set(trees))) - {name} for name, tree in trees.items()}


def test_no_import_is_relative() -> None:
    relative = [
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_modules_import_each_other_in_no_circle() -> None:
    TopologicalSorter(graph()).prepare()


def test_every_module_has_its_place_in_the_layers() -> None:
    places = [name for layer in LAYERS for name in layer]
    assert len(places) == len(set(places))
    present = {name.split(".")[0] for name in graph()} - {""}
    new, gone = sorted(present - set(places)), sorted(set(places) - present)
    assert not new, f"give {', '.join(new)} a place in LAYERS (tests/test_house.py): below all that it imports"
    assert not gone, f"take {', '.join(gone)} out of LAYERS (tests/test_house.py): no such module"


def test_a_module_imports_only_from_the_layers_above_its_own() -> None:
    level = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    wrong = [
        f"{module} imports {other}"
        for module, others in graph().items()
        for other in sorted(others)
        if module and other and module.split(".")[0] != other.split(".")[0]
        if level.get(other.split(".")[0], 0) >= level.get(module.split(".")[0], len(LAYERS))
    ]
    assert wrong == []


# The budgets


def functions() -> dict[str, int]:
    """Every function of the package and its length: lines that are not blank, without its docstring."""
    lengths = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        lines = source.splitlines()
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                start = node.body[0].end_lineno if ast.get_docstring(node) else node.lineno - 1
                body = [line for line in lines[start : node.end_lineno] if line.strip()]
                lengths[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = len(body)
    return lengths


def test_no_function_is_longer_than_50_lines_and_few_are_longer_than_25() -> None:
    lengths = functions()
    assert {name: length for name, length in lengths.items() if length > 50} == {}
    assert quantiles(lengths.values(), n=20)[-1] <= 25


def test_no_file_of_code_has_more_than_400_lines() -> None:
    code = [path for path in tracked() if path.suffix == ".py" or path.parent.name == "static"]
    long = {}
    for path in code:
        if path.suffix in {".py", ".js", ".css"}:
            lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
            if len(lines) > 400:
                long[str(path.relative_to(ROOT))] = len(lines)
    assert long == {}


# The documentation


REFERENCE = ROOT / "docs/reference"


def sections(page: str, mark: str = "## ") -> dict[str, str]:
    """The text below each heading of a page in docs/reference/."""
    text = "\n" + (REFERENCE / page).read_text(encoding="utf-8")
    parts = text.split(f"\n{mark}")[1:]
    return {part.partition("\n")[0].strip("` "): part.partition("\n")[2] for part in parts}


def command_group() -> click.Group:
    group = import_module("readingroom.cli").cli
    assert isinstance(group, click.Group)
    return group


def commands_of(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    """Every command of a group by the words that call it, commands of its commands included."""
    for word, command in group.commands.items():
        yield f"{name} {word}", command
        if isinstance(command, click.Group):
            yield from commands_of(command, f"{name} {word}")


def test_every_command_and_option_is_documented_and_no_other() -> None:
    documented = sections("commands.md")
    group = command_group()
    commands = dict(commands_of(group, "readingroom"))
    assert commands.keys() == documented.keys()
    preamble = (REFERENCE / "commands.md").read_text(encoding="utf-8").partition("\n## ")[0]
    assert_options(group, preamble, "readingroom")
    for name, command in commands.items():
        assert_options(command, documented[name], name)


def test_a_list_of_commands_cuts_no_line_short() -> None:
    lines = {name: command.get_short_help_str(limit=200) for name, command in commands_of(command_group(), "")}
    assert {name: line for name, line in lines.items() if len(line) >= 60} == {}


def assert_options(command: click.Command, section: str, name: str) -> None:
    options = [item for item in command.params if isinstance(item, click.Option) and not item.hidden]
    given = {word for item in options for word in (*item.opts, *item.secondary_opts)}
    listed = set(re.findall(r"^- `(--?[A-Za-z-]+)", section, re.MULTILINE))
    assert listed == given, f"{name}: docs/reference/commands.md lists other options than the program has"


def test_every_setting_is_documented_and_no_other() -> None:
    page = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE)
    kind = [item.name for item in fields(Kind) if item.name != "name"]
    assert sorted(rows) == sorted([*(item.name for item in fields(Config)), *kind])


@pytest.mark.parametrize(
    ("heading", "keys"),
    [
        ("Report", (*read.REPORT_KEYS, *get_args(model.DateBasis))),
        ("Entity", (*read.ENTITY_KEYS, *get_args(model.Precision))),
        ("Judgements", judgements.JUDGEMENT_KEYS),
        ("Changes", (*read.CHANGE_KEYS, *get_args(model.ChangeKind))),
    ],
)
def test_every_key_that_people_write_is_documented(heading: str, keys: tuple[str, ...]) -> None:
    section = sections("files.md")[heading]
    assert [key for key in keys if f"`{key}`" not in section] == []


def test_every_status_of_a_mention_is_documented() -> None:
    section = sections("commands.md")["readingroom mentions"]
    assert [status for status in get_args(model.Status) if f"`{status}`" not in section] == []


def test_every_template_variable_is_documented() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == expected(page, sources()), "run: make docs"


def test_every_template_is_documented_with_the_view_it_receives() -> None:
    rows = dict(
        re.findall(r"^\| `([a-z0-9-]+\.[a-z]+)`.* \| (\w+View) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    )
    files = {path.name for path in (ROOT / "templates").iterdir() if path.is_file() and path.name[0] != "_"}
    assert set(rows) == files - {"base.html"}
    known = get_args(views.View | copy_views.CopyView)
    assert set(rows.values()) == {view.__name__ for view in known}


def test_every_make_command_that_the_documents_name_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    goals = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {goal for path, text in texts() if path.endswith(".md") for goal in re.findall(r"`make ([a-z-]+)", text)}
    assert named <= goals
    assert {"site", "test", "test-long", "serve", "lint", "lock", "clean"} <= goals


def test_every_link_between_documents_leads_somewhere() -> None:
    dead = []
    for path, text in texts():
        if path == "README.md" or (path.startswith("docs/") and path.endswith(".md")):
            for target in re.findall(r"\]\(([^)\s]+)\)", text):
                if not re.match(r"[a-z]+:|#", target):
                    file = (ROOT / path).parent / target.partition("#")[0]
                    dead += [] if file.exists() else [f"{path}: {target}"]
    assert dead == []
