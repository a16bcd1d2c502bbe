"""Metrics of values: by hand, against scikit-learn, and where they are undefined."""

import re

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from mtl_rec.metrics import regression

ALL = [
    regression.rmse,
    regression.mae,
    regression.r_squared,
    regression.calibration_ratio,
]
LABELS = np.array([0.0, 2.0, 4.0])
PREDICTIONS = np.array([1.0, 2.0, 2.0])


def test_rmse_is_the_root_of_the_mean_squared_error():
    assert regression.rmse(LABELS, PREDICTIONS) == pytest.approx(np.sqrt(5 / 3))


def test_mae_is_the_mean_distance():
    assert regression.mae(LABELS, PREDICTIONS) == 1.0


def test_r_squared_is_the_share_of_variance_explained():
    assert regression.r_squared(LABELS, PREDICTIONS) == pytest.approx(1 - 5 / 8)


def test_calibration_ratio_is_mean_prediction_over_mean_label():
    assert regression.calibration_ratio(LABELS, PREDICTIONS) == pytest.approx(5 / 6)


def test_predicting_the_mean_explains_nothing():
    constant = np.full(3, LABELS.mean())

    assert regression.r_squared(LABELS, constant) == pytest.approx(0.0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_errors_and_variance_equal_those_of_scikit_learn(dtype):
    random = np.random.default_rng(0)
    labels = np.round(random.lognormal(3, 1, 500)).astype(dtype)
    predictions = (labels * random.random(500)).astype(dtype)

    pairs = {
        regression.rmse: sklearn_metrics.root_mean_squared_error,
        regression.mae: sklearn_metrics.mean_absolute_error,
        regression.r_squared: sklearn_metrics.r2_score,
    }

    for metric, reference in pairs.items():
        expected = reference(labels.astype(np.float64), predictions.astype(np.float64))
        assert metric(labels, predictions) == pytest.approx(expected), metric


def test_means_of_float32_are_taken_in_float64():
    # In float32 the 1 is lost beside 1e8.
    assert regression.mean(np.array([1e8, 1.0, -1e8], np.float32)) == 1 / 3


@pytest.mark.parametrize("metric", ALL)
def test_no_rows_have_no_metric(metric):
    assert np.isnan(metric(np.array([]), np.array([])))


@pytest.mark.parametrize("labels", [[5.0], [0.1] * 7], ids=["one row", "constant"])
def test_equal_labels_have_no_variance_to_explain(labels):
    labels = np.array(labels, np.float32)

    assert np.isnan(regression.r_squared(labels, labels + 1))


def test_a_zero_mean_label_has_no_calibration():
    assert np.isnan(regression.calibration_ratio(np.zeros(2), np.ones(2)))


@pytest.mark.parametrize("metric", ALL)
def test_shapes_that_broadcast_are_refused(metric):
    message = "must both be `(rows,)`. Received: (3,) and (3, 1)."
    with pytest.raises(ValueError, match=re.escape(message)):
        metric(LABELS, PREDICTIONS[:, None])


@pytest.mark.parametrize("metric", ALL)
def test_what_is_not_finite_is_refused(metric):
    message = "must be finite. Received: NaN or infinity on 2 of 3 rows."
    with pytest.raises(ValueError, match=re.escape(message)):
        metric(np.array([0.0, np.nan, 4.0]), np.array([1.0, 2.0, np.inf]))
