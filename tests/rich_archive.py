"""A made-up archive with something of everything the pages can show, written to a folder."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TITLE = 'The “Pocket” & "others" <of 2018>'
ADDRESS = "https://example.org/repo/"
CROWDED, EMPTY, FRAMED = "places/karm", "places/unnamed", "places/al-tiba-homs"
ARABIC, MARKDOWN, WITHDRAWN = "2017-05-05-a4ab1c", "2018-06-15-3a4bd0", "2018-02-03-717d4a"
UNDATED = ("undated-0000a1", "undated-0000a2")
ODD_DATES = {
    "2017-11-00dd01": "2017-11",
    "2018-00dd02": "2018",
    "2018-00dd03": "2018~",
    "2018-21-00dd04": "2018-21",
    "2010-00dd05": "201X",
    "2018-00dd06": "2018-XX",
    "2017-06-00dd07": "2017-06/2017-07~",
    "2017-06-30-00dd08": "../2017-06-30",
    "2019-02-00dd09": "2019-02-XX",
    "2018-03-04-00dd0a": "2018-03-04?",
}

SETTINGS = """title = 'TITLE'
subtitle = "Reports from a place that does not exist, 2017 to 2019 <& later>"
language = "en"
maintainer = 'Ann "Nan" O’Neil & sons'
contact = "reports@example.org"

[kinds]
place = "places"
faction = "factions"
commander = "commanders"
operation = { folder = "operations", label = "Operation", plural = "Operations & raids" }
"""

ENTITIES = {
    "places/karm": "name: Karm al-Zaytun\nvariants: [Karm az-Zeitoun, “Karm” al Zaytoun]\n"
    "native: {ar: كرم الزيتون}\nwithin: valley\nat: {lat: 34.73, lon: 36.72, precision: district, source: a map}\n"
    "ids: {wikidata: Q1, geonames: '170063', own: k-1}\nnot: [places/valley]\n"
    "reviewed: 2019-05-01\nreviewed_by: A <b> & C",
    "places/valley": "name: Wadi Tal\nvariants: [the valley of Tal]",
    "places/unnamed": "name: Bir Nowhere\nwithin: valley\nat: {lat: -1.5, lon: -0.25, precision: exact}",
    "places/al-tiba-homs": "name: al-Tiba\nwithin: valley\nnot: [places/al-tiba-north]\nids: {osm: node/1}",
    "places/al-tiba-north": "name: al-Tiba\nwithin: north",
    "places/north": "name: Northern Heights",
    "places/donau": "name: Ödön’s & Sons’ “Well” <East>\nvariants: ['Odon''s Well']",
    "factions/guards": "name: River Guards\nvariants: [the “Guards of the River”, RG]\nnative: {ar: حرس النهر}",
    "factions/reds": "name: Red Column",
    "factions/none": "name: Silent Watch",
    "commanders/abu-nil": "name: Abu Nil al-Karmi\nvariants: [Abu Nil]\n"
    "role: field commander of the eastern bank (2018-01-01-000001#p2)\nreviewed: 2019-05-01",
    "operations/dawn": "name: “Quiet Dawn” Operation",
}
NOTES = {
    "places/karm": "A quarter, *not* the village of the same name. See [the map](https://example.org/map) "
    "and [about](../about.html).\n\n- one\n- two",
    "commanders/abu-nil": "Known only from these reports.",
}
ABOUT = """---
title: About <this> & that
---
What it is, with a [link](reports/index.html) and <b>no HTML</b>.

## A heading

> A quotation.

1. first
2. second

| a | b |
|:-:|--:|
| 1 | 2 |

```
code <pre>
```
"""

SENTENCES = (
    "The River Guards shelled Karm al-Zaytun before dawn, and residents of Karm al-Zaytun left for Wadi Tal.",
    "In Karm al-Zaytun the Red Column held two streets while the River Guards kept the bridge at Karm al-Zaytun.",
    "Abu Nil al-Karmi, seen in Karm az-Zeitoun, spoke of the “Quiet Dawn” Operation; Karm al-Zaytun was quiet.",
    "At least 12 were wounded near Wadi Tal, 3 of them children & one guard, sources in Karm al-Zaytun said.",
    "Clashes went on in al-Tiba, and nobody could say which village of that name was meant.",
    "The well, Odon’s Well, was hit twice; 4 < 5, as the record of Karm al-Zaytun has it.",
)
MARKED = """## Where it happened

