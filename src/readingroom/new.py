"""A new archive: settings, folders, a page of questions to answer, a workflow to publish it."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from readingroom import __version__
from readingroom.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator

SKELETON = Path(__file__).with_name("skeleton")
DOTTED = frozenset({"gitattributes", "github", "gitignore"})
MARK = re.compile("@(TITLE|NAME|VERSION)@")
EMPTY = ("content/reports", "content/places", "content/factions", "content/commanders")
HARMLESS = frozenset({".git", ".DS_Store"})
INVISIBLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


def new_archive(folder: Path, title: str = "") -> list[str]:
    """Write an empty archive that builds at once; return the paths of its files below `folder`.

    The folder may exist if it is empty but for a repository of git's.

    Raises:
        ProblemsError: the folder holds something, or cannot be written.
    """
    name = one_line(title) or one_line(folder.resolve().name.replace("-", " ").replace("_", " "))
    name = name[:1].upper() + name[1:] or "Untitled archive"
    words = {"TITLE": toml(name), "NAME": name, "VERSION": __version__}
    try:
        if folder.exists() and {path.name for path in folder.iterdir()} - HARMLESS:
            hint = "choose a new folder:  readingroom new my-archive"
            raise ProblemsError([Problem(str(folder), 0, "is not empty", hint)])
        return [_write(folder, path, text, words) for path, text in _files()]
    except OSError as error:
        hint = "choose a folder that you may write to"
        problem = Problem(str(error.filename or folder), 0, f"cannot be written: {error.strerror}", hint)
        raise ProblemsError([problem]) from error


def one_line(text: str) -> str:
    r"""Return a text as one line, without unseen characters that files of text should not hold.

    >>> one_line(" The\nPocket\x07 ")
    'The Pocket'
    """
    return " ".join("".join(" " if _is_invisible(letter) else letter for letter in text).split())


def toml(text: str) -> str:
    r"""Write a text as TOML does.

    >>> print(toml('The "Pocket" \\ Idlib'))
    "The \"Pocket\" \\ Idlib"
    """
    return json.dumps(text, ensure_ascii=False)


def _is_invisible(letter: str) -> bool:
    return unicodedata.category(letter) in INVISIBLE


def _files() -> Iterator[tuple[str, str]]:
    """List the files of a new archive; in the package, names that begin with a dot do without it."""
    for path in sorted(SKELETON.rglob("*")):
        if path.is_file():
            parts = path.relative_to(SKELETON).parts
            name = "/".join(f".{part}" if part in DOTTED else part for part in parts)
            yield name, path.read_text(encoding="utf-8")
    for name in EMPTY:
        yield f"{name}/.gitkeep", ""


def _write(folder: Path, path: str, text: str, words: dict[str, str]) -> str:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("x", encoding="utf-8", newline="\n") as file:
        file.write(MARK.sub(lambda mark: words[mark[1]], text))
    return path
