"""readingroom.toml turned into one frozen Config, with every fault found on the way."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from readingroom.problems import Problem, ProblemsError
from readingroom.sources import read_file

if TYPE_CHECKING:
    from pathlib import Path

FILE = "readingroom.toml"
LANGUAGE = re.compile(r"(?:[A-Za-z]{2,8}|[XxIi])(?:-[A-Za-z0-9]{1,8})*")
UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
MOST_LISTED, MOST_NEAREST = 15, 5


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entity: its name in front matter, folder and URL, labels, and how carefully it is shown.

    `person` switches on the harm rules for people; `noindex` asks search engines to leave the pages out.
    """

    name: str
    folder: str
    label: str
    plural: str
    person: bool = False
    noindex: bool = False


DEFAULT_KINDS = (
    Kind("place", "places", "Place", "Places"),
    Kind("faction", "factions", "Faction", "Factions"),
    Kind("commander", "commanders", "Commander", "Commanders", person=True, noindex=True),
)
RESERVED_FOLDERS = frozenset({"reports", "months", "originals", "data", "names", "pagefind", "static"})
RESERVED_KINDS = frozenset({"date", "publisher", "year"})


@dataclass(frozen=True, slots=True)
class Config:
    """An archive's settings.

    `url` is the absolute base of the published site, ending in `/`, or empty; `maintainer` and
    `contact` say who answers for the archive; `offline_search` adds what full-text search needs on pages
    opened from disk. Unlisted names found with at least `suggestion_confidence` (0 to 1) are published, marked,
    if `publish_suggestions` says so and they are no persons. References back ("the organization") are linked
    only if `link_references` says so.
    """

    title: str = "Untitled archive"
    subtitle: str = ""
    language: str = "en"
    url: str = ""
    maintainer: str = ""
    contact: str = ""
    offline_search: bool = True
    publish_suggestions: bool = True
    suggestion_confidence: float = 0.5
    link_references: bool = False
    kinds: tuple[Kind, ...] = field(default=DEFAULT_KINDS)

    def kind(self, name: str) -> Kind:
        """Return the kind of that name; KeyError if readingroom.toml declares none."""
        for kind in self.kinds:
            if kind.name == name:
                return kind
        raise KeyError(name)


def read_config(root: Path) -> tuple[Config, list[Problem]]:
    """Read the settings of the archive at `root`; a faulty setting keeps its default and is reported."""
    try:
        text = read_file(root / FILE, follow=True).decode("utf-8-sig")
    except FileNotFoundError:
        hint = "run readingroom in an archive's folder, or make one with: readingroom new DIR"
        return Config(), [Problem(FILE, 0, f"no {FILE} here: {root} is not an archive", hint)]
    except (OSError, UnicodeDecodeError) as error:
        return Config(), [Problem(FILE, 0, f"cannot be read: {error}", "save it as UTF-8 text")]
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"at line (\d+)", str(error))
        hint = 'text stands in quotes: title = "…"'
        return Config(), [Problem(FILE, int(where[1]) if where else 0, f"not valid TOML: {error}", hint)]
    return parse_config(table, text)


def settings(root: Path, url: str = "") -> Config:
    """Read the settings of the archive at `root`; `url` overrides the address they give.

    Raises:
        ProblemsError: a setting is wrong.
    """
    config, problems = read_config(root)
    if url:
        given, found = parse_config({"url": url})
        config = replace(config, url=given.url)
        problems += [replace(problem, path="--url", line=0) for problem in found]
    if problems:
        raise ProblemsError(problems)
    return config


def parse_config(table: dict[str, Any], text: str = "") -> tuple[Config, list[Problem]]:
    """Check a settings table; `text` is its source, used to name lines.

    >>> config, problems = parse_config({"titel": "The Pocket"}, 'titel = "The Pocket"')
    >>> print(*problems)
    readingroom.toml:1: unknown setting "titel"
        did you mean title?
    """
    problems: list[Problem] = []
    known = [item.name for item in fields(Config)]
    values: dict[str, Any] = {}
    for key, value in table.items():
        line = _line_of(text, key)
        if key not in known:
            problems.append(Problem(FILE, line, f'unknown setting "{key}"', nearest(key, known)))
        elif key == "kinds":
            values["kinds"], found = _read_kinds(value, text)
            problems += found
        else:
            given, hint = _plain(key, value, getattr(Config(), key))
            if given is None:
                problems.append(Problem(FILE, line, f"{key} {hint}", f"write {key} = {_example(key)}"))
            else:
                values[key] = given
    url = values.get("url", "")
    if url and not _is_base(url):
        hint = 'write the whole address, such as url = "https://example.org/archive/"'
        problems.append(Problem(FILE, _line_of(text, "url"), f"url is no web address: {url}", hint))
    values["url"] = url.rstrip("/") + "/" if url and _is_base(url) else ""
    return Config(**values), problems


