"""The archive's files: all listed in one order, links refused, digested again only when they may have changed."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from archives import Archive, chance, new_archive
from readingroom import sources
from readingroom.problems import ProblemsError
from readingroom.sources import RACY_NS, Known, list_sources, sha256_of

if TYPE_CHECKING:
    from pathlib import Path

LONG_AGO = 1_500_000_000_000_000_000


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = new_archive(tmp_path / "archive", plain=False)
    archive.write("content/about.md", "---\ntitle: About\n---\nText.\n")
    return archive


def listed(archive: Archive) -> list[str]:
    return [source.path for source in list_sources(archive.root)[0]]


def digests(archive: Archive, known: dict[str, Known], since: int) -> dict[str, str]:
    return sha256_of(archive.root, list_sources(archive.root)[0], known, since=since)[0]


def kept(archive: Archive) -> dict[str, Known]:
    return {source.path: Known(source.size, source.changed, "kept") for source in list_sources(archive.root)[0]}


def test_files_are_listed_in_the_same_order_however_they_came(tmp_path: Path) -> None:
    names = [f"content/places/p{number}.md" for number in range(40)] + ["seeds/B/x.txt", "seeds/a.txt", "seeds/B.txt"]
    orders = []
    for seed in range(2):
        archive = new_archive(tmp_path / str(seed), plain=False)
        for name in chance(seed).sample(names, len(names)):
            archive.write(name, name)
        orders.append(listed(archive))
    assert orders[0] == orders[1] == sorted(["readingroom.toml", *names])


LEFTOVERS = (
    ".hidden.md", ".git/config", "about.md~", ".about.md.swp", "about.md.tmp", "#about.md#", "old~/about.md",
    "about.md.bak", "about.md.part",
)  # fmt: skip


@pytest.mark.parametrize("name", LEFTOVERS)
def test_what_editors_and_tools_leave_is_no_source(archive: Archive, name: str) -> None:
    archive.write(f"content/{name}", "x")
    assert listed(archive) == ["content/about.md", "readingroom.toml"]


@pytest.mark.parametrize("name", LEFTOVERS)
def test_what_editors_and_tools_leave_is_neither_published_nor_ingested(
    archive: Archive, tmp_path: Path, name: str
) -> None:
    archive.build()
    before = archive.tree()
    archive.write(f"templates/static/{name}", "secret")
    archive.write(f"seeds/{name}", "Hajin falls\n\nIt fell today, the 14th of December 2018.\n")
    assert archive.build().ingested == ()
    archive.write("content/about.md", "---\ntitle: About\n---\nAnother text.\n")
    archive.build()
    assert archive.tree() == archive.cold(tmp_path / "cold")
    assert archive.tree().keys() == before.keys()


@pytest.mark.parametrize("name", ["templates", "templates/static", "templates/base.html", "templates/static/site.css"])
def test_templates_and_static_files_behind_links_are_never_read(archive: Archive, tmp_path: Path, name: str) -> None:
    for path in ("base.html", "static/site.css", "static/other.txt"):
        outside = tmp_path / "outside" / path
        outside.parent.mkdir(parents=True, exist_ok=True)
        outside.write_text("secret words")
    (archive.root / name).parent.mkdir(parents=True, exist_ok=True)
    (archive.root / name).symlink_to(tmp_path / "outside" / name.removeprefix("templates").lstrip("/"))
    archive.build(keep_going=True)
    assert archive.tree()
    assert not any(b"secret words" in content for content in archive.tree().values())


@pytest.mark.parametrize(
    "name",
    ["content/about.txt", "content/places/x.md", "content/reports/2018-01-02-aaaaa1.md", "content/ingested.csv",
     "seeds/a.txt", "seeds/index.csv", "templates/base.html", "templates/static/x.css"],
)  # fmt: skip
def test_a_pipe_is_a_problem_and_nothing_waits_for_it(archive: Archive, name: str) -> None:
    (archive.root / name).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(archive.root / name)
    with pytest.raises(ProblemsError, match=f"{name}: is no ordinary file"):
        archive.build()
    archive.build(keep_going=True)


def test_settings_that_are_a_pipe_are_a_problem(archive: Archive) -> None:
    archive.remove("readingroom.toml")
    os.mkfifo(archive.root / "readingroom.toml")
    with pytest.raises(ProblemsError, match="it is no ordinary file"):
        archive.build()


@pytest.mark.parametrize("folder", ["content", "content/places", "seeds", "templates/static"])
def test_a_link_is_refused_and_never_read(archive: Archive, tmp_path: Path, folder: str) -> None:
    (tmp_path / "secret.md").write_text("---\ntitle: Secret\n---\nsecret words\n")
    (archive.root / folder).mkdir(parents=True, exist_ok=True)
    (archive.root / folder / "linked.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(ProblemsError) as caught:
        archive.build()
    assert [(problem.path, problem.message) for problem in caught.value.problems] == [
        (f"{folder}/linked.md", "is a symbolic link")
    ]
    archive.build(keep_going=True)
    assert not any(b"ecret" in content for content in archive.tree().values())


def test_a_linked_folder_is_refused_and_never_entered(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "hajin.md").write_text("---\nname: Secret\n---\n")
    (archive.root / "content/places").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ProblemsError, match="content/places: is a symbolic link"):
        archive.build()
    assert "content/places/hajin.md" not in listed(archive)


@pytest.mark.parametrize("name", ["content", "seeds", "templates", "readingroom.toml"])
def test_the_archives_own_folders_and_settings_are_no_links_either(archive: Archive, tmp_path: Path, name: str) -> None:
    target = tmp_path / "elsewhere"
    if (archive.root / name).exists():
        (archive.root / name).rename(target)
    else:
        target.mkdir()
    (archive.root / name).symlink_to(target)
    with pytest.raises(ProblemsError, match=f"{name}: is a symbolic link"):
        archive.build()


def test_a_name_that_is_no_text_can_be_told(archive: Archive) -> None:
    (archive.root / "content/\udcff.md").symlink_to("x")
    assert [problem.path for problem in list_sources(archive.root)[1]] == ["content/\\udcff.md"]


def test_a_template_whose_name_is_no_text_stops_nothing(archive: Archive) -> None:
    archive.write("templates/\udcff.html", "x")
    archive.build()
    assert archive.build().stale == ()


def test_size_and_time_alone_decide_on_the_fast_path(archive: Archive) -> None:
    for path in (archive.root / "content/about.md", archive.root / "readingroom.toml"):
        os.utime(path, ns=(LONG_AGO, LONG_AGO))
    known, since = kept(archive), LONG_AGO + 10 * RACY_NS
    assert set(digests(archive, known, since).values()) == {"kept"}
    archive.write("content/about.md", "---\ntitle: About\n---\nTExt.\n")
    truth = sha256(archive.read("content/about.md").encode()).hexdigest()
    assert digests(archive, known, since) == {"content/about.md": truth, "readingroom.toml": "kept"}


def test_a_file_of_another_size_but_the_same_time_is_read(archive: Archive) -> None:
    known = kept(archive)
    changed = known["content/about.md"].changed
    archive.write("content/about.md", "longer than it was, with the same time\n" * 3)
    os.utime(archive.root / "content/about.md", ns=(changed, changed))
    assert digests(archive, known, changed + 10 * RACY_NS)["content/about.md"] != "kept"


@pytest.mark.parametrize(("age", "read"), [(RACY_NS // 2, True), (-RACY_NS, True), (RACY_NS * 2, False)])
def test_a_file_changed_within_two_seconds_of_the_last_build_is_read_again(
    archive: Archive, age: int, *, read: bool
) -> None:
    known = kept(archive)
    since = known["content/about.md"].changed + age
    assert (digests(archive, known, since)["content/about.md"] != "kept") == read


def test_an_edit_within_the_clocks_grain_is_seen(archive: Archive) -> None:
    path = archive.root / "content/about.md"
    archive.build()
    status = path.stat()
    archive.write("content/about.md", archive.read("content/about.md").replace("Text.", "tEXT."))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert [item.url for item in archive.build().stale] == ["about.html", "data.html"]


def test_rehash_sees_an_edit_that_hid_its_size_and_time(archive: Archive) -> None:
    path = archive.root / "content/about.md"
    os.utime(path, ns=(LONG_AGO, LONG_AGO))
    archive.build()
    archive.write("content/about.md", archive.read("content/about.md").replace("Text.", "tEXT."))
    os.utime(path, ns=(LONG_AGO, LONG_AGO))
    assert archive.build().stale == ()
    assert [item.url for item in archive.build(rehash=True).stale] == ["about.html", "data.html"]
    assert archive.build(rehash=True).stale == ()


def test_a_file_that_cannot_be_read_is_a_problem(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(sources, "read_file", refuse)
    found, problems = sha256_of(archive.root, list_sources(archive.root)[0], {}, since=0)
    assert found == {}
    assert [(problem.path, problem.message) for problem in problems] == [
        ("content/about.md", "cannot be read: Permission denied"),
        ("readingroom.toml", "cannot be read: Permission denied"),
    ]
