"""A starter config trains, evaluates and exports as it is."""

import odd_data
import pytest

from mtl_rec.config import load_config
from mtl_rec.data.starter import Wishes, make_starter
from mtl_rec.run import train_run


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        odd_data.semicolons_and_milliseconds,
        odd_data.impressions_and_local_dates,
        odd_data.parquet_with_dictionaries,
        odd_data.words_for_labels,
    ],
    ids=lambda make: make.__name__,
)
def test_what_init_writes_is_trained_and_exported(make, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    starter = make_starter(str(make(tmp_path)), Wishes())
    (tmp_path / "starter.yaml").write_text(starter.text("starter.yaml"))
    config = load_config("starter.yaml", ["training.epochs=1"])

    result = train_run(config)

    assert {task.name for task in config.tasks} <= result.metrics.keys()
    assert (result.version.path / "saved_model.pb").is_file()
