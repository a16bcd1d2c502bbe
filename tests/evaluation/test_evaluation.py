"""Intervals, slices, stored predictions and differences of what was evaluated."""

import json

import numpy as np
import pytest

from mtl_rec.config.evaluation import Evaluation as Settings
from mtl_rec.config.tasks import Task
from mtl_rec.evaluation import EvaluationKeys, Slicing, evaluate_predictions
from mtl_rec.evaluation.differences import estimates_of, paired_differences
from mtl_rec.evaluation.evaluation import evaluate_fully
from mtl_rec.evaluation.page import html_page
from mtl_rec.evaluation.stored_predictions import (
    StoredPredictions,
    read_predictions,
    write_predictions,
)
from mtl_rec.metrics import resampled
from mtl_rec.metrics.resampling import Resamples, interval

ROWS = 600
TASKS = (
    Task(name="click"),
    Task(name="purchase", after="click"),
    Task(name="value", after="purchase", kind="regression"),
)


@pytest.fixture
def scored(encode):
    """Predictions, exposures and keys of a small funnel."""
    random = np.random.default_rng(0)
    chance = random.random(ROWS)
    click = (random.random(ROWS) < chance).astype(float)
    purchase = click * (random.random(ROWS) < 0.5)
    value = np.where(purchase > 0, random.gamma(2, 10, ROWS), np.nan)
    exposures = encode(TASKS, click=click, purchase=purchase, value=value)
    outputs = exposures.schema.funnel.outputs()
    predictions = {o.name: random.random(ROWS).astype(np.float32) for o in outputs}
    predictions["click"] = chance.astype(np.float32)
    slicing = Slicing("hour", random.integers(0, 2, ROWS), ("day", "night", "never"))
    keys = EvaluationKeys(random.integers(0, 90, ROWS), (slicing,))
    return predictions, exposures, keys


def test_values_are_those_without_intervals(scored):
    predictions, exposures, keys = scored
    thresholds = {"click": 0.5}

    full = evaluate_fully(predictions, exposures, keys, thresholds, Settings())

    assert full.metrics == evaluate_predictions(
        predictions, exposures, keys, thresholds
    )
    assert full.users == len(np.unique(keys.users))


def test_every_metric_has_an_interval_around_it(scored):
    full = evaluate_fully(*scored, {"click": 0.5}, Settings())

    for name, entry in full.metrics.items():
        for metric, (low, high) in (
            (m, ends) for m, ends in full.intervals[name].items() if ends
        ):
            if metric != "ece":  # Chance makes it larger than it is.
                assert low <= entry[metric] <= high, (name, metric)
    assert {m for m, ends in full.intervals["click"].items() if ends} >= {
        *("auc", "gauc", "pr_auc", "log_loss", "normalised_entropy", "ece"),
        *("calibration_ratio", "recall@5", "ndcg@10", "precision", "recall"),
    }


def test_intervals_are_over_users(scored):
    predictions, exposures, keys = scored
    full = evaluate_fully(*scored, {}, Settings(resamples=500))

    drawn = resampled.auc(
        exposures.labels["click"][:, 0],
        predictions["click"],
        Resamples.of(keys.users, 500),
    )

    assert full.intervals["click"]["auc"] == pytest.approx(interval(drawn))


def test_a_slice_is_the_metrics_of_its_rows(scored, encode):
    predictions, exposures, keys = scored
    full = evaluate_fully(*scored, {}, Settings())

    night = keys.slicings[0].codes == 1
    labels = {name: column[night, 0] for name, column in exposures.labels.items()}
    alone = evaluate_predictions(
        {name: values[night] for name, values in predictions.items()},
        encode(TASKS, **labels),
    )

    for output, slices in full.slices["hour"].items():
        assert set(slices) == {"day", "night"}
        for metric, value in slices["night"].metrics.items():
            assert value == pytest.approx(alone[output][metric]), (output, metric)


def test_what_is_kept_is_json_and_its_page_has_every_section(scored):
    full = evaluate_fully(*scored, {}, Settings())

    page = html_page(full, "A <model>")

    assert json.loads(json.dumps(full.about(), allow_nan=False))["resamples"] == 1000
    assert "A &lt;model&gt;" in page
    for section in ("Metrics", "Calibration", "Hour"):
        assert f"<h2>{section}</h2>" in page
    assert page.count("<svg") == 3


def test_predictions_are_read_back_as_they_were(scored, tmp_path):
    predictions, exposures, keys = scored
    path = tmp_path / "test_predictions.parquet"

    write_predictions(path, *scored)
    stored = read_predictions(path, TASKS)

    assert stored.has_rows_of(StoredPredictions(predictions, exposures, keys))
    for name, values in predictions.items():
        np.testing.assert_array_equal(stored.predictions[name], values)
    np.testing.assert_array_equal(stored.keys.users, keys.users)


def test_a_model_differs_from_itself_in_nothing_and_from_a_worse_one_for_certain(
    scored,
):
    predictions, exposures, keys = scored
    random = np.random.default_rng(1)
    worse = {**predictions, "click": random.random(ROWS).astype(np.float32)}
    ours, theirs = (
        estimates_of(StoredPredictions(own, exposures, keys))
        for own in (predictions, worse)
    )

    nothing = paired_differences(ours, ours)
    differences = paired_differences(ours, theirs)

    assert all(
        d.value == 0 and not d.is_certain for o in nothing.values() for d in o.values()
    )
    assert differences["click"]["auc"].is_certain
    assert differences["click"]["auc"].value < 0
    assert not differences["purchase"]["auc"].is_certain
    assert "label_rate" not in differences["click"]


def test_other_rows_are_known_as_such(scored):
    predictions, exposures, keys = scored
    ours = StoredPredictions(predictions, exposures, keys)
    users = EvaluationKeys(np.roll(keys.users, 1))

    assert not ours.has_rows_of(StoredPredictions(predictions, exposures, users))
    assert not ours.has_rows_of(
        StoredPredictions(predictions, exposures, EvaluationKeys())
    )
