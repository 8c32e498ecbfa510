from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.decode import SIZE_LIMIT, decode
from readingroom.extract import read_seed
from readingroom.problems import is_error

ENGLISH = "The organization’s fight in the “pocket” of Sha’fah – 17 villages were taken, the SOHR said."
FRENCH = "Les forces du régime ont été repoussées près de Deir ez-Zor, à l’aube."
ARABIC = "المرصد السوري لحقوق الإنسان وثق مقتل عدد من المدنيين في ريف حلب الجنوبي يوم الجمعة"
ARABIC_LINES = "قصف على بلدة حجين\n\nقتل ثلاثة مدنيين في حجين.\n"
ARABIC_MIXED = "مقتل 3 عناصر من SDF في حجين – “عاصفة الجزيرة”\n\nقتل ثلاثة في ريف Deir Ezzor."
CHINESE = "叙利亚人权观察组织称,政府军在伊德利卜省的炮击造成三名平民死亡,另有多人受伤。"
RUSSIAN = "Сирийская обсерватория сообщила о боях в провинции Идлиб и о гибели мирных жителей"
PAGE = """<!doctype html><html lang="en-GB"><head><title>Hajin falls | SOHR</title>
<meta charset="{charset}"><meta property="og:site_name" content="SOHR">
<meta property="article:published_time" content="2018-12-14T10:00:00Z"></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/n">News</a></li></ul></nav><article><h1>Hajin falls</h1>
<p>The SDF took <b>Hajin</b> on Friday after weeks of clashes, and the Syrian Observatory documented – once more –
the death of many fighters in the town, which was the last one the organization held.</p>
<p>Second paragraph, with a <a href="https://example.org">link</a> and more words, so that it is long enough to be
kept; it tells what happened in Sha’fah and al-Baghuz.</p><script>alert(1)</script>
<div class="comments"><p>First! A comment of somebody that nobody needs.</p></div></article>
<footer>Copyright SOHR. All rights reserved.</footer></body></html>"""


@pytest.mark.parametrize(
    ("data", "text", "steps"),
    [
        (ENGLISH.encode(), ENGLISH, []),
        (codecs.BOM_UTF8 + ENGLISH.encode(), ENGLISH, ["byte order mark"]),
        (ENGLISH.encode("utf-16"), ENGLISH, ["decode utf-16"]),
        (codecs.BOM_UTF16_BE + ARABIC.encode("utf-16-be"), ARABIC, ["decode utf-16"]),
        (ENGLISH.encode("utf-32"), ENGLISH, ["decode utf-32"]),
        (ENGLISH.encode("cp1252"), ENGLISH, ["decode cp1252"]),
        (FRENCH.encode("cp1252"), FRENCH, ["decode cp1252"]),
        (ENGLISH.encode("mac_roman"), ENGLISH, ["decode mac_roman"]),
        (ARABIC.encode("cp1256"), ARABIC, ["decode cp1256"]),
        (ARABIC_LINES.encode("cp1256"), ARABIC_LINES, ["decode cp1256"]),
        (ARABIC_LINES.encode("iso8859_6"), ARABIC_LINES, ["decode iso8859_6"]),
        (ARABIC_MIXED.encode("cp1256"), ARABIC_MIXED, ["decode cp1256"]),
        (RUSSIAN.encode("cp1251"), RUSSIAN, ["decode cp1251"]),
        (CHINESE.encode("gb18030"), CHINESE, ["decode gb18030"]),
    ],
    ids=lambda value: str(value)[:24],
)
def test_text_in_any_usual_encoding_is_read_and_the_encoding_named(data: bytes, text: str, steps: list[str]) -> None:
    decoded, problems = decode(data, "seeds/a.txt")
    assert decoded is not None
    assert decoded.text == text
    assert [step.step for step in decoded.steps] == steps
    sure = not steps or steps[0] in {"byte order mark", "decode utf-16", "decode utf-32"}
    assert [(problem.severity, problem.message) for problem in problems] == (
        [] if sure else [("warning", f"is not UTF-8; read as {steps[0][7:]}, which is a guess")]
    )
    assert all("save the seed as UTF-8 under a new name" in problem.hint for problem in problems)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b" \r\n\t\n", "the file is empty"),
        (codecs.BOM_UTF8 + b"\n", "the file is empty"),
        (codecs.BOM_UTF16_LE, "the file is empty"),
        (codecs.BOM_UTF16_LE + "\n ".encode("utf-16-le"), "the file is empty"),
        (b"%PDF-1.7\n%\xe2\xe3", "this is a PDF, not text"),
        (b"PK\x03\x04\x14\x00", "this is a zip or Office file, not text"),
        (b"\x89PNG\r\n\x1a\n\x00", "this is an image, not text"),
        (b"Hajin\x00falls", "the file is binary, not text"),
        (bytes(range(1, 256)) * 4, "the file is binary, not text"),
        (codecs.BOM_UTF8 + b"Hajin \xff", "starts as utf-8 but is not: invalid start byte at byte 6"),
        (codecs.BOM_UTF16_LE + b"a", "starts as utf-16 but is not: truncated data at byte 2"),
        (b"a" * (SIZE_LIMIT + 1), "5,000,001 bytes; the limit is 5,000,000"),
    ],
)
def test_what_is_no_text_is_one_problem_that_says_what_to_do(data: bytes, message: str) -> None:
    decoded, problems = decode(data, "seeds/a.txt")
    assert decoded is None
    assert [(problem.path, problem.message) for problem in problems] == [("seeds/a.txt", message)]
    assert problems[0].hint


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=200)
def test_any_bytes_are_either_text_or_a_problem(data: bytes) -> None:
    decoded, problems = decode(data, "seeds/a.txt")
    assert (decoded is None) == any(map(is_error, problems))
    assert decoded is None or decoded.text.strip()


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff"), min_size=1))
@settings(deadline=None, max_examples=100)
def test_utf8_text_is_never_altered(text: str) -> None:
    decoded, _ = decode(text.encode(), "seeds/a.txt")
    assert decoded is None or (decoded.text, decoded.steps) == (text, ())


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("a.pdf", "run  pdftotext FILE.pdf FILE.txt, put that into seeds/ and take this out"),
        ("a.DOCX", "run  pandoc FILE.docx -t plain --wrap=none -o FILE.txt  or save it as plain text (UTF-8)"),
        ("a.jpg", "save its text as a .txt file, put that into seeds/ and take this out"),
    ],
)
def test_other_kinds_of_files_are_one_line_that_says_what_to_do(name: str, hint: str) -> None:
    raw, (problem,) = read_seed(b"x", f"seeds/{name}")
    assert raw is None
    ending = name[1:].lower()
    assert problem.message == f"{ending} files are not read, only .txt, .md and .html"
    assert problem.hint.startswith(hint)


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252"])
def test_of_a_web_page_the_main_text_is_taken(charset: str) -> None:
    raw, problems = read_seed(PAGE.format(charset=charset).encode(charset), "seeds/a.html")
    assert problems == []
    assert raw is not None
    lines = raw.text.split("\n\n")
    assert lines[:2] == ["SOHR", "Hajin falls"]
    assert lines[2].startswith("The SDF took Hajin on Friday")
    assert "– once more –" in lines[2]
    assert lines[3].endswith("it tells what happened in Sha’fah and al-Baghuz.")
    assert len(lines) == 4
    assert raw.own == {"site": "SOHR", "page_date": "2018-12-14", "language": "en-GB"}
    assert raw.steps[-1].step == "main text of the page"


