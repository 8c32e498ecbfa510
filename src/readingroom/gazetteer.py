"""Gazetteers (GeoNames, Who's On First, GeoJSON, plain CSV) read one place at a time, whatever their size."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from readingroom.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import TextIO

Format = Literal["geonames", "whosonfirst", "csv"]
Rank = Literal["country", "province", "district", "village", "exact"]
FORMATS: tuple[str, ...] = get_args(Format)
RANKS: tuple[Rank, ...] = get_args(Rank)
SOURCES = {"geonames": "GeoNames", "whosonfirst": "Who's On First"}

_COLUMNS = 19
_CHUNK = 1 << 20
_LONGEST_OBJECT = 1 << 26
_FEATURES = re.compile(r'"features"\s*:\s*\[')
_WOF_RANKS: dict[str, Rank] = {
    "country": "country", "dependency": "country", "empire": "country",
    "macroregion": "province", "region": "province",
    "macrocounty": "district", "county": "district", "localadmin": "district",
    "campus": "exact", "venue": "exact", "building": "exact", "address": "exact",
}  # fmt: skip
_WOF_VILLAGES = frozenset({"locality", "borough", "macrohood", "neighbourhood", "microhood"})
_WOF_PARENTS = ("localadmin_id", "county_id", "region_id", "country_id")
_WOF_IDS = {"wd:id": "wikidata", "gn:id": "geonames"}


class Place(NamedTuple):
    """One place of a gazetteer.

    `own` is what its parts call it in their `parents` (nearest first; empty where it holds no others);
    `ids` are (scheme, value) pairs; `people` is its population, 0 when unknown. Where the gazetteer does not
    say what a place is, it is taken for a village and not `ranked`.
    """

    name: str
    names: tuple[str, ...]
    lat: float
    lon: float
    rank: Rank
    ids: tuple[tuple[str, str], ...] = ()
    own: str = ""
    parents: tuple[str, ...] = ()
    people: int = 0
    ranked: bool = True


def format_of(path: Path) -> Format:
    """Tell a gazetteer's format from its name and first line.

    Raises:
        ProblemsError: it is none of them.
    """
    if path.is_dir() or path.suffix.lower() in {".json", ".geojson"}:
        return "whosonfirst"
    with open_text(path) as file:
        line = file.readline(1 << 16)
    if line.count("\t") == _COLUMNS - 1:
        return "geonames"
    header = {cell.strip().casefold() for cell in re.split("[,;\t]", line)}
    if {"name", "lat", "lon"} <= header:
        return "csv"
    hint = "GeoNames' XX.txt, Who's On First as GeoJSON, or a CSV that starts with the line name,lat,lon"
    raise ProblemsError([Problem(path.name, 1, "is no gazetteer that can be read", hint)])


def places(path: Path, kind: Format, problems: list[Problem]) -> Iterator[Place]:
    """Read the places of a gazetteer one by one; what has no name or no position is left out.

    Lines of a text that are left out for a fault are added to `problems` as the reading goes on.

    Raises:
        ProblemsError: the file cannot be read as this format.
    """
    if kind == "whosonfirst":
        yield from (place for value in _objects(path) if (place := _whosonfirst(value)))
        return
    with open_text(path) as file:
        yield from _geonames(file, path, problems) if kind == "geonames" else _table(file, path, problems)


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """Open a text file people gave us, or the one in a zip of GeoNames; what is not UTF-8 in it is replaced.

    Raises:
        ProblemsError: it cannot be opened.
    """
    with ExitStack() as opened:
        try:
            if path.suffix.lower() == ".zip":
                packed = opened.enter_context(zipfile.ZipFile(path))
                file = opened.enter_context(packed.open(f"{path.stem}.txt"))
            else:
                file = opened.enter_context(path.open("rb"))
        except (KeyError, zipfile.BadZipFile) as error:
            hint = f"it should hold {path.stem}.txt; unpack it, and give that file"
            raise ProblemsError([Problem(path.name, 0, "is no such archive as GeoNames makes", hint)]) from error
        except OSError as error:
            raise ProblemsError([Problem(str(path), 0, f"cannot be read: {error.strerror}")]) from error
        yield opened.enter_context(io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline=""))


def _geonames(lines: Iterable[str], path: Path, problems: list[Problem]) -> Iterator[Place]:
    for number, line in enumerate(lines, 1):
        cells = line.rstrip("\r\n").split("\t")
        if len(cells) != _COLUMNS or not cells[1]:
            continue
        position = _position(cells[4], cells[5])
        if position is None:
            problems.append(_nowhere(path, number, cells[1], cells[4:6]))
            continue
        rank = _geonames_rank(cells[6], cells[7])
        codes = [cells[8], *cells[10:14]]
        depth = {"country": 1, "ADM1": 2, "ADM2": 3, "ADM3": 4, "ADM4": 5}
        own = depth.get("country" if rank == "country" else cells[7], 0)
        names = dict.fromkeys(filter(None, (cells[1], cells[2], *cells[3].split(","))))
        yield Place(
            cells[1], tuple(names), *position, rank,
            ids=(("geonames", cells[0]),),
            own=".".join(codes[:own]) if own and all(codes[:own]) else "",
            parents=_code_parents(codes[: own - 1] if own else codes),
            people=int(cells[14]) if cells[14].isdigit() else 0,
        )  # fmt: skip


def _code_parents(codes: list[str]) -> tuple[str, ...]:
    """Name the divisions a place lies in, the smallest first.

    >>> _code_parents(["SY", "03", "", "", ""])
    ('SY.03', 'SY')
    """
    filled = next((place for place, code in enumerate(codes) if not code), len(codes))
    return tuple(".".join(codes[:depth]) for depth in range(filled, 0, -1))


def _geonames_rank(feature: str, code: str) -> Rank:
    if feature == "P":
        return "village"
    if feature == "S":
        return "exact"
    if code.startswith("PCL"):
        return "country"
    return "province" if code == "ADM1" else "district"


def _table(file: TextIO, path: Path, problems: list[Problem]) -> Iterator[Place]:
    start = file.readline()
    delimiter = max(",;\t", key=start.count)
    header = [cell.strip().casefold() for cell in next(csv.reader([start], delimiter=delimiter))]
    lacking = [name for name in ("name", "lat", "lon") if name not in header]
    if lacking:
        hint = "columns: name,lat,lon and, if you have them, within,id,names,precision"
        raise ProblemsError([Problem(path.name, 1, f"has no column {lacking[0]}", hint)])
    reader = csv.reader(file, delimiter=delimiter)
    for cells in reader:
        row = dict(zip(header, map(str.strip, cells), strict=False))
        found = _of_row(row, path, reader.line_num + 1)
        if isinstance(found, Problem):
            problems.append(found)
        elif found:
            yield found


def _of_row(row: Mapping[str, str], path: Path, line: int) -> Place | Problem | None:
    """Read a row: its place, what is wrong with it, or nothing where it is empty."""
    lat, lon, given = row.get("lat", ""), row.get("lon", ""), row.get("precision", "").casefold()
    position = _position(lat.replace(",", "."), lon.replace(",", "."))
    if not any(row.values()):
        return None
    if not row.get("name"):
        return Problem(path.name, line, "has no name", "write one in the column name")
    if position is None:
        return _nowhere(path, line, row["name"], (lat, lon))
    if given not in {"", *RANKS}:
        hint = f"write {', '.join(RANKS)}, or leave it empty"
        return Problem(path.name, line, f'{row["name"]}: precision cannot be "{row["precision"]}"', hint)
    rank: Rank = next((known for known in RANKS if known == given), "village")
    scheme, mark, value = row.get("id", "").partition("=")
    ids = ((scheme.strip(), value.strip()),) if mark else ()
    names = dict.fromkeys(filter(None, (row["name"], *map(str.strip, row.get("names", "").split("|")))))
    within = tuple(filter(None, map(str.strip, row.get("within", "").split("|"))))
    return Place(
        row["name"], tuple(names), *position, rank, ids=ids, own=row["name"], parents=within, ranked=bool(given)
    )


def _nowhere(path: Path, line: int, name: str, given: Iterable[str]) -> Problem:
    lat, lon = given
    if not lat and not lon:
        return Problem(path.name, line, f"{name} has no position", "write it as lat and lon", "warning")
    hint = "lat is a number from -90 to 90, lon one from -180 to 180; 0, 0 counts as unknown"
    return Problem(path.name, line, f"{name} lies nowhere: lat {lat or 'empty'}, lon {lon or 'empty'}", hint)


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    """Read GeoJSON features or an extract's rows: from a list, a collection, or a folder of features."""
    if path.is_dir():
        for file in sorted(path.rglob("*.geojson")):
            if not file.stem.split("-", 1)[-1].startswith("alt"):
                yield from _stream(file)
    else:
        yield from _stream(path)


