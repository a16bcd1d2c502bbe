import pytest

from mtl_rec.whole_files import written_whole


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
