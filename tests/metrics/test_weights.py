"""A weight is that many equal rows: every metric, with ties."""

import re

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from mtl_rec.metrics import binary, regression

EVENTS = [
    binary.auc,
    binary.pr_auc,
    binary.log_loss,
    binary.normalised_entropy,
    binary.calibration_ratio,
]
VALUES = [
    regression.rmse,
    regression.mae,
    regression.r_squared,
    regression.calibration_ratio,
]


@pytest.fixture(params=range(12))
def rows(request):
    """Labels, probabilities with many ties, and whole weights."""
    random = np.random.default_rng(request.param)
    number = int(random.integers(2, 300))
    probabilities = np.round(random.random(number), 1).astype(np.float32)
    labels = (random.random(number) < probabilities * random.random()).astype("float32")
    labels[:2] = 0.0, 1.0
    return labels, probabilities, random.integers(1, 6, number).astype(np.float64)


@pytest.mark.parametrize("metric", EVENTS)
def test_a_weighted_event_is_so_many_rows(metric, rows):
    labels, probabilities, weights = rows
    repeats = weights.astype(int)
    expected = metric(np.repeat(labels, repeats), np.repeat(probabilities, repeats))

    weighted = metric(labels, probabilities, weights=weights)

    assert weighted == pytest.approx(expected, rel=1e-12)
    assert type(weighted) is float


@pytest.mark.parametrize("metric", VALUES)
def test_a_weighted_value_is_so_many_rows(metric, rows):
    _, predictions, weights = rows
    labels = np.random.default_rng(0).lognormal(1, 1, len(weights))
    repeats = weights.astype(int)
    expected = metric(np.repeat(labels, repeats), np.repeat(predictions, repeats))

    weighted = metric(labels, predictions, weights=weights)

    assert weighted == pytest.approx(expected, rel=1e-12)
    assert type(weighted) is float


@pytest.mark.parametrize("metric", [*EVENTS, *VALUES])
def test_equal_weights_change_nothing(metric, rows):
    labels, probabilities, weights = rows
    expected = metric(labels, probabilities)

    ones = metric(labels, probabilities, weights=np.ones(len(weights)))
    thirds = metric(labels, probabilities, weights=np.full(len(weights), 1 / 3))

    assert ones == pytest.approx(expected, rel=1e-12)
    assert thirds == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("metric", EVENTS)
def test_no_weighted_metric_depends_on_the_order_of_rows(metric, rows):
    labels, probabilities, weights = rows
    order = np.random.default_rng(0).permutation(len(labels))

    shuffled = metric(labels[order], probabilities[order], weights=weights[order])

    assert shuffled == pytest.approx(metric(labels, probabilities, weights=weights))


def test_fractions_of_rows_have_the_metrics_of_scikit_learn(rows):
    labels, probabilities, weights = rows
    weights = weights / 7
    pairs = {
        binary.auc: sklearn_metrics.roc_auc_score,
        binary.pr_auc: sklearn_metrics.average_precision_score,
        regression.r_squared: sklearn_metrics.r2_score,
    }

    for metric, reference in pairs.items():
        expected = reference(labels, probabilities, sample_weight=weights)
        weighted = metric(labels, probabilities, weights=weights)
        assert weighted == pytest.approx(expected, abs=1e-12), metric


def test_rates_and_means_are_weighted():
    weights = np.array([1.0, 3.0])

    assert binary.label_rate(np.array([1.0, 0.0]), weights=weights) == 0.25
    assert regression.mean(np.array([1.0, 5.0], np.float32), weights=weights) == 4.0


@pytest.mark.parametrize("metric", [*EVENTS, *VALUES])
@pytest.mark.parametrize(
    ("weights", "text"),
    [
        ([1.0, 0.0], "must be positive and finite. Received: 0.0."),
        ([-1.0, 1.0], "must be positive and finite. Received: -1.0."),
        ([np.nan, 1.0], "must be positive and finite. Received: nan."),
        ([1.0, np.inf], "must be positive and finite. Received: inf."),
        ([1.0], "must have the shape (2,), one for each row. Received: (1,)."),
    ],
)
def test_what_is_no_weight_is_refused(metric, weights, text):
    labels, probabilities = np.array([1.0, 0.0]), np.array([0.5, 0.25])

    with pytest.raises(ValueError, match=re.escape(f"`weights` {text}")):
        metric(labels, probabilities, weights=np.array(weights))


@pytest.mark.parametrize("metric", [*EVENTS, *VALUES])
def test_no_rows_have_no_weighted_metric(metric):
    assert np.isnan(metric(np.array([]), np.array([]), weights=np.array([])))