def test_an_encoding_that_the_file_names_is_no_guess_but_one_that_it_names_wrongly_is() -> None:
    page = PAGE.replace("{charset}", "windows-1252")
    assert read_seed(page.encode("windows-1252"), "seeds/a.html")[1] == []
    _, (problem,) = read_seed(page.replace("windows-1252", "utf-8").encode("windows-1252"), "seeds/a.html")
    assert problem.message == "is not UTF-8; read as cp1252, which is a guess"


@pytest.mark.parametrize(
    "charset",
    ["undefined", "unicode_escape", "raw_unicode_escape", "utf-7", "utf-16", "idna", "punycode", "rot13", "base64",
     "zip", "hex", "mbcs", "no-such", "cp037", "utf_8_sig", "a" * 300],
)  # fmt: skip
def test_only_encodings_that_browsers_know_are_believed(charset: str) -> None:
    page = PAGE.replace("{charset}", charset).replace("SOHR", "C:\\new “SOHR”").encode("cp1252")
    raw, (problem,) = read_seed(page, "seeds/a.html")
    assert raw is not None
    assert raw.steps[0].step == "decode cp1252"
    assert "is a guess" in problem.message


@pytest.mark.parametrize("encoding", ["utf-7", "utf-8", "utf-16", "utf-32"])
def test_no_decoded_text_holds_halves_of_characters(encoding: str) -> None:
    data = ("Hajin fell today, and more of it fell. " * 9 + "\ud800 and.").encode(encoding, "surrogatepass")
    decoded, problems = decode(data, "seeds/a.txt", encoding)
    assert decoded is None or "\ud800" not in decoded.text
    assert decoded is not None or problems


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_a_guessed_encoding_is_a_warning_whatever_the_file(name: str) -> None:
    text = ENGLISH if name != "a.html" else f"<html><body><article><p>{ENGLISH * 3}</p></article></body></html>"
    raw, (problem,) = read_seed(text.encode("cp1252"), f"seeds/{name}")
    assert raw is not None
    assert (problem.path, problem.severity) == (f"seeds/{name}", "warning")


def test_a_web_page_without_text_is_a_problem() -> None:
    raw, (problem,) = read_seed(b"<html><body><script>x()</script></body></html>", "seeds/a.html")
    assert raw is None
    assert problem.message == "no main text could be found in this web page"


def test_front_matter_of_a_markdown_seed_is_kept() -> None:
    data = b"---\ntitle: Hajin falls\ndate: 2018-12-14\nurl: https://a.org\nlang: en\ntags: [x]\n---\nIt *fell*.\n"
    raw, (problem,) = read_seed(data, "seeds/a.md")
    assert raw is not None
    assert raw.own == {
        "title": "Hajin falls",
        "published": "2018-12-14",
        "source": "https://a.org",
        "language": "en",
    }
    assert raw.text == "It *fell*.\n"
    assert str(problem).startswith('seeds/a.md:6: warning: "tags" is not carried over')


def test_the_first_heading_of_a_markdown_seed_is_its_headline() -> None:
    raw, _ = read_seed(b"\n# Hajin falls\n\nIt fell.\n", "seeds/a.md")
    assert raw is not None
    assert (raw.own, raw.text) == ({"title": "Hajin falls"}, "\nIt fell.\n")


def test_faulty_front_matter_of_a_markdown_seed_is_a_problem_with_its_line() -> None:
    raw, problems = read_seed(b"---\ntitle: A\ntitle: B\n---\nText.\n", "seeds/a.md")
    assert raw is None
    assert [(problem.path, problem.line) for problem in problems] == [("seeds/a.md", 3)]