def _stream(path: Path) -> Iterator[dict[str, Any]]:
    """Read the objects of a JSON list without holding all of it; a single object is a list of one."""
    decoder = json.JSONDecoder()
    with open_text(path) as file:
        text, place = _start(file)
        while True:
            while text[place : place + 1] in {",", " ", "\n", "\r", "\t"}:
                place += 1
            try:
                value, place = decoder.raw_decode(text, place)
            except json.JSONDecodeError as error:
                more = file.read(max(_CHUNK, len(text) - place))
                if not more:
                    _whole(path, text[place:], error)
                    return
                text, place = text[place:] + more, 0
                if len(text) > _LONGEST_OBJECT:
                    raise ProblemsError([Problem(path.name, 0, "is no list of places")]) from error
                continue
            if isinstance(value, dict):
                yield value


def _start(file: TextIO) -> tuple[str, int]:
    text = file.read(_CHUNK)
    if text.lstrip()[:1] == "[":
        return text, text.index("[") + 1
    found = _FEATURES.search(text)
    return text, found.end() if found else len(text) - len(text.lstrip())


def _whole(path: Path, rest: str, error: json.JSONDecodeError) -> None:
    """Check that a JSON file ended where its list did."""
    if rest.strip() and not rest.lstrip().startswith("]"):
        hint = "download the file again; it may have been cut off"
        raise ProblemsError([Problem(path.name, error.lineno, f"not valid JSON: {error.msg}", hint)]) from error