The *River Guards* took [Karm al-Zaytun](https://example.org/karm) and **Wadi Tal**, `as they said`.

- first, Karm al-Zaytun
- second, [a bad link](javascript:alert(1))

  and a further paragraph of it

> Quoted: the Red Column denies it.

1. one
2. two

    code with <b> & more

### Lower still

{#p40}
A paragraph with a fixed number, and a bare address https://example.org/a?b=1&c=2 in it.
"""
HIDDEN = (
    "title: Withdrawn SECRETWORD\ndek: The SECRETWORD deck\npublisher: SECRETWORD Press\npublished: 2018-02-03\n"
    "source: https://example.org/SECRETWORD\npublish: false"
)
LONG = "Antidisestablishmentarianism" * 9


def write_rich_archive(folder: Path) -> Path:
    """Write the archive: about 50 reports over three years, twelve names, changes, originals."""
    for name in ("content/reports", "seeds", *sorted({f"content/{key.partition('/')[0]}" for key in ENTITIES})):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "readingroom.toml").write_text(SETTINGS.replace("TITLE", TITLE), encoding="utf-8")
    (folder / "content/about.md").write_text(ABOUT, encoding="utf-8")
    (folder / "content/index.md").write_text("---\ntitle: x\n---\nA *made-up* archive.\n", encoding="utf-8")
    for key, head in ENTITIES.items():
        text = f"---\n{head}\n---\n{NOTES.get(key, '')}\n"
        (folder / f"content/{key}.md").write_text(text, encoding="utf-8")
    _write_reports(folder)
    _write_special(folder)
    _write_changes(folder)
    return folder


def _write_reports(folder: Path) -> None:
    for number in range(36):
        date = f"{2017 + number // 12}-{number % 12 + 1:02}-{number % 27 + 1:02}"
        key = f"{date}-{number + 1:06x}" if number != 12 else "2018-01-01-000001"
        published = date if number != 12 else "2018-01-01"
        body = "\n\n".join(
            " ".join(SENTENCES[(number + line + word) % len(SENTENCES)] for word in range(3)) for line in range(6)
        )
        seed = f"{number:03}.txt"
        (folder / "seeds" / seed).write_text(body, encoding="utf-8")
        sha256 = hashlib.sha256((folder / "seeds" / seed).read_bytes()).hexdigest()
        head = (
            f'title: "Shelling of Karm al-Zaytun, part {number}"\ndek: A deck that names Wadi Tal.\n'
            f"publisher: {'The River Monitor' if number % 3 else 'Ann’s “Desk” & Co'}\npublished: {published}\n"
            f"date_basis: stated\ndate_evidence: on that day (p2)\nsource: https://example.org/{number}?a=1&b=2\n"
            f"original: {{path: {seed}, sha256: {sha256}}}\n"
            'cleaning:\n  - {step: masthead, count: 1, lines: [RIVER <MONITOR>, "page\\x0cbreak"]}\n'
            "  - {step: dehyphenate, count: 1, words: [[disap- pearances, disappearances]]}"
        )
        _write(folder, key, head, body)


def _write_special(folder: Path) -> None:
    for key, published in ODD_DATES.items():
        head = f"title: Dated {published}\npublisher: The River Monitor\npublished: {published}\ndate_basis: given"
        _write(folder, key, head, SENTENCES[0])
    for key in UNDATED:
        source = "https://example.org/a b/<ä>?q=5%&r=%20#x#y"
        _write(folder, key, f"title: A note without a date\ndate_basis: unknown\nsource: '{source}'", SENTENCES[1])
    arabic = "title: قصف على كرم الزيتون\ndek: سقوط 12 جريحاً في كرم الزيتون\npublisher: مرصد النهر\n"
    body = "قصف حرس النهر كرم الزيتون فجر اليوم، وسقط 12 جريحاً (3 أطفال) بحسب Red Column.\n\nنزح الأهالي إلى الشمال."
    _write(folder, ARABIC, f"{arabic}published: 2017-05-05\nlanguage: ar", body)
    _write(folder, MARKDOWN, "title: A report with *markup* in it\npublished: 2018-06-15", MARKED)
    _write(folder, WITHDRAWN, HIDDEN, "SECRETWORD of Karm al-Zaytun.")
    _write(
        folder,
        "2018-07-01-10c6e5",
        f"title: {LONG}\npublished: 2018-07-01\npublisher: {LONG}",
        f"{LONG} said. {SENTENCES[3]}",
    )
    _write(folder, "2018-07-02-e00000", "title: No text at all\npublished: 2018-07-02", "")


def _write_changes(folder: Path) -> None:
    text = (
        "- {date: 2019-06-01, kind: withdrawal, of: WITHDRAWN, note: at the wish of <those> concerned & others}\n"
        "- {date: 2019-06-02, kind: correction, of: places/karm, note: the district was wrong}\n"
        "- {date: 2019-06-03, kind: correction, of: MARKDOWN, note: a figure was misread}\n"
        "- {date: 2019-06-04, kind: addition, of: about, note: says more now}\n"
    )
    text = text.replace("WITHDRAWN", WITHDRAWN).replace("MARKDOWN", MARKDOWN)
    (folder / "content/changes.yaml").write_text(text, encoding="utf-8")


def _write(folder: Path, key: str, head: str, body: str) -> None:
    (folder / f"content/reports/{key}.md").write_text(f"---\n{head}\n---\n{body}\n", encoding="utf-8")
