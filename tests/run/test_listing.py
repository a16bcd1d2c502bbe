"""Runs are listed and compared by the files that they leave."""

from datetime import datetime
from pathlib import Path

import pytest
from run_files import write_run

from mtl_rec.config.loading import dump_config, load_config
from mtl_rec.errors import ArtifactError
from mtl_rec.run.comparison import compare_runs
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.listing import list_runs, read_run

YAML = """\
name: tiny
data: {source: {kind: synthetic_shop}, split: {kind: random}}
features:
  - {kind: numeric, name: price, side: item}
  - {kind: numeric, name: age, side: user}
tasks: [{name: click}]
model: {architecture: {kind: mmoe}}
"""
HISTORY = [{"loss": 0.5, "val_loss": v} for v in (0.4, 0.3, float("nan"), 0.35)]
METRICS = {"click": {"rows": 10, "auc": 0.7}}
DATA = {"train": {"rows": 80, "fingerprint": "a"}}


@pytest.fixture
def make_run(tmp_path, monkeypatch):
    """Writes the folder of a run as far as it came."""
    monkeypatch.chdir(tmp_path)

    def make(time: str, *overrides: str, **files):
        (tmp_path / "tiny.yaml").write_text(YAML)
        config = load_config(tmp_path / "tiny.yaml", overrides)
        folder = tmp_path / "runs" / config.name / time
        write_run(RunFolder(folder), dump_config(config), files)
        return folder

    return make


def test_a_finished_run_is_summed_up(make_run):
    files = {"data": DATA, "history": HISTORY, "metrics": METRICS}
    version = {"path": "saved_models/tiny/2"}
    folder = make_run("20260102-030405", **files, version=version)

    (run,) = list_runs(folder.parents[1])

    assert (run.label, run.state, run.stage) == (
        "tiny/20260102-030405",
        "finished",
        "",
    )
    assert run.started == datetime(2026, 1, 2, 3, 4, 5)
    assert run.epochs == (4, 10)
    assert (run.metric, run.best) == ("val_loss", 0.3)
    assert (run.architecture, run.backend) == ("mmoe", "tensorflow")
    assert run.metrics == METRICS
    assert run.version == Path("saved_models/tiny/2")


def test_the_best_auc_is_the_highest(make_run):
    folder = make_run(
        "1",
        "training.early_stopping.metric=val_click_auc",
        history=[{"val_click_auc": 0.6}, {"val_click_auc": 0.7}],
    )

    assert read_run(folder).best == 0.7


@pytest.mark.parametrize(
    ("files", "has_model", "stage"),
    [
        ({}, False, "prepare"),
        ({"data": DATA}, False, "train"),
        ({"data": DATA, "history": HISTORY}, True, "evaluate"),
        ({"data": DATA, "history": HISTORY, "metrics": METRICS}, True, "export"),
    ],
)
def test_a_run_that_stopped_says_where(make_run, files, has_model, stage):
    folder = make_run("1", **files)
    if has_model:
        (folder / "model.keras").touch()

    run = read_run(folder)

    assert (run.state, run.stage) == ("interrupted", stage)


def test_a_run_is_running_while_its_lock_is_held(make_run):
    folder = make_run("1", data=DATA)

    with RunFolder(folder).locked():
        while_held = read_run(folder)
    after = read_run(folder)

    assert (while_held.state, while_held.stage) == ("running", "train")
    assert (after.state, after.stage) == ("interrupted", "train")


@pytest.mark.parametrize("place", ["runs", "runs/tiny", "runs/tiny/20260101-000000"])
def test_runs_are_found_wherever_one_points(make_run, place):
    folder = make_run("20260101-000000")
    if not place.endswith("000"):
        make_run("20260102-000000")

    runs = list_runs(folder.parents[2] / place)

    assert [run.path.name for run in runs] == sorted(
        (run.path.name for run in runs), reverse=True
    )
    assert len(runs) == (1 if place.endswith("000") else 2)


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_folder_without_runs_is_refused(tmp_path, name):
    (tmp_path / "empty").mkdir()

    with pytest.raises(ArtifactError, match="Received: "):
        list_runs(tmp_path / name)


def test_damage_is_an_error_that_names_the_file(make_run):
    folder = make_run("1", data=DATA)
    (folder / "history.json").write_text("[{")

    with pytest.raises(ArtifactError, match=r"history\.json' is not valid JSON"):
        read_run(folder)


def test_a_comparison_has_only_what_differs(make_run):
    changes = ("features.age.transform=log", "model.architecture.kind=shared_bottom")
    first = make_run("1", data=DATA, metrics=METRICS)
    second = make_run("2", *changes, data=DATA, metrics={"click": {"auc": 0.8}})

    comparison = compare_runs([read_run(first), read_run(second)])

    assert comparison.settings == {
        "features.age.transform": ["standard", "log"],
        "model.architecture.kind": ["mmoe", "shared_bottom"],
        "model.architecture.num_experts": [4, None],
        "model.architecture.expert_units": [[64], None],
        "model.architecture.bottom_units": [None, [128, 64]],
    }
    assert comparison.data == {"train": True}
    assert comparison.metrics == {"click": {"rows": [10, None], "auc": [0.7, 0.8]}}


def test_other_rows_are_noticed(make_run):
    first = make_run("1", data=DATA)
    other = {"train": {"rows": 80, "fingerprint": "b"}}
    runs = [read_run(first), read_run(make_run("2", data=other))]

    assert compare_runs(runs).other_data == ["train"]
    assert compare_runs([*runs, read_run(make_run("3"))]).data == {"train": None}