def _whosonfirst(value: dict[str, Any]) -> Place | None:
    feature = value.get("properties")
    row = _flat(feature, value.get("geometry")) if isinstance(feature, dict) else value
    position = _position(row.get("lat"), row.get("lon"))
    name = row.get("name")
    if position is None or not isinstance(name, str) or not name:
        return None
    names = row.get("names") or {}
    others = [text for texts in names.values() for text in (texts if isinstance(texts, list) else [texts])]
    sort = str(row.get("type") or "")
    rank = _WOF_RANKS.get(sort, "village")
    conc = row.get("conc") or {}
    own = str(row.get("id") or "")
    ids = [("whosonfirst", own)] if own else []
    ids += [(scheme, str(conc[key])) for key, scheme in _WOF_IDS.items() if conc.get(key)]
    parents = row.get("parents") or ([row["region"]] if row.get("region") else [])
    people = row.get("pop")
    return Place(
        name, tuple(dict.fromkeys((name, *map(str, others)))), *position, rank,
        ids=tuple(ids), own=own if rank not in {"village", "exact"} else "",
        parents=tuple(str(parent) for parent in parents if str(parent) != own),
        people=people if isinstance(people, int) else 0, ranked=sort in _WOF_RANKS or sort in _WOF_VILLAGES,
    )  # fmt: skip


def _flat(feature: dict[str, Any], geometry: object) -> dict[str, Any]:
    """Bring a GeoJSON feature, Who's On First's or any other with a name, into the form of an extract's row."""
    if feature.get("edtf:deprecated") not in {None, "", "uuuu"} or feature.get("wof:superseded_by"):
        return {}
    point = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
    lon, lat = point[:2] if isinstance(point, list) and len(point) > 1 else (None, None)
    chains = feature.get("wof:hierarchy") or [{}]
    own = feature.get("wof:id")
    return {
        "id": own,
        "name": feature.get("wof:name") or feature.get("name"),
        "type": feature.get("wof:placetype", ""),
        "lat": feature.get("lbl:latitude", feature.get("geom:latitude", lat)),
        "lon": feature.get("lbl:longitude", feature.get("geom:longitude", lon)),
        "pop": feature.get("wof:population"),
        "names": {key: texts for key, texts in feature.items() if re.match(r"name[:_]", key)},
        "parents": [chains[0][key] for key in _WOF_PARENTS if chains[0].get(key, -1) not in {-1, own}],
        "conc": feature.get("wof:concordances"),
    }


def _position(lat: object, lon: object) -> tuple[float, float] | None:
    try:
        found = float(str(lat)), float(str(lon))
    except ValueError:
        return None
    inside = -90 <= found[0] <= 90 and -180 <= found[1] <= 180  # noqa: PLR2004 - the bounds of latitude and longitude
    return found if inside and found != (0.0, 0.0) else None
