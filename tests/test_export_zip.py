"""The zip of the site: the same bytes everywhere, whole, checkable, and understood by those who receive it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from archives import Archive, small_archive, tree
from readingroom.export.zipped import README, SUMS, Contents, Zipped, export_zip, pack
from readingroom.options import silent
from readingroom.problems import ProblemsError

ADDRESS = "https://example.org/repo/"
SAID = "the site is not up to date"
PROGRAM = "import os; os.umask(int(os.environ['MASK'], 8)); from readingroom.cli import main; main()"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = small_archive(tmp_path / "archive", plain=False)
    archive.write("readingroom.toml", f'title = "تقارير: River & <Sons>"\nurl = "{ADDRESS}"\n')
    archive.build("now")
    return archive


def exported(archive: Archive, out: str = "") -> Zipped:
    return export_zip(archive.root, archive.root / out if out else None, silent)


def refused(archive: Archive, out: str = "") -> str:
    with pytest.raises(ProblemsError) as caught:
        exported(archive, out)
    return str(caught.value)


def test_the_zip_holds_the_site_byte_for_byte_below_one_folder_named_after_archive_and_edition(
    archive: Archive, tmp_path: Path
) -> None:
    done = exported(archive)
    edition = archive.build("now").edition
    folder = f"تقارير-river-sons-{edition}"
    assert done.file.path == archive.root / "build/exports" / f"{folder}.zip"
    with zipfile.ZipFile(done.file.path) as packed:
        names = packed.namelist()
        assert packed.testzip() is None
        packed.extractall(tmp_path / "out")
    assert names == sorted(names)
    assert {name.partition("/")[0] for name in names} == {folder}
    found = tree(tmp_path / "out" / folder)
    made = {name: found.pop(name) for name in (README, SUMS)}
    assert found == archive.tree()
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in
                   sorted({**found, README: made[README]}.items()))  # fmt: skip
    assert made[SUMS].decode() == sums
    assert done.files == len(names)


def test_what_comes_out_of_unzip_and_sha256sum_agrees(archive: Archive, tmp_path: Path) -> None:
    done = exported(archive)
    shutil.copy(done.file.path, tmp_path)
    shutil.copy(done.sums, tmp_path)
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    subprocess.run(["sha256sum", "--check", "--strict", done.sums.name], cwd=tmp_path, check=True)
    subprocess.run(["unzip", "-q", done.file.path.name], cwd=tmp_path, check=True, env=environment)
    folder = tmp_path / done.file.path.stem
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", SUMS], cwd=folder, check=True)
    assert (folder / "index.html").is_file()
    (folder / "index.html").write_text("altered", encoding="utf-8")
    again = subprocess.run(["sha256sum", "--check", "--quiet", SUMS], cwd=folder, check=False, capture_output=True)
    assert again.returncode == 1


def test_every_entry_has_one_time_and_mode_and_names_in_utf_8(archive: Archive) -> None:
    with zipfile.ZipFile(exported(archive).file.path) as packed:
        entries = packed.infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}
    assert {entry.create_system for entry in entries} == {3}
    assert all(entry.flag_bits & 0x800 for entry in entries), "the folder's name is Arabic"
    assert not any(entry.extra or entry.comment for entry in entries)


def test_the_same_content_gives_the_same_zip_elsewhere_at_another_time_of_another_user(
    archive: Archive, tmp_path: Path
) -> None:
    found = set()
    for number, (zone, mask) in enumerate((("UTC", "022"), ("Pacific/Chatham", "077"))):
        copy = archive.copy_to(tmp_path / f"copy {number} #")
        environment = {**os.environ, "TZ": zone, "MASK": mask, "PYTHONHASHSEED": str(number), "LC_ALL": "C"}
        out = tmp_path / f"{number}.zip"
        for words in (["build"], ["export", "zip", "-o", str(out)]):
            command = [sys.executable, "-c", PROGRAM, "-C", str(copy.root), *words]
            subprocess.run(command, env=environment, check=True, capture_output=True)
        for path in copy.site.rglob("*"):
            path.touch()
        found.add(hashlib.sha256(out.read_bytes()).hexdigest())
    found.add(exported(archive).file.sha256)
    assert len(found) == 1


def test_a_site_that_is_missing_or_not_up_to_date_is_not_packed(archive: Archive) -> None:
    archive.change("content/about.md", "What this is.", "What that is.")
    assert SAID in refused(archive)
    assert "readingroom build" in refused(archive)
    assert not (archive.root / "build/exports").exists()
    archive.build("now")
    page = archive.site / "index.html"
    page.write_bytes(page.read_bytes() + b"altered")
    assert SAID in refused(archive)
    archive.build("now")
    archive.cache.unlink()
    assert SAID in refused(archive)
    shutil.rmtree(archive.root / "build")
    assert "the site has not been built" in refused(archive)


def test_pages_built_ahead_of_their_index_are_not_packed(archive: Archive) -> None:
    archive.change("content/reports/2018-02-20-ddddd4.md", "came to", "went to")
    archive.build("later")
    assert SAID in refused(archive)
    archive.build("now")
    assert exported(archive).searches


def test_a_site_without_search_says_so(archive: Archive) -> None:
    archive.build("none")
    done = exported(archive)
    assert not done.searches
    with zipfile.ZipFile(done.file.path) as packed:
        text = packed.read(f"{done.file.path.stem}/{README}").decode()
    assert "The search for words was left out of it." in text


def test_a_site_built_for_another_address_is_packed_with_that_address(archive: Archive) -> None:
    archive.build("now", url="https://elsewhere.example/")
    done = exported(archive)
    with zipfile.ZipFile(done.file.path) as packed:
        text = packed.read(f"{done.file.path.stem}/{README}").decode()
    assert "https://elsewhere.example/" in text
    assert ADDRESS not in text


@pytest.mark.parametrize("out", ["build/site/copy.zip", "content/copy.zip", "seeds/copy.zip", "templates/x/copy.zip"])
def test_no_copy_lies_among_what_is_published_or_kept(archive: Archive, out: str) -> None:
    assert f"an export may not lie in {out.rpartition('/')[0].removesuffix('/x')}/" in refused(archive, out)


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("readingroom.toml", "is there already, and its name does not end in .zip"),
        ("build/cache.sqlite", "is there already, and its name does not end in .zip"),
        ("pipe", "is no file, but a device or the like"),
        ("build", "is a folder"),
        ("readingroom.toml/copy.zip", "cannot be written: "),
        (f"{'x' * 260}.zip", "cannot be written: File name too long"),
    ],
)
def test_nothing_but_an_older_copy_is_replaced_and_what_cannot_be_written_is_told(
    archive: Archive, out: str, said: str
) -> None:
    os.mkfifo(archive.root / "pipe")
    before = {path: path.lstat().st_mode for path in archive.root.rglob("*") if "cache.sqlite-" not in path.name}
    message = refused(archive, out)
    assert said in message
    assert "give the name of a file elsewhere: -o FILE" in message
    assert ".part" not in message
    assert {path: path.lstat().st_mode for path in archive.root.rglob("*")} == before
    assert 'title = "' in archive.read("readingroom.toml")


def test_an_older_copy_is_replaced_and_a_name_may_be_as_long_as_the_disk_takes(archive: Archive) -> None:
    name = "x" * (255 - len(".zip.sha256")) + ".zip"
    assert exported(archive, name).file == exported(archive, name).file


def test_a_title_in_letters_of_many_bytes_makes_a_name_that_a_disk_takes(archive: Archive) -> None:
    archive.write("readingroom.toml", f'title = "{"阿勒颇战事报告" * 20}"\n')
    edition = archive.build("now").edition
    path = exported(archive).file.path
    assert path.name.endswith(f"-{edition}.zip")
    assert len(path.name.encode()) < 160


def test_a_site_whose_search_works_on_the_web_alone_says_so(archive: Archive, tmp_path: Path) -> None:
    archive.write("readingroom.toml", 'title = "A"\noffline_search = false\n')
    archive.build("now")
    done = exported(archive, str(tmp_path / "a.zip"))
    assert not done.searches
    with zipfile.ZipFile(done.file.path) as packed:
        text = packed.read(f"{packed.namelist()[0].partition('/')[0]}/{README}").decode()
    assert "The search for words was left out of it." in text


def test_a_copy_that_is_stopped_leaves_the_old_one_and_nothing_else(archive: Archive) -> None:
    done = exported(archive)
    before = tree(done.file.path.parent)

    def stop(stage: str, count: int, _total: int) -> None:
        if (stage, count) == ("packing", 5):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_zip(archive.root, None, stop)
    assert tree(done.file.path.parent) == before


def test_a_page_that_would_be_taken_for_the_readme_is_told_to_move(archive: Archive) -> None:
    archive.write("content/00-readme.md", "---\ntitle: Mine\n---\nText.\n")
    archive.build("now")
    assert "content/00-readme.md: has the name of the page that goes into every zip" in refused(archive)


def test_more_files_than_an_old_zip_can_count_are_packed_and_found(tmp_path: Path) -> None:
    names = [f"{number:06}.html" for number in range(66_000)]
    contents = Contents(names, tmp_path, dict.fromkeys(names, b"page"))
    pack(tmp_path / "big.zip", "archive", contents, {}, silent)
    with zipfile.ZipFile(tmp_path / "big.zip") as packed:
        assert len(packed.namelist()) == 66_000
        assert packed.read("archive/065999.html") == b"page"
    listed = subprocess.run(["unzip", "-Z1", tmp_path / "big.zip"], check=True, capture_output=True).stdout
    assert listed.count(b"\n") == 66_000


def test_the_answer_as_json_names_file_edition_and_checksum(archive: Archive) -> None:
    program = "from readingroom.cli import main; main()"
    command = [sys.executable, "-c", program, "-C", str(archive.root), "export", "zip", "--json"]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    path = Path(answer["path"])
    assert answer["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert answer["bytes"] == path.stat().st_size
    assert answer["edition"] == archive.build("now").edition
    assert Path(answer["sums"]).read_text(encoding="utf-8") == f"{answer['sha256']}  {path.name}\n"
    assert answer["search"] is True
