import os
import re
import stat
import time

import pytest

from mtl_rec.export import publishing
from mtl_rec.export.publishing import publish


def write_model(folder):
    (folder / "saved_model.pb").write_text("graph")
    (folder / "variables").mkdir()
    (folder / "variables" / "weights").write_text("weights")


def accept(folder):
    return f"checked {(folder / 'saved_model.pb').read_text()}"


def contents(directory):
    """Every path in it, a file with its last change."""
    return {
        str(path.relative_to(directory)): path.is_file() and path.stat().st_mtime_ns
        for path in directory.rglob("*")
    }


def test_the_first_version_is_one_and_the_check_is_returned(tmp_path):
    version, checked = publish(write_model, accept, tmp_path / "shop" / "funnel")

    assert version == tmp_path / "shop" / "funnel" / "1"
    assert checked == "checked graph"
    assert (version / "variables" / "weights").read_text() == "weights"
    assert os.listdir(version.parent) == ["1"]


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        (["1", "2"], "3"),
        (["9", "10"], "11"),
        (["0007"], "8"),
        (["notes", ".tmp-other", "5.bak", "-3"], "1"),
    ],
    ids=["counts on", "as numbers", "leading zeros", "other names"],
)
def test_the_version_follows_the_highest(others, expected, tmp_path):
    for name in others:
        (tmp_path / name).mkdir()

    version, _ = publish(write_model, accept, tmp_path)

    assert version.name == expected


def test_a_file_with_a_number_for_a_name_is_kept(tmp_path):
    (tmp_path / "4").write_text("not a version")

    version, _ = publish(write_model, accept, tmp_path)

    assert version.name == "5"
    assert (tmp_path / "4").read_text() == "not a version"


@pytest.mark.parametrize("files", [["saved_model.pb"], []], ids=["full", "empty"])
def test_a_number_that_was_taken_meanwhile_is_left_alone(files, tmp_path, monkeypatch):
    highest = publishing._highest_version

    def take_next(directory):
        number = highest(directory)
        if number == 0:
            (directory / "1").mkdir()
            for name in files:
                (directory / "1" / name).write_text("of another")
        return number

    monkeypatch.setattr(publishing, "_highest_version", take_next)
    version, _ = publish(write_model, accept, tmp_path)

    assert version.name == "2"
    assert os.listdir(tmp_path / "1") == files


def test_a_version_of_another_is_never_replaced_by_a_plain_rename(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(publishing.ctypes, "CDLL", lambda *_, **__: None)
    numbers = iter([0, 0, 1])
    monkeypatch.setattr(publishing, "_highest_version", lambda _: next(numbers))

    first, _ = publish(write_model, accept, tmp_path)
    second, _ = publish(write_model, accept, tmp_path)

    assert [first.name, second.name] == ["1", "2"]


def test_every_user_can_read_a_version(tmp_path):
    def write(folder):
        write_model(folder)
        (folder / "saved_model.pb").chmod(0o600)
        (folder / "variables").chmod(0o700)

    mask = os.umask(0o077)
    try:
        version, _ = publish(write, accept, tmp_path / "funnel")
    finally:
        os.umask(mask)

    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in version.rglob("*")}
    assert modes == {
        version / "saved_model.pb": 0o644,
        version / "variables": 0o755,
        version / "variables" / "weights": 0o644,
    }
    assert stat.S_IMODE(version.stat().st_mode) == 0o755
    assert stat.S_IMODE(version.parent.stat().st_mode) == 0o755


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("step", ["write", "check", "rename"])
def test_nothing_is_left_of_what_failed(step, error, tmp_path, monkeypatch):
    def fail(*_):
        raise error

    def write(folder):
        write_model(folder)
        if step == "write":
            fail()

    publish(write_model, accept, tmp_path / "old")
    before = contents(tmp_path)
    if step == "rename":
        monkeypatch.setattr(publishing, "_rename_to_next_version", fail)
    for directory in (tmp_path / "old", tmp_path / "new" / "funnel"):
        with pytest.raises(error):
            publish(write, fail if step == "check" else accept, directory)

    assert contents(tmp_path) == before


def test_a_version_without_files_is_refused(tmp_path):
    message = "`write` must leave files in the directory. Received: none."

    with pytest.raises(ValueError, match=re.escape(message)):
        publish(lambda folder: None, lambda folder: None, tmp_path / "funnel")

    assert os.listdir(tmp_path) == []


def test_only_old_leftovers_are_removed(tmp_path):
    for name, age_hours in ((".tmp-killed", 25), (".tmp-writing", 23), ("1", 99)):
        (tmp_path / name / "variables").mkdir(parents=True)
        then = time.time() - age_hours * 3600
        os.utime(tmp_path / name, (then, then))

    publish(write_model, accept, tmp_path)

    assert sorted(os.listdir(tmp_path)) == [".tmp-writing", "1", "2"]


def test_every_file_and_directory_is_flushed_to_the_disk(tmp_path, monkeypatch):
    flushed = []
    monkeypatch.setattr(
        os, "fsync", lambda file: flushed.append(os.readlink(f"/proc/self/fd/{file}"))
    )

    version, _ = publish(write_model, accept, tmp_path / "funnel")

    names = [re.sub(r"\.tmp-\w+", version.name, name) for name in flushed]
    assert names == [
        f"{version}/variables/weights",
        f"{version}/variables",
        f"{version}/saved_model.pb",
        f"{version}",
        f"{tmp_path}/funnel",
        f"{tmp_path}",
    ]
