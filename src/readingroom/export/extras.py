"""Whether the libraries are there that some exports need and the program does not."""

from __future__ import annotations

from importlib.util import find_spec

from readingroom.problems import Problem, ProblemsError


def need(what: str, *libraries: str) -> None:
    """Make sure of the libraries that an export needs.

    Raises:
        ProblemsError: at least one is not installed; it says what to type.
    """
    missing = [name for name in libraries if find_spec(name) is None]
    if missing:
        hint = f"type:  python -m pip install {' '.join(libraries)}  with the Python that runs readingroom"
        message = f"needs {' and '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not installed"
        raise ProblemsError([Problem(what, 0, message, hint)])
