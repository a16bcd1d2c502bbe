"""Which run is taken for a twin: the newest of the same settings and rows."""

import os

import pytest

from mtl_rec.config import load_config
from mtl_rec.config.twins import single_task_twin
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.twin_runs import found_twin
from mtl_rec.whole_files import write_json

from .conftest import FOUR_STEP_TREE

ROWS = {"train": {"rows": 3, "fingerprint": "a"}}


@pytest.fixture
def twin(tmp_path):
    path = tmp_path / "tree.yaml"
    path.write_text(FOUR_STEP_TREE)
    return single_task_twin(load_config(path))


@pytest.fixture
def begin(tmp_path):
    """A folder as a run leaves it once its rows are known."""

    def make(config, rows=ROWS):
        folder = RunFolder.create(tmp_path, config)
        write_json(folder.data_path, rows)
        return folder

    return make


def test_the_newest_of_the_same_settings_and_rows_is_found(twin, begin, tmp_path):
    first = begin(twin)
    os.rename(first.path, first.path.with_name("20200101-000000"))
    newest = begin(twin)
    begin(twin, {"train": {"rows": 3, "fingerprint": "b"}})
    begin(twin.model_copy(update={"seed": 9}))

    assert found_twin(tmp_path, twin, ROWS) == newest


def test_other_rows_or_settings_are_another_run(twin, begin, tmp_path):
    begin(twin, {"train": {"rows": 4, "fingerprint": "a"}})
    begin(twin.model_copy(update={"seed": 9}))

    assert found_twin(tmp_path, twin, ROWS) is None


def test_a_run_that_another_process_is_at_is_left_alone(twin, begin, tmp_path):
    folder = begin(twin)

    with folder.locked():
        assert found_twin(tmp_path, twin, ROWS) is None

    assert found_twin(tmp_path, twin, ROWS) == folder
