"""R2: whatever happens to a file, the newest whole one is found."""

import logging
import os
import resource

import numpy as np
import pytest

from mtl_rec.training.checkpoint_files import CheckpointFiles


@pytest.fixture
def files(tmp_path):
    return CheckpointFiles(tmp_path / "checkpoints", keep=2)


def write(files, step, size=1000):
    arrays = {"table": np.full((size, 8), step, "float32"), "step": np.array(step)}
    return files.write(step, arrays.items(), {"step": step})


def newest_step(files):
    state = files.newest()
    assert (state.arrays["table"] == state.progress["step"]).all()
    assert state.arrays["step"] == state.progress["step"]
    return state.progress["step"]


def test_without_a_file_there_is_no_state(files):
    assert files.newest() is None


def test_the_newest_files_stay(files):
    for step in (1, 20, 300):
        write(files, step)

    assert [path.name for path in files.paths()] == [
        "000000000020.checkpoint",
        "000000000300.checkpoint",
    ]
    assert newest_step(files) == 300


def test_the_progress_of_the_newest_file_needs_no_arrays(files):
    assert files.newest_progress() is None
    write(files, 1)
    path = write(files, 2)

    assert files.newest_progress() == {"step": 2}
    os.truncate(path, path.stat().st_size // 2)
    assert files.newest_progress() == {"step": 1}


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.999])
def test_a_file_that_was_cut_is_passed_over_with_a_warning(files, share, caplog):
    write(files, 1)
    path = write(files, 2)
    os.truncate(path, int(share * path.stat().st_size))

    with caplog.at_level(logging.WARNING):
        assert newest_step(files) == 1
    assert str(path) in caplog.text


@pytest.mark.parametrize("share", [0.2, 0.7])
def test_a_flipped_bit_is_seen(files, share):
    write(files, 1)
    path = write(files, 2)
    content = bytearray(path.read_bytes())
    content[int(share * len(content))] ^= 4
    path.write_bytes(content)

    assert newest_step(files) == 1


def test_a_disk_that_is_full_leaves_the_files_as_they_were(files):
    write(files, 1)
    write(files, 2)
    before = {path: path.read_bytes() for path in files.folder.iterdir()}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write(files, 3)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert {path: path.read_bytes() for path in files.folder.iterdir()} == before


def test_what_a_killed_process_left_is_no_checkpoint_and_is_removed(files):
    path = write(files, 1)
    left = path.with_name(f".unfinished-{path.name}")
    left.write_bytes(path.read_bytes()[:100])

    assert newest_step(files) == 1
    write(files, 2)

    assert not left.exists()
