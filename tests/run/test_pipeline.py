"""A four-step tree with two siblings and a value, from YAML to a verified version."""

import json

import numpy as np
import pandas as pd
import pytest

from mtl_rec.config import load_config
from mtl_rec.errors import SchemaError, VerificationError
from mtl_rec.evaluation.report import read_metrics
from mtl_rec.export.manifest import read_manifest
from mtl_rec.run import evaluate_run, export_run, train_run


def test_the_run_leaves_everything_it_is_made_of(finished):
    result, place = finished
    folder = result.folder

    assert folder.path.parent == folder.path.parents[1] / "tree"
    assert sorted(p.name for p in folder.path.iterdir()) == [
        ".lock",
        "checkpoints",
        "data.json",
        "evaluation.json",
        "history.json",
        "logs",
        "metrics.json",
        "model.keras",
        "preprocessor",
        "run.yaml",
        "test_predictions.parquet",
        "version.json",
    ]
    assert folder.config() == load_config(place / "tree.yaml")


def test_every_output_of_the_tree_is_evaluated(finished):
    result, _ = finished

    assert list(result.metrics) == [
        *("click", "add_to_cart", "favourite", "purchase", "order_value"),
        *("add_to_cart_given_click", "favourite_given_click"),
        *("purchase_given_click", "purchase_given_add_to_cart"),
        *("order_value_given_click", "order_value_given_add_to_cart"),
        "order_value_given_purchase",
    ]
    assert read_metrics(result.folder.metrics_path) == result.metrics
    assert result.metrics["click"]["rows"] == 240
    assert 10 < result.metrics["order_value_given_purchase"]["mean_prediction"] < 100


def test_the_history_names_every_validation_metric(finished):
    result, _ = finished
    history = json.loads(result.folder.history_path.read_text())

    assert len(history) == 2
    assert {"loss", "val_loss", "val_purchase_auc", "val_order_value_rmse"} <= set(
        history[0]
    )


def test_the_version_is_verified_and_complete(finished):
    result, place = finished

    assert result.version.path.name == "1"
    assert [rung.name for rung in result.version.rungs] == [
        "files",
        "structure",
        "session_loader",
        "c_library",
        "warm_up",
    ]
    assert not list((place / "saved_models" / "tree").glob(".*"))


def test_the_manifest_says_how_the_version_came_to_be(finished):
    result, place = finished

    manifest = read_manifest(place / result.version.path)

    assert (manifest["name"], manifest["config"]["name"]) == ("tree", "tree")
    assert manifest["data"] == json.loads(result.folder.data_path.read_text())
    assert manifest["metrics"] == result.metrics


def test_evaluating_again_gives_the_same_metrics(finished):
    result, place = finished
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        evaluation = evaluate_run(result.folder, "test")

    assert evaluation == result.evaluation
    stored = json.loads(result.folder.evaluation_path.read_text())
    assert stored == json.loads(json.dumps(evaluation.about()))


@pytest.mark.slow
def test_exporting_again_gives_the_next_version(finished):
    result, place = finished
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        version = export_run(result.folder)

        again = read_manifest(version.path)
        first = read_manifest(result.version.path)

    assert version.path.name == "2"
    made = ("created", "golden")
    assert {k: v for k, v in again.items() if k not in made} == {
        k: v for k, v in first.items() if k not in made
    }


@pytest.mark.slow
def test_equal_seeds_give_equal_runs(finished):
    result, place = finished
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        again = train_run(load_config(place / "tree.yaml"))

    assert again.metrics == result.metrics
    first, second = (
        json.loads(r.folder.data_path.read_text()) for r in (result, again)
    )
    assert first == second


@pytest.fixture
def workplace(tmp_path, monkeypatch, finished):
    """A folder with the same data and config, and nothing else."""
    _, place = finished
    for name in ("exposures.parquet", "tree.yaml"):
        (tmp_path / name).write_bytes((place / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_bad_labels_leave_nothing_behind(workplace):
    exposures = pd.read_parquet("exposures.parquet")
    exposures.loc[700, ["clicked", "add_to_cart"]] = [0, 1]
    exposures.to_parquet("exposures.parquet")

    with pytest.raises(SchemaError, match="A label must not be 1 before"):
        train_run(load_config("tree.yaml"))

    assert {p.name for p in workplace.iterdir()} == {"exposures.parquet", "tree.yaml"}


@pytest.mark.slow
def test_a_failed_verification_publishes_nothing(workplace, monkeypatch):
    """Offline predictions that differ from the served ones must stop the version."""
    import mtl_rec.export.exporting as exporting

    predict = exporting.predict

    def off_by_a_little(model, exposures):
        return {n: v + np.float32(1e-4) for n, v in predict(model, exposures).items()}

    monkeypatch.setattr(exporting, "predict", off_by_a_little)

    with pytest.raises(VerificationError, match="session_loader"):
        train_run(load_config("tree.yaml", ["training.epochs=1"]))

    assert not (workplace / "saved_models").exists()
    assert list(workplace.glob("runs/tree/*/model.keras"))


@pytest.mark.slow
def test_two_optimizers_for_two_kinds_of_weights_end_in_a_verified_version(workplace):
    tables = "{kind: row_adagrad, global_clipnorm: 1.0}"
    optimizer = f"{{kind: split, tables: {tables}, dense: {{weight_decay: 0.01}}}}"

    result = train_run(load_config("tree.yaml", [f"training.optimizer={optimizer}"]))

    assert len(result.version.rungs) == 5
    assert evaluate_run(result.folder, "test").metrics == result.metrics
