"""Makes docs/reference/templates.md from the views; `make docs` runs it, a test compares."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = tuple(
    ROOT / f"src/readingroom/{name}.py" for name in ("views", "chart_views", "feed_views", "copy_views", "book_views")
)
PAGE = ROOT / "docs/reference/templates.md"
MARK = "<!-- from here on written by `make docs` -->\n"


def reference(source: str) -> str:
    """Describe every view and every value in it: what it is, and each field with its type."""
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    pages = [node for node in classes if node.name.endswith("View") and node.decorator_list]
    values = [node for node in classes if node not in pages]
    return "\n".join(
        [
            *("", "## Views", ""),
            *(line for node in pages for line in _section(node)),
            *("## Values in views", ""),
            *(line for node in values for line in _section(node)),
        ]
    )


def expected(page: str, source: str) -> str:
    """Return the page with everything below its mark renewed."""
    return page.partition(MARK)[0] + MARK + reference(source)


def _section(node: ast.ClassDef) -> list[str]:
    about = " ".join((ast.get_docstring(node) or "").split())
    fields = [item for item in node.body if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)]
    rows = [f"- `{ast.unparse(item.target)}`: `{ast.unparse(item.annotation)}`" for item in fields]
    return [f"### {node.name}", "", about, "", *rows, ""]


def sources() -> str:
    """Return the code of all views, one file after the other."""
    return "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)


if __name__ == "__main__":
    PAGE.write_text(
        expected(PAGE.read_text(encoding="utf-8"), sources()),
        encoding="utf-8",
        newline="\n",
    )
