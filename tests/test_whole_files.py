import sys
import threading

import pytest

from mtl_rec import whole_files
from mtl_rec.whole_files import replace_folder, written_whole


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
