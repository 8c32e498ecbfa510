from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from readingroom.config import DEFAULT_KINDS, Config, nearest, parse_config, read_config, settings
from readingroom.problems import ProblemsError

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_set_means_the_defaults() -> None:
    assert parse_config({}) == (Config(), [])
    assert [kind.folder for kind in DEFAULT_KINDS] == ["places", "factions", "commanders"]


def test_persons_are_kept_out_of_search_engines_unless_settings_say_otherwise() -> None:
    assert Config().kind("commander").noindex
    config, problems = parse_config({"kinds": {"commander": {"folder": "commanders", "noindex": False}}})
    assert not problems
    assert not config.kind("commander").noindex
    assert config.kind("commander").person


def test_a_kind_is_a_folder_or_a_table() -> None:
    config, problems = parse_config(
        {"kinds": {"place": "places", "unit": {"folder": "army-units", "label": "Unit", "person": False}}}
    )
    assert not problems
    assert [(kind.name, kind.folder, kind.label, kind.plural) for kind in config.kinds] == [
        ("place", "places", "Place", "Places"),
        ("unit", "army-units", "Unit", "Army units"),
    ]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"title": 3}, "title must be text"),
        ({"url": "example.org"}, "url is no web address: example.org"),
        ({"url": "javascript:alert(1)"}, "url is no web address: javascript:alert(1)"),
        ({"url": "http://[x"}, "url is no web address: http://[x"),
        ({"url": "https://:80/"}, "url is no web address: https://:80/"),
        ({"url": 'https://a.org/"x'}, 'url is no web address: https://a.org/"x'),
        ({"title": "a\x07b"}, "title holds U+0007, which a line of a page cannot show"),
        ({"subtitle": "a\nb"}, "subtitle holds U+000A, which a line of a page cannot show"),
        ({"language": "english!!"}, 'language cannot be "english!!": it must be a BCP 47 tag, such as en or ar-SY'),
        ({"suggestion_confidence": 2}, "suggestion_confidence must be a number from 0 to 1"),
        ({"suggestion_confidence": float("nan")}, "suggestion_confidence must be a number from 0 to 1"),
        ({"publish_suggestions": "no"}, "publish_suggestions must be true or false"),
        ({"kinds": {"place": {"folder": "p", "label": "a\x07b"}}}, "kind 'place' holds U+0007, which no page can show"),
        ({"kinds": "places"}, "kinds must be a table"),
        ({"kinds": {"place": "Places"}}, "the folder of kind place must be lower-case letters, digits and hyphens"),
        ({"kinds": {"place": "../x"}}, "the folder of kind place must be lower-case letters, digits and hyphens"),
        ({"kinds": {"place": "reports"}}, 'the folder "reports" is taken'),
        ({"kinds": {"place": "a", "town": "a"}}, 'the folder "a" is taken'),
        ({"kinds": {"place": {"folder": "places", "colour": "red"}}}, 'unknown setting "colour" of kind place'),
        ({"kinds": {"place": {"folder": "places", "person": "yes"}}}, "person of kind place must be true or false"),
    ],
)
def test_a_faulty_setting_is_reported_and_keeps_its_default(table: dict[str, object], message: str) -> None:
    config, problems = parse_config(table)
    assert [problem.message for problem in problems] == [message]
    assert problems[0].hint
    assert config.title == "Untitled archive"


def test_a_hint_names_a_few_words_however_many_are_known() -> None:
    many = [f"2018-01-{day:02}-{day:06x}" for day in range(1, 32)]
    assert nearest("2018-01-9-000009", many) == "did you mean 2018-01-09-000009?"
    hint = nearest("2018-01-99-zzzzzz", many)
    assert hint.startswith("nearest of 31: 2018-01-")
    assert hint.count("2018-01-") == 5
    assert nearest("x", ["a", "b"]) == "known: a, b"


def test_the_address_ends_in_a_slash() -> None:
    assert parse_config({"url": "https://example.org/a"})[0].url == "https://example.org/a/"


def test_broken_toml_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "readingroom.toml").write_text('title = "a"\nlanguage = en\n', encoding="utf-8")
    _, problems = read_config(tmp_path)
    assert problems[0].line == 2


def test_the_command_lines_address_wins_and_is_checked(tmp_path: Path) -> None:
    (tmp_path / "readingroom.toml").write_text('url = "https://a.org"\n', encoding="utf-8")
    assert settings(tmp_path, "https://b.org").url == "https://b.org/"
    with pytest.raises(ProblemsError, match="--url"):
        settings(tmp_path, "b.org")
