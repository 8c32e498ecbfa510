"""Hostile text in every place that takes text: nothing runs, nothing is fetched, nothing is swallowed."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT, serving
from playwright.sync_api import Error

from readingroom.build import build
from readingroom.options import Options
from readingroom.paragraphs import write_paragraphs
from readingroom.problems import ProblemsError
from readingroom.reportfile import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

    from readingroom.problems import Problem

pytestmark = pytest.mark.browser

RUN = "window.__pwned=1"
OUT = "https://pwned.invalid/"
ELEMENTS = (
    "<script>{run}</script>", "<ScRiPt>{run}</sCrIpT>", "<script src={out}x.js></script>", "<script/src={out}y.js>",
    "</script><script>{run}</script>", "</title><script>{run}</script>", "</style><script>{run}</script>",
    "</textarea><script>{run}</script>", "<scr<script>ipt>{run}</scr</script>ipt>", "<script>{run}//",
    "<img src=x onerror={run}>", "<img/src=x/onerror={run}>", '<img src="x" onerror="{run}">', "<img src={out}i.gif>",
    "<img src=x:x onerror='{run}'//", "<IMG SRC=`x` ONERROR=`{run}`>", "<img src onerror=\n{run}>",
    "<image src=x onerror={run}>", "<svg onload={run}>", "<svg/onload={run}//", "<svg><script>{run}</script></svg>",
    "<svg><animate onbegin={run} attributeName=x dur=1s>", "<svg><image href={out}s.svg />", "<svg><style>{run}",
    "<svg><a xlink:href='javascript:{run}'><text x=9 y=9>x</text></a></svg>", "<svg><use href='{out}u.svg#a'/></svg>",
    "<math><mi xlink:href='data:text/html,<script>{run}</script>'>", "<math href='javascript:{run}'>x</math>",
    "<math><mtext><table><mglyph><style><img src=x onerror={run}>", "<body onload={run}>", "<body onpageshow={run}>",
    "<iframe src=javascript:{run}>", "<iframe srcdoc='<script>parent.__pwned=1</script>'>", "<iframe src={out}>",
    "<object data=javascript:{run}>", "<object data={out}o>", "<embed src={out}e>", "<embed src=javascript:{run}>",
    "<video src=x onerror={run}>", "<video><source onerror={run}>", "<audio src=x onerror={run}>",
    "<video poster={out}p.png>", "<input autofocus onfocus={run}>", "<select autofocus onfocus={run}>",
    "<textarea autofocus onfocus={run}>", "<details open ontoggle={run}>", "<marquee onstart={run}>x</marquee>",
    "<a autofocus tabindex=1 onfocus={run}>x</a>", "<p style='background:url({out}b)'>x</p>", "<p onclick={run}>x</p>",
    "<style>@import '{out}c.css';</style>", "<style>*{{background:url({out}d)}}</style>",
    "<link rel=stylesheet href={out}l.css>", "<link rel=prefetch href={out}l>", "<base href={out}>",
    "<meta http-equiv=refresh content='0;url={out}'>", "<meta http-equiv=refresh content='0;javascript:{run}'>",
    "<form action={out}><input autofocus name=x>", "<button formaction=javascript:{run}>x</button>",
    "<template><script>{run}</script></template>", "<noscript><p title='</noscript><img src=x onerror={run}>'>",
    "<xmp><p title='</xmp><img src=x onerror={run}>'>", "<plaintext>", "<frameset onload={run}>", "<dialog open>",
    "<keygen autofocus onfocus={run}>", "<isindex action=javascript:{run}>", "<bgsound src=javascript:{run}>",
)  # fmt: skip
BREAKOUTS = (
    '"><script>{run}</script>', "'><script>{run}</script>", '" onmouseover="{run}" x="', "' onmouseover='{run}' x='",
    '" autofocus onfocus="{run}', "` onmouseover={run} x=`", '"/><img src=x onerror={run}>',
    "--><script>{run}</script>", "<!--><script>{run}</script>-->", "<!-- --!><script>{run}</script>",
    "]]><script>{run}</script>", "<![CDATA[<script>{run}</script>]]>", "<?php echo 1 ?>",
    "<?xml version='1.0'?><script>{run}</script>",
    '"}};{run};//', "'}};{run};//", "\\'}};{run};//", '\\";{run};//', "*/{run};/*", "\n{run}\n", "`;{run};`${{{run}}}`",
    "\u2028{run}\u2029", "</script>\u2028{run}", "&lt;script&gt;{run}&lt;/script&gt;", "&#60;script>{run}&#60;/script>",
    "&#x3c;img src=x onerror={run}&#x3e;", "&quot; onload=&quot;{run}", "%3Cscript%3E{run}%3C/script%3E",
    "\\x3cscript\\x3e{run}", "\\u003cscript\\u003e{run}", "+ADw-script+AD4-{run}+ADw-/script+AD4-",
    "\uff1cscript\uff1e{run}\uff1c/script\uff1e", "<\u200bscript>{run}</script>", "<scr\u00adipt>{run}</script>",
    "<\u2003script>{run}</script>", "<img\u00a0src=x\u3000onerror={run}>", "\u202e<script>{run}</script>\u202c",
    "\u0301<script>{run}</script>", "\U000e0001<script>{run}</script>", "\ufeff<script>{run}</script>",
)  # fmt: skip
MARKDOWN = (
    "[x](javascript:{run})", "[x](JaVaScRiPt:{run})", "[x](java&#10;script:{run})", "[x](&#106;avascript:{run})",
    "[x](javascript&colon;{run})", "[x](vbscript:{run})", "[x](data:text/html,<script>{run}</script>)", "[x](blob:x)",
    "[x](&#1;javascript:{run})", "[x](<javascript:{run}>)", "[x]: javascript:{run}", "<javascript:{run}>",
    "![x]({out}m.png)", "![x](javascript:{run})", "[![x]({out}n.png)](javascript:{run})", "[x](//pwned.invalid/)",
    "[x](/\\pwned.invalid/)", '[x](https://a.example "><img src=x onerror={run}>")', "[x](file:///etc/passwd)",
    "`<script>{run}</script>`", "**<script>{run}</script>**", "[<img src=x onerror={run}>](a.html)",
    "[x](%6aavascript:1)",
)  # fmt: skip
TEMPLATES = (
    "{{{{ 7 * 7 }}}}", "{{% include 'base.html' %}}", "{{{{ view.__class__.__mro__ }}}}", "{{# hidden #}}",
    "${{7*7}}", "<%= 7*7 %>", "#{{7*7}}", "{{{{ cycler.__init__.__globals__.os.popen('id').read() }}}}",
    "{{% raw %}}x", "@import url({out}t.css);", "javascript:{run}", "data:text/html,<script>{run}</script>",
    "expression({run})", "!!python/object:x", "&anchor *alias", "<<: *x", "%TAG", "---", "...", "=cmd|'/c calc'!A1",
)  # fmt: skip
PAYLOADS = (
    *(text.format(run=RUN, out=OUT) for text in (*ELEMENTS, *BREAKOUTS, *MARKDOWN, *TEMPLATES)),
    "A" * 20_000, "\u202e" * 50, "ﷺ" * 300,
)  # fmt: skip
ONE_LINE = tuple(dict.fromkeys(" ".join(text.split()) for text in PAYLOADS))
TOGETHER = 5

# What a page must not have: handlers, addresses that run or that leave by //, scripts that are not ours.
# A Markdown image becomes a plain link, which nobody fetches unless a reader follows it.
INSPECT = """() => ({
  handlers: [...document.querySelectorAll('*')].flatMap(e => [...e.attributes].map(a => a.name))
    .filter(name => name.startsWith('on') || name === 'style' || name === 'srcdoc'),
  addresses: [...document.querySelectorAll('[href], [src], [action], [formaction], [data]')]
    .map(e => e.href || e.src || e.action || e.data || '').map(String)
    .filter(url => /^(?:javascript|vbscript|data|blob|file):/i.test(url) || /^http:..pwned[.]invalid/.test(url)),
  foreign: [...document.querySelectorAll('iframe, object, embed, base, style, img, meta[http-equiv=refresh]')].length,
  scripts: [...document.querySelectorAll('script:not([type="application/ld+json"])')]
    .filter(script => !script.src.startsWith(location.origin)).length,
})"""
CLEAN = {"handlers": [], "addresses": [], "foreign": 0, "scripts": 0}
# Said on the console at once, so that it is heard even from a page that is left a moment later.
LISTEN = """
Object.defineProperty(window, '__pwned', { set() { console.info('executed ' + location.pathname) } });
addEventListener('securitypolicyviolation', event => console.info('stopped ' + event.violatedDirective));
"""


@dataclass
class Verdict:
    """What happened while hostile pages were open."""

    executed: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    opened: int = 0

    def look(self, page: Page, url: str) -> None:
        """Take down what a page holds; one that has been left meanwhile was not ours to be left."""
        self.opened += 1
        try:
            found = page.evaluate(INSPECT)
        except Error:
            self.left.append(url)
        else:
            self.marked += [f"{url}: {name} {value}" for name, value in found.items() if CLEAN[name] != value]

    def hear(self, said: ConsoleMessage) -> None:
        """Take down what a page says: that something ran, that its policy stopped something, errors."""
        word, _, rest = said.text.partition(" ")
        if word == "executed":
            self.executed.append(rest.removeprefix("/"))
        elif word == "stopped" or said.type == "error":
            self.stopped.append(said.text)


def watched(browser: Browser, verdict: Verdict, address: str) -> BrowserContext:
    """Open a context of whose pages every request, word and error is heard."""

    def ask(request: Request) -> None:
        if not request.url.startswith(address):
            verdict.fetched.append(request.url)

    context = browser.new_context(locale="en-GB", timezone_id="UTC")
    context.set_default_timeout(15_000)
    context.add_init_script(LISTEN)
    context.on("request", ask)
    context.route(lambda url: not url.startswith(address), lambda route: route.abort())
    context.on("console", verdict.hear)
    context.on("weberror", lambda error: verdict.executed.append(str(error.error)))
    return context


# The archive


def rotated(shift: int) -> Iterator[str]:
    """Give the payloads over and over, each round beginning elsewhere; five on one line at a time."""
    line = ONE_LINE[shift % len(ONE_LINE) :] + ONE_LINE[: shift % len(ONE_LINE)]
    while True:
        for start in range(0, len(line), TOGETHER):
            yield " ".join(text[:300] for text in line[start : start + TOGETHER])


def write_hostile_archive(folder: Path) -> Path:
    """Write an archive in which every place that takes text is hostile; each payload stands in each of them."""
    rows = -(-len(ONE_LINE) // TOGETHER)
    for name in ("content/reports", "content/places", "content/commanders", "seeds"):
        (folder / name).mkdir(parents=True)
    slots = [rotated(7 * number) for number in range(24)]
    title, subtitle, maintainer, contact, label, plural = (next(slot) for slot in slots[:6])
    settings = {"title": title, "subtitle": subtitle, "maintainer": maintainer, "contact": f"a@b {contact}"}
    kind = f"{{ folder = 'places', label = {toml(label)}, plural = {toml(plural)} }}"
    text = "".join(f"{key} = {toml(value)}\n" for key, value in settings.items()) + "language = 'en'\n"
    (folder / "readingroom.toml").write_text(f"{text}\n[kinds]\nplace = {kind}\ncommander = 'commanders'\n", "utf-8")
    for number in range(rows):
        _write_entity(folder, number, slots[6:15])
        _write_report(folder, number, slots[15:22])
    _write_raw(folder, slots[22])
    changes = "".join(
        f"- {{date: 2019-01-01, kind: correction, of: places/zed-{number}, note: {scalar(text, flow=True)}}}\n"
        for number, text in enumerate(islice(slots[23], rows))
    )
    (folder / "content/changes.yaml").write_text(changes, encoding="utf-8")
    return folder


def toml(text: str) -> str:
    escaped = "".join(char if char.isprintable() and char not in '"\\' else f"\\U{ord(char):08x}" for char in text)
    return f'"{escaped}"'


def _write_entity(folder: Path, number: int, slots: Sequence[Iterator[str]]) -> None:
    name, variant, native, role, source, identity, reviewer, note, scheme = (next(slot) for slot in slots)
    role += f" ({report_id(number)}#p1)"
    head = {"name": f"Zed{number} {name}", "reviewed_by": reviewer, "role": role}
    lines = [f"{key}: {scalar(value)}" for key, value in head.items()]
    lines.append(f"variants: [{scalar(variant, flow=True)}, {scalar(f'Quux{number}', flow=True)}]")
    lines.append(f"native: {{ar: {scalar(native, flow=True)}}}")
    lines.append(f"ids: {{wikidata: {scalar(identity, flow=True)}, {scalar(scheme[:60], flow=True)}: x}}")
    lines.append(f"at: {{lat: 1, lon: 2, precision: exact, source: {scalar(source, flow=True)}}}")
    text = "---\n" + "\n".join(lines) + f"\n---\n{note}\n"
    (folder / f"content/places/zed-{number}.md").write_text(text, encoding="utf-8")


def _write_report(folder: Path, number: int, slots: Sequence[Iterator[str]]) -> None:
    title, deck, publisher, source, evidence, line, word = (next(slot) for slot in slots)
    head = {"title": title, "dek": deck, "publisher": publisher, "date_evidence": evidence}
    lines = [f"{key}: {scalar(value)}" for key, value in head.items()]
    lines += [f"published: {report_id(number)[:10]}", f"source: {scalar('https://a.example/' + source)}"]
    word, line = scalar(f"{word}\x0c", flow=True), scalar(f"\x01{line}", flow=True)
    lines.append(f"cleaning: [{{step: {word}, count: 2, words: [[{word}, b]], lines: [{line}]}}]")
    texts = [*ONE_LINE[number * TOGETHER :][:TOGETHER], f"Seen: Zed{number} and Quux{number}, {title}"]
    text = "---\n" + "\n".join(lines) + f"\n---\n{write_paragraphs(texts)}"
    (folder / f"content/reports/{report_id(number)}.md").write_text(text, encoding="utf-8")


def report_id(number: int) -> str:
    return f"2018-01-{number % 28 + 1:02}-{number:06x}"


def _write_raw(folder: Path, slot: Iterator[str]) -> None:
    """Write payloads as they are: as Markdown in a report and on a page, as text in seeds with hostile names."""
    raw = "\n\n".join(text for text in PAYLOADS if not text.startswith(("---", "...", "{#")))
    (folder / "content/reports/2018-02-01-0000aa.md").write_text(f"---\ntitle: Raw\n---\n{raw}\n", encoding="utf-8")
    page = f"---\ntitle: {scalar(next(slot))}\n---\n{raw}\n"
    (folder / "content/about.md").write_text(page, encoding="utf-8")
    text = "\n\n".join(f"{number}. {text}" for number, text in enumerate(PAYLOADS))
    (folder / "seeds/all.txt").write_text(f"A headline {PAYLOADS[0]}\n\n{text}\n", encoding="utf-8")
    names = [text.replace("/", "∕").replace("\0", "") for text in ONE_LINE[::3] if text.isprintable()]
    for name in names:
        path = folder / "seeds" / f"{name.encode()[:150].decode(errors='ignore')}.txt"
        path.write_text(f"{name}\n\nSeen at Zed1 on the 3rd of March 2018.\n\n{name}\n", encoding="utf-8")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(
        write_hostile_archive(tmp_path_factory.mktemp("hostile")), Options(url="https://example.org/repo/")
    ).site


def judged(browser: Browser, site: Path, urls: Sequence[str]) -> Verdict:
    """Open pages of a site, each in a tab of its own so that none is sent away by the one before it."""
    verdict = Verdict()
    with serving(site) as address:
        context = watched(browser, verdict, address)
        for url in urls:
            page = context.new_page()
            with suppress(Error):  # another page that this one was sent to, in the controls
                page.goto(address + url, wait_until="load")
            verdict.look(page, url)
            page.close()
        context.close()
    return verdict


def pages(site: Path) -> list[str]:
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


# Nothing runs


def test_there_are_payloads_enough() -> None:
    assert len(ONE_LINE) >= 150
    assert sum(RUN in text for text in ONE_LINE) > 90
    assert sum("pwned.invalid" in text for text in ONE_LINE) > 20


def test_nothing_runs_and_nothing_is_fetched_on_any_page(browser: Browser, hostile: Path) -> None:
    urls = pages(hostile)
    assert len(urls) > 100
    verdict = judged(browser, hostile, urls)
    assert verdict == Verdict(opened=len(urls))


def test_nothing_runs_in_the_search_and_the_names_box(browser: Browser, hostile: Path) -> None:
    verdict = Verdict()
    with serving(hostile) as address:
        page = watched(browser, verdict, address).new_page()
        page.goto(f"{address}places/index.html")
        for typed in ("Zed", "<img src=x onerror=window.__pwned=1>", '"><script>', "javascript:window.__pwned=1"):
            page.fill("#find", typed)
            page.locator(".suggestions li").first.wait_for()
            verdict.look(page, f"names: {typed}")
        for query in ("script", "Quux3", "%3Cimg%20src%3Dx%20onerror%3Dwindow.__pwned%3D1%3E", "%22window%22"):
            page.goto(f"{address}search.html?q={query}")
            page.locator("#search-results li, .empty:visible").first.wait_for()
            verdict.look(page, f"search: {query}")
        page.goto(f"{address}search.html?q=script")
        page.locator("#search-results a").first.click()
        page.locator("mark").first.wait_for()
        verdict.look(page, "marked")
        page.context.close()
    assert verdict == Verdict(opened=9)


def unguarded(folder: Path, *, policy: bool) -> Path:
    """Write the hostile archive with templates that escape nothing; without `policy` also without its policy."""
    write_hostile_archive(folder)
    shutil.copytree(ROOT / "templates", folder / "templates")
    for path in (folder / "templates").glob("*.html"):
        text = re.sub(r"\{\{([^{}]*(?:\{:,\}[^{}]*)*)\}\}", r"{{ (\1)|safe }}", path.read_text(encoding="utf-8"))
        text = text if policy else re.sub(r'<meta http-equiv="Content-Security-Policy".*', "", text)
        path.write_text(text, encoding="utf-8")
    return build(folder, Options(search="none")).site


REPORTS = (f"reports/{report_id(0)}.html", f"reports/{report_id(2)}.html")
SOME = ("index.html", "changes.html", "places/zed-2.html", *REPORTS)


def test_the_same_texts_do_run_where_templates_do_not_escape(browser: Browser, tmp_path: Path) -> None:
    verdict = judged(browser, unguarded(tmp_path, policy=False), SOME)
    assert {*REPORTS} <= {*verdict.executed}
    assert len({*SOME} & {*verdict.executed}) >= 4
    assert any("pwned.invalid" in url for url in verdict.fetched)
    assert verdict.marked


def test_even_then_the_policy_of_the_page_stops_them(browser: Browser, tmp_path: Path) -> None:
    verdict = judged(browser, unguarded(tmp_path, policy=True), REPORTS)
    assert verdict.executed == []
    assert any("script-src" in said for said in verdict.stopped)


# Nothing is swallowed, nothing is taken that no page can show


def test_every_text_is_shown_as_it_was_written(browser: Browser, hostile: Path) -> None:
    shown: list[str] = []
    with serving(hostile) as address:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        for number in range(-(-len(ONE_LINE) // TOGETHER)):
            page.goto(f"{address}reports/{report_id(number)}.html")
            shown += page.locator(".text .para > p").all_text_contents()[:-1]
        context.close()
    assert shown == list(ONE_LINE)


@pytest.mark.parametrize(
    "source", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "vbscript:x", "x.html"]
)
def test_a_source_that_is_no_web_address_stops_the_build(tmp_path: Path, source: str) -> None:
    (problem,) = problems_of(tmp_path, f"---\ntitle: A\nsource: {scalar(source)}\n---\nText.\n")
    assert (problem.path, problem.line) == ("content/reports/2018-01-01-000001.md", 3)
    assert problem.message == f"source is no web address: {source}"


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("---\ntitle: A\n---\nText\0.\n", 4, "U+0000"),
        ("---\ntitle: A\n---\nText.\n\nMore\x1b[31m.\n", 6, "U+001B"),
        ('---\ntitle: "A\\u0001B"\n---\nText.\n', 2, "U+0001"),
        ('---\ntitle: A\ndek: "\\x85x"\n---\nText.\n', 3, "U+0085"),
        ("---\ntitle: A\ufffe\n---\nText.\n", 2, "U+FFFE"),
    ],
)
def test_a_character_that_no_page_can_show_stops_the_build(tmp_path: Path, text: str, line: int, code: str) -> None:
    problem = problems_of(tmp_path, text)[0]
    assert (problem.line, problem.message) == (line, f"holds {code}, which no page can show")


def problems_of(folder: Path, report: str) -> tuple[Problem, ...]:
    (folder / "content/reports").mkdir(parents=True)
    (folder / "readingroom.toml").write_text("title = 'A'\n", encoding="utf-8")
    (folder / "content/reports/2018-01-01-000001.md").write_text(report, encoding="utf-8")
    for _ in range(2):  # a second build must find it again
        with pytest.raises(ProblemsError) as error:
            build(folder, Options(search="none"))
    assert not (folder / "build/site").exists()
    return tuple(error.value.problems)
