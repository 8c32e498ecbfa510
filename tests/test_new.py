"""`readingroom new`: an archive that builds at once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from zipfile import ZipFile

import pytest
import yaml

from readingroom import __version__
from readingroom.build import build
from readingroom.check import check_site
from readingroom.config import DEFAULT_KINDS, Config, read_config
from readingroom.new import SKELETON, new_archive
from readingroom.options import Options
from readingroom.problems import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
WORKFLOW = ".github/workflows/pages.yml"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "my-archive"
    new_archive(folder)
    return folder


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_it_says_what_it_wrote(tmp_path: Path) -> None:
    written = new_archive(tmp_path / "one")
    assert sorted(written) == files(tmp_path / "one")
    assert {"readingroom.toml", ".gitignore", "content/about.md", "seeds/index.csv", WORKFLOW} <= set(written)
    assert {"content/reports/.gitkeep", "content/commanders/.gitkeep"} <= set(written)


def test_a_new_archive_builds_at_once_without_a_warning_and_passes_every_check(archive: Path) -> None:
    result = build(archive, Options(frozen=True, strict=True))
    assert result.problems == ()
    assert result.reports == 0
    assert {"index.html", "about.html", "404.html"} <= set(files(result.site))
    assert check_site(result.site) == []


def test_its_first_report_is_taken_in_by_the_next_build(tmp_path: Path) -> None:
    new_archive(tmp_path)
    build(tmp_path)
    (tmp_path / "seeds/one.txt").write_text("Clashes in Hajin\n\nClashes went on in Hajin.\n", encoding="utf-8")
    result = build(tmp_path)
    assert result.reports == 1
    assert result.ingested == tuple(f"content/reports/{path.name}" for path in reports(tmp_path))


def reports(folder: Path) -> Iterator[Path]:
    return (folder / "content/reports").glob("*.md")


def test_its_settings_are_the_defaults_written_out(archive: Path) -> None:
    config, problems = read_config(archive)
    assert problems == []
    assert config == Config(title="My archive", kinds=DEFAULT_KINDS)
    table = tomllib.loads((archive / "readingroom.toml").read_text(encoding="utf-8"))
    assert table.keys() == set(Config.__dataclass_fields__)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("The Pocket", "The Pocket"),
        ('Say "no" to \\ and @NAME@', 'Say "no" to \\ and @NAME@'),
        ("أرشيف", "أرشيف"),
        ('two\nlines\n[kinds]\x00\x7f = "x"', 'Two lines [kinds] = "x"'),
        ("\udcff", "An archive"),
    ],
)
def test_a_title_is_the_title_whatever_it_holds(title: str, expected: str, tmp_path: Path) -> None:
    new_archive(tmp_path / "an_archive", title)
    config, problems = read_config(tmp_path / "an_archive")
    assert problems == []
    assert config.title == expected
    assert (tmp_path / "an_archive/README.md").read_text(encoding="utf-8").startswith(f"# {expected}\n")


def test_a_folder_that_holds_something_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ProblemsError, match="is not empty\n    choose a new folder"):
        new_archive(tmp_path)
    assert files(tmp_path) == ["notes.txt"]


def test_a_repository_that_is_still_empty_may_become_an_archive(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert "readingroom.toml" in new_archive(tmp_path)


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file/below"):
        with pytest.raises(ProblemsError, match="cannot be written"):
            new_archive(folder)


def test_the_page_about_it_asks_what_a_responsible_archive_answers(archive: Path) -> None:
    text = (archive / "content/about.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    for word in ("collected", "speaks", "left out", "names are reviewed", "harmed", "removal", "Rights"):
        assert any(word in heading for heading in headings), word


def test_git_ignores_the_output_and_keeps_originals_byte_for_byte(archive: Path) -> None:
    git = ["git", "-c", "safe.directory=*", "-C", str(archive)]
    subprocess.run([*git, "init", "-q"], check=True)
    (archive / "build").mkdir(exist_ok=True)
    (archive / "build/cache.sqlite").touch()
    ignored = subprocess.run(
        [*git, "check-ignore", "build/cache.sqlite", "content/reports/.gitkeep"], capture_output=True, check=True
    )
    assert ignored.stdout.split() == [b"build/cache.sqlite"]
    text = subprocess.run([*git, "check-attr", "text", "seeds/a/one.txt"], capture_output=True, check=True)
    assert text.stdout.decode().strip() == "seeds/a/one.txt: text: unset"
    shutil.rmtree(archive / ".git")


# The workflow


def workflow(folder: Path) -> dict[str, Any]:
    return cast("dict[str, Any]", yaml.safe_load((folder / WORKFLOW).read_text(encoding="utf-8")))


def test_its_workflow_differs_from_that_of_this_repository_in_how_it_installs_only(archive: Path) -> None:
    ours, its = workflow(ROOT), workflow(archive)
    assert [step.get("name") for step in its["jobs"]["build"]["steps"]] == [
        step.get("name") for step in ours["jobs"]["build"]["steps"]
    ]
    for content in (ours, its):
        (install,) = [step for step in content["jobs"]["build"]["steps"] if step.get("name", "").startswith("Install")]
        del install["run"]
    assert its == ours
    uses = [re.findall(r"uses: .*", (folder / WORKFLOW).read_text(encoding="utf-8")) for folder in (ROOT, archive)]
    assert uses[0] == uses[1]


def test_its_workflow_installs_nothing_that_is_not_locked_and_says_how_to_lock(archive: Path, tmp_path: Path) -> None:
    (script,) = [
        step["run"]
        for step in workflow(archive)["jobs"]["build"]["steps"]
        if step.get("name", "").startswith("Install")
    ]
    assert "pip install --require-hashes" in script
    (tmp_path / "python").write_text('#!/bin/sh\necho "installed: $*"\n', encoding="utf-8")
    (tmp_path / "python").chmod(0o755)
    command = ["bash", "-e", "-c", f'PATH="{tmp_path}:$PATH"; cd "{tmp_path}"\n{script}']
    for lock in (None, f"readingroom=={__version__}\n"):
        if lock:
            (tmp_path / "requirements.txt").write_text(lock, encoding="utf-8")
        refused = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
        assert refused.returncode == 1
        assert "wheels/README.md says how to make requirements.txt" in refused.stdout
        assert "installed" not in refused.stdout
    (tmp_path / "requirements.txt").write_text("readingroom==1 --hash=sha256:00\n", encoding="utf-8")
    assert "installed: -m pip" in subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout


def test_the_steps_that_lock_what_it_installs_work_as_they_are_written(tmp_path: Path) -> None:
    new_archive(tmp_path / "my-archive")
    steps = textwrap.dedent(
        "\n".join(
            re.findall(
                r"^    .*$", (tmp_path / "my-archive/wheels/README.md").read_text(encoding="utf-8"), re.MULTILINE
            )
        )
    )
    guide = (ROOT / "docs/how-to/publish-on-github-pages.md").read_text(encoding="utf-8")
    assert f"```\n{steps}\n```" in guide
    script = steps.replace(". .venv/bin/activate\n", "").replace("../my-archive", str(tmp_path / "my-archive"))
    programs = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(["sh", "-e", "-c", script], cwd=ROOT, env=programs, check=True, capture_output=True)
    lock = (tmp_path / "my-archive/requirements.txt").read_text(encoding="utf-8")
    (tmp_path / "my-archive/last.txt").write_text(lock.splitlines()[-1], encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-index", "--dry-run"]
    command = [*pip, "--ignore-installed", "--only-binary", ":all:", "-r", "last.txt"]
    done = subprocess.run(command, cwd=tmp_path / "my-archive", capture_output=True, text=True, check=True)
    assert f"Would install readingroom-{__version__}" in done.stdout


# The package


def test_the_wheel_holds_the_skeleton_and_what_serve_adds_to_pages(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as content:
        names = set(content.namelist())
    ours = {path.relative_to(SKELETON.parent.parent).as_posix() for path in SKELETON.rglob("*") if path.is_file()}
    assert len(ours) >= 9
    assert ours <= names
    assert {"readingroom/reload.js", "readingroom/reload.css"} <= names