def is_language(tag: str) -> bool:
    """Tell whether a text has the shape of a BCP 47 language tag.

    >>> [is_language(tag) for tag in ("en", "ar-SY", "zh-Hant-TW", "x-own", "english!!", "en_GB", "")]
    [True, True, True, True, False, False, False]
    """
    return LANGUAGE.fullmatch(tag) is not None


def _is_base(url: str) -> bool:
    """Tell whether an address can be the base of a site."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = not parts.query and not parts.fragment and not re.search(r"[\s\"<>\\^`{|}]", url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and plain


def _plain(key: str, value: object, default: object) -> tuple[str | bool | float | None, str]:
    """Take a value of its default's type; None and what is wrong if it is of another or cannot be shown."""
    if isinstance(default, bool):
        return (value, "") if isinstance(value, bool) else (None, "must be true or false")
    if isinstance(default, float):
        good = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
        return (float(cast("float", value)), "") if good else (None, "must be a number from 0 to 1")
    if not isinstance(value, str):
        return None, "must be text"
    found = UNSHOWN.search(value.strip())
    if found:
        return None, f"holds U+{ord(found[0]):04X}, which a line of a page cannot show"
    if key == "language" and not is_language(value.strip()):
        return None, f'cannot be "{value}": it must be a BCP 47 tag, such as en or ar-SY'
    return value.strip(), ""


def _example(key: str) -> str:
    default = getattr(Config(), key)
    return str(default).lower() if isinstance(default, bool | float) else '"…"'


def nearest(word: str, known: list[str]) -> str:
    """Hint at the known word most like `word`; or list them, but of many only the nearest.

    >>> nearest("varients", ["name", "variants"])
    'did you mean variants?'
    >>> nearest("Hajin", [str(number) for number in range(100)]), nearest("Hajin", [])
    ('none of 100 is like it', 'there is none yet')
    """
    close = get_close_matches(word, known, n=1)
    if close:
        return f"did you mean {close[0]}?"
    if len(known) <= MOST_LISTED:
        return f"known: {', '.join(known)}" if known else "there is none yet"
    near = get_close_matches(word, known, n=MOST_NEAREST, cutoff=0.4)
    return f"nearest of {len(known):,}: {', '.join(near)}" if near else f"none of {len(known):,} is like it"


def _read_kinds(value: object, text: str) -> tuple[tuple[Kind, ...], list[Problem]]:
    if not isinstance(value, dict) or not value:
        hint = 'write a table: [kinds] and below it place = "places"'
        return DEFAULT_KINDS, [Problem(FILE, _line_of(text, "kinds"), "kinds must be a table", hint)]
    kinds: list[Kind] = []
    problems: list[Problem] = []
    for name, given in value.items():
        kind, fault = _read_kind(name, given)
        if kind is None:
            problems.append(
                Problem(
                    FILE,
                    _line_of(text, name),
                    fault,
                    f'write {name} = "folder", or {name} = {{folder = "…", label = "…", plural = "…"}}',
                )
            )
        elif name in RESERVED_KINDS:
            hint = "the search has a filter of that name; call the kind something else"
            problems.append(Problem(FILE, _line_of(text, name), f'the name "{name}" is taken', hint))
        elif kind.folder in RESERVED_FOLDERS or kind.folder in {other.folder for other in kinds}:
            problems.append(
                Problem(
                    FILE,
                    _line_of(text, name),
                    f'the folder "{kind.folder}" is taken',
                    "give the kind a folder of its own",
                )
            )
        else:
            kinds.append(kind)
    return tuple(kinds), problems


def _read_kind(name: str, given: object) -> tuple[Kind | None, str]:
    defaults = {kind.name: kind for kind in DEFAULT_KINDS}.get(name)
    table = {"folder": given} if isinstance(given, str) else given
    if not isinstance(table, dict):
        return None, f"kind {name} must be a folder's name or a table"
    types = {"folder": str, "label": str, "plural": str, "person": bool, "noindex": bool}
    for key, value in table.items():
        if key not in types:
            return None, f'unknown setting "{key}" of kind {name}'
        if not isinstance(value, types[key]):
            return None, f"{key} of kind {name} must be {'text' if types[key] is str else 'true or false'}"
    found = UNSHOWN.search(" ".join([name, *map(str, table.values())]))
    if found:
        return None, f"kind {name!r} holds U+{ord(found[0]):04X}, which no page can show"
    folder = table.get("folder", defaults.folder if defaults else "")
    if not folder.isascii() or not folder.replace("-", "").isalnum() or folder != folder.lower():
        return None, f"the folder of kind {name} must be lower-case letters, digits and hyphens"
    person = bool(table.get("person", defaults.person if defaults else False))
    return Kind(
        name,
        folder,
        table.get("label", defaults.label if defaults else name.capitalize()),
        table.get("plural", folder.replace("-", " ").capitalize()),
        person=person,
        noindex=bool(table.get("noindex", person)),
    ), ""


def _line_of(text: str, key: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if line.split("=")[0].strip().strip("[]\"'") in {key, f"kinds.{key}"}:
            return number
    return 0
