"""A run that was interrupted is gone on with, whatever it was doing."""

import json
import shutil

import keras
import numpy as np
import pandas as pd
import pytest

from mtl_rec.config import load_config
from mtl_rec.config.loading import dump_config
from mtl_rec.errors import ArtifactError
from mtl_rec.models import load_model
from mtl_rec.run import train_run
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.resuming import unfinished_run
from mtl_rec.whole_files import write_json


class Killed(Exception):
    pass


class KilledInEpoch(keras.callbacks.Callback):
    def __init__(self, epoch):
        super().__init__()
        self._epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self._epoch:
            raise Killed


@pytest.fixture
def workplace(tmp_path, monkeypatch, finished):
    """A folder with the same data and config, and nothing else."""
    _, place = finished
    for name in ("exposures.parquet", "tree.yaml"):
        shutil.copyfile(place / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_a_run_that_was_interrupted_becomes_the_run_that_was_not(workplace, finished):
    whole, place = finished
    config = load_config("tree.yaml")
    with pytest.raises(Killed):
        train_run(config, callbacks=(KilledInEpoch(1),))
    (left,) = workplace.glob("runs/tree/*")

    result = train_run(config)

    assert result.folder.path == left.relative_to(workplace)
    assert result.metrics == whole.metrics
    history = whole.folder.read_json(place / whole.folder.history_path)
    assert result.folder.read_json(result.folder.history_path) == history
    models = (
        load_model(result.folder.model_path),
        load_model(place / whole.folder.model_path),
    )
    for ours, theirs in zip(*(model.weights for model in models), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert unfinished_run(workplace / "runs", config) is None


@pytest.fixture
def left(workplace, finished):
    """The folder of a run that was killed before its first checkpoint."""
    whole, place = finished
    folder = workplace / "runs" / "tree" / "20260101-000000"
    shutil.copytree(place / whole.folder.path / "preprocessor", folder / "preprocessor")
    for name in ("run.yaml", "data.json"):
        shutil.copyfile(place / whole.folder.path / name, folder / name)
    return RunFolder(folder)


def test_a_run_is_found_by_its_config(left, workplace):
    runs, config = workplace / "runs", load_config("tree.yaml")

    assert unfinished_run(runs, config) == left
    other = load_config("tree.yaml", ["training.epochs=3"])
    assert unfinished_run(runs, other) is None
    assert unfinished_run(workplace / "none", config) is None


def test_the_newest_of_several_is_gone_on_with(left, workplace):
    newer = left.path.with_name("20260102-000000")
    shutil.copytree(left.path, newer)

    found = unfinished_run(workplace / "runs", load_config("tree.yaml"))

    assert found == RunFolder(newer)


def test_a_run_that_ended_is_left_alone(left, workplace):
    write_json(left.version_path, {})

    assert unfinished_run(workplace / "runs", load_config("tree.yaml")) is None


def test_a_run_whose_data_was_not_known_yet_is_left_alone(left, workplace):
    left.data_path.unlink()

    assert unfinished_run(workplace / "runs", load_config("tree.yaml")) is None


def test_a_run_that_another_process_is_at_is_left_alone(left, workplace):
    with left.locked():
        assert unfinished_run(workplace / "runs", load_config("tree.yaml")) is None
        with (
            pytest.raises(ArtifactError, match="is being trained by another process"),
            left.locked(),
        ):
            raise AssertionError("Two hold the lock.")
    assert unfinished_run(workplace / "runs", load_config("tree.yaml")) == left


def test_other_data_or_a_fresh_start_is_another_run(left, workplace, monkeypatch):
    monkeypatch.setattr("mtl_rec.run.pipeline.complete_run", lambda run, *_: run)
    config = load_config("tree.yaml", ["training.epochs=1"])
    left.config_path.write_text(dump_config(config))
    fresh = train_run(config, fresh=True)
    rows = pd.read_parquet("exposures.parquet")
    rows["price"] += 1
    rows.to_parquet("exposures.parquet")

    changed = train_run(config)

    assert len({left.path.name, fresh.folder.path.name, changed.folder.path.name}) == 3
    assert json.loads(left.data_path.read_text()) != changed.folder.read_json(
        changed.folder.data_path
    )
