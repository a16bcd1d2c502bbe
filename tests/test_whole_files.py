import os
import subprocess
import sys
import threading

import pytest

from mtl_rec import whole_files
from mtl_rec.whole_files import folder_written_whole, replace_folder, written_whole


def test_a_file_appears_when_it_is_written(tmp_path):
    path = tmp_path / "metrics.json"

    with written_whole(path) as unfinished:
        unfinished.write_text("new")
        assert not path.exists()

    assert [p.name for p in tmp_path.iterdir()] == ["metrics.json"]
    assert path.read_text() == "new"


def test_a_failure_leaves_what_was_there(tmp_path):
    path = tmp_path / "metrics.json"
    path.write_text("old")

    def interrupted():
        with written_whole(path) as unfinished:
            unfinished.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert [p.name for p in tmp_path.iterdir()] == ["metrics.json"]
    assert path.read_text() == "old"


def filled(folder, text):
    folder.mkdir()
    (folder / "text").write_text(text)
    return folder


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_folder_takes_the_place_of_another(can_exchange, tmp_path, monkeypatch):
    if not can_exchange:
        monkeypatch.setattr(whole_files, "_exchanged", lambda one, other: False)
    old, new = filled(tmp_path / "index", "old"), filled(tmp_path / ".new", "new")

    replace_folder(new, old)

    assert [p.name for p in tmp_path.iterdir()] == ["index"]
    assert (old / "text").read_text() == "new"


@pytest.mark.skipif(sys.platform != "linux", reason="names are exchanged on Linux")
def test_a_reader_finds_one_of_both_at_any_moment(tmp_path):
    folder, missed, ended = filled(tmp_path / "index", "0"), [], threading.Event()

    def look():
        while not ended.is_set():
            if not folder.exists():
                missed.append(folder)

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(300):
        replace_folder(filled(tmp_path / ".new", str(number)), folder)
    ended.set()
    reader.join()

    assert missed == []
    assert (folder / "text").read_text() == "299"


WRITE = """
import sys
from pathlib import Path
from mtl_rec.whole_files import folder_written_whole

with folder_written_whole(Path(sys.argv[1])) as unfinished:
    (unfinished / "text").write_text("half")
    print(unfinished.name, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def half_written(tmp_path):
    """A process that is at a folder, and the name under which it fills it."""
    command = [sys.executable, "-c", WRITE, str(tmp_path / "index")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        unfinished = tmp_path / process.stdout.readline().strip()
        yield process, unfinished
        process.kill()


def test_what_a_killed_process_left_of_a_folder_is_removed(half_written, tmp_path):
    process, unfinished = half_written
    process.kill()
    process.wait()
    os.utime(unfinished, (0, 0))
    others = [filled(tmp_path / name, "") for name in (".index-old-7", ".index2-7")]
    young = filled(tmp_path / ".index-7", "its process has just made it")
    assert unfinished.exists()

    with folder_written_whole(tmp_path / "index") as own:
        (own / "text").write_text("whole")

    assert not unfinished.exists()
    assert all(path.exists() for path in (*others, young))
    assert (tmp_path / "index" / "text").read_text() == "whole"


def test_what_a_process_is_still_at_is_left_alone(half_written, tmp_path):
    process, unfinished = half_written

    with folder_written_whole(tmp_path / "index"):
        assert (unfinished / "text").read_text() == "half"

    process.communicate("")
    assert process.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


@pytest.mark.parametrize("replaces", [True, False])
def test_a_folder_that_is_there_is_replaced_or_stays(replaces, tmp_path):
    folder = filled(tmp_path / "index", "old")

    with folder_written_whole(folder, replaces) as unfinished:
        (unfinished / "text").write_text("new")
        assert (folder / "text").read_text() == "old"

    assert (folder / "text").read_text() == ("new" if replaces else "old")
    assert [path.name for path in tmp_path.iterdir()] == ["index"]
