"""Each output of the funnel is scored on the rows it speaks of."""

import json
import re

import numpy as np
import pytest

from mtl_rec.config.tasks import Task
from mtl_rec.evaluation.evaluator import evaluate_predictions

NAN = float("nan")
BY_USER = ["gauc", "recall@5", "ndcg@5", "recall@10", "ndcg@10"]


def test_every_output_is_scored_joint_before_conditional(predictions, exposures):
    metrics = evaluate_predictions(predictions, exposures)

    assert list(metrics) == [
        "click",
        "purchase",
        "order_value",
        "purchase_given_click",
        "order_value_given_click",
        "order_value_given_purchase",
    ]


def test_an_event_is_scored_on_all_rows(predictions, exposures):
    click = evaluate_predictions(predictions, exposures)["click"]

    # Of the nine pairs only (0.3, 0.5) is in the wrong order.
    assert click == {
        "rows": 6,
        "positives": 3,
        "label_rate": 0.5,
        "mean_prediction": pytest.approx(2.5 / 6),
        "auc": pytest.approx(8 / 9),
        "pr_auc": pytest.approx((1 + 1 + 3 / 4) / 3),
        "log_loss": pytest.approx(-np.log([0.9, 0.6, 0.3, 0.5, 0.9, 0.9]).mean()),
        "normalised_entropy": pytest.approx(click["log_loss"] / np.log(2)),
        "calibration_ratio": pytest.approx(2.5 / 3),
        # Each row is a bin of its own but for the two at 0.1.
        "ece": pytest.approx((0.1 + 0.4 + 0.7 + 0.5 + 0.2) / 6),
        **dict.fromkeys(BY_USER),
        **dict.fromkeys(["threshold", "precision", "recall"]),
    }


def test_a_conditional_event_is_scored_where_its_condition_happened(
    predictions, exposures
):
    cvr = evaluate_predictions(predictions, exposures)["purchase_given_click"]

    assert (cvr["rows"], cvr["positives"]) == (3, 2)
    assert cvr["auc"] == 0.5
    assert cvr["mean_prediction"] == pytest.approx(1.1 / 3)


def test_a_joint_value_counts_as_zero_without_its_event(predictions, exposures):
    value = evaluate_predictions(predictions, exposures)["order_value"]

    # Errors: -2, -21, 1, 2, 0, 0.
    assert value == {
        "rows": 6,
        "label_mean": pytest.approx(40 / 6),
        "mean_prediction": pytest.approx(20 / 6),
        "rmse": pytest.approx(np.sqrt(450 / 6)),
        "mae": pytest.approx(26 / 6),
        "r_squared": pytest.approx(1 - 450 / (1000 - 40**2 / 6)),
        "calibration_ratio": pytest.approx(0.5),
    }


def test_a_value_given_its_event_is_scored_where_it_happened(predictions, exposures):
    value = evaluate_predictions(predictions, exposures)["order_value_given_purchase"]

    assert (value["rows"], value["label_mean"], value["mae"]) == (2, 20.0, 5.0)


def test_a_value_given_an_earlier_event_counts_as_zero_without_its_own(
    predictions, exposures
):
    value = evaluate_predictions(predictions, exposures)["order_value_given_click"]

    # Labels 10, 30 and 0 against 12, 20 and 4.
    assert value["rows"] == 3
    assert value["label_mean"] == pytest.approx(40 / 3)
    assert value["mae"] == pytest.approx(16 / 3)


def test_a_value_recorded_without_its_event_counts_as_zero(predictions, exposures):
    expected = evaluate_predictions(predictions, exposures)
    exposures.labels["order_value"][2:] = 50.0  # a basket that was not bought

    assert evaluate_predictions(predictions, exposures) == expected


def test_rows_without_a_label_are_left_out(encode):
    exposures = encode(
        (Task(name="click"), Task(name="rating", kind="regression")),
        click=[1, 0, NAN],
        rating=[4, NAN, NAN],
    )
    predictions = {"click": np.array([0.9, 0.1, 0.1]), "rating": np.full(3, 5.0)}

    metrics = evaluate_predictions(predictions, exposures)

    assert (metrics["click"]["rows"], metrics["click"]["auc"]) == (2, 1.0)
    assert (metrics["rating"]["rows"], metrics["rating"]["mae"]) == (1, 1.0)


def test_what_is_not_defined_is_none_and_valid_json(encode):
    tasks = (
        Task(name="click"),
        Task(name="purchase", after="click"),
        Task(name="order_value", after="purchase", kind="regression"),
    )
    exposures = encode(tasks, click=[0, 0], purchase=[0, 0], order_value=[NAN, NAN])
    outputs = exposures.schema.funnel.outputs()
    predictions = {output.name: np.full(2, 0.5) for output in outputs}

    metrics = evaluate_predictions(predictions, exposures)

    assert metrics["click"]["auc"] is None
    assert metrics["purchase_given_click"] == {
        **dict.fromkeys(metrics["click"]),
        "rows": 0,
        "positives": 0,
    }
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics


def test_float32_predictions_have_the_metrics_of_float64(predictions, exposures):
    narrow = {name: values.astype(np.float32) for name, values in predictions.items()}

    wide_metrics = evaluate_predictions(predictions, exposures)

    for name, entry in evaluate_predictions(narrow, exposures).items():
        wide = {m: v for m, v in wide_metrics[name].items() if v is not None}
        assert {m: entry[m] for m in wide} == pytest.approx(wide, rel=1e-6), name


def test_the_order_of_the_predictions_does_not_matter(predictions, exposures):
    reversed_names = dict(reversed(predictions.items()))

    assert evaluate_predictions(reversed_names, exposures) == evaluate_predictions(
        predictions, exposures
    )


def test_missing_predictions_are_named(predictions, exposures):
    del predictions["order_value"], predictions["purchase_given_click"]

    message = "Missing: ['order_value', 'purchase_given_click']. Received: ['click',"
    with pytest.raises(ValueError, match=re.escape(message)):
        evaluate_predictions(predictions, exposures)


def test_a_column_of_predictions_is_refused(predictions, exposures):
    predictions["click"] = predictions["click"][:, None]

    message = (
        "`predictions['click']` must have the shape (6,), one for each row. "
        "Received: (6, 1)."
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        evaluate_predictions(predictions, exposures)


def test_a_model_that_diverged_is_not_scored(predictions, exposures):
    predictions["purchase"][4:] = NAN

    message = (
        "`predictions['purchase']` must be finite. "
        "Received: NaN or infinity on 2 of 6 rows."
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        evaluate_predictions(predictions, exposures)
