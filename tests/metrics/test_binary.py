"""Metrics of events: by hand, by law, and against scikit-learn."""

import re

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from mtl_rec.metrics import binary

ALL = [
    binary.auc,
    binary.pr_auc,
    binary.log_loss,
    binary.normalised_entropy,
    binary.calibration_ratio,
]
COMPARING_CLASSES = [binary.auc, binary.pr_auc, binary.normalised_entropy]


def events(*labels: int) -> np.ndarray:
    return np.array(labels, np.float32)


def chances(*probabilities: float) -> np.ndarray:
    return np.array(probabilities, np.float64)


@pytest.fixture(params=range(12))
def tied_rows(request):
    """Random sizes and rates; at most eleven distinct probabilities."""
    random = np.random.default_rng(request.param)
    rows = int(random.integers(2, 400))
    probabilities = np.round(random.random(rows), 1).astype(np.float32)
    labels = (random.random(rows) < probabilities * random.random()).astype(np.float32)
    labels[:2] = 0.0, 1.0
    return labels, probabilities


# By hand


def test_auc_is_the_share_of_pairs_in_the_right_order():
    # Pairs (0.9, 0.1), (0.9, 0.5), (0.3, 0.1) are right, (0.3, 0.5) is wrong.
    assert binary.auc(events(1, 0, 1, 0), chances(0.9, 0.1, 0.3, 0.5)) == 0.75


def test_auc_counts_a_tie_as_half():
    assert binary.auc(events(1, 0, 0), chances(0.4, 0.4, 0.1)) == 0.75


def test_pr_auc_is_the_mean_precision_at_the_positives():
    # Precision is 1/1 at 0.9 and 2/3 at 0.3.
    score = binary.pr_auc(events(1, 0, 1, 0), chances(0.9, 0.5, 0.3, 0.1))

    assert score == pytest.approx((1 + 2 / 3) / 2)


def test_pr_auc_puts_ties_on_one_step():
    # At 0.5, two positives and one negative come at once.
    score = binary.pr_auc(events(1, 1, 0, 0), chances(0.5, 0.5, 0.5, 0.1))

    assert score == pytest.approx(2 / 3)


def test_log_loss_is_the_mean_negative_log_probability_of_the_label():
    loss = binary.log_loss(events(1, 0), chances(0.5, 0.75))

    assert loss == pytest.approx((np.log(2) + np.log(4)) / 2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_log_loss_clips_certainty_at_one_in_ten_million(dtype):
    wrong = np.array([0.0, 1.0], dtype)
    right = np.array([1.0, 0.0], dtype)

    assert binary.log_loss(events(1, 0), wrong) == pytest.approx(-np.log(1e-7))
    assert binary.log_loss(events(1, 0), right) == pytest.approx(1e-7, rel=1e-6)


def test_normalised_entropy_divides_by_the_entropy_of_the_label_rate():
    labels, probabilities = events(1, 0, 0, 0), chances(0.5, 0.5, 0.5, 0.5)
    entropy_of_a_quarter = (np.log(4) + 3 * np.log(4 / 3)) / 4

    score = binary.normalised_entropy(labels, probabilities)

    assert score == pytest.approx(np.log(2) / entropy_of_a_quarter)


def test_calibration_ratio_is_mean_probability_over_label_rate():
    assert binary.calibration_ratio(events(1, 0), chances(0.5, 0.25)) == 0.75


def test_label_rate_is_the_share_of_ones():
    assert binary.label_rate(events(1, 0, 0, 0)) == 0.25


# By law


def test_auc_does_not_change_with_a_rising_transform(tied_rows):
    labels, probabilities = tied_rows

    assert binary.auc(labels, probabilities**3) == binary.auc(labels, probabilities)


def test_pr_auc_does_not_change_with_a_rising_transform(tied_rows):
    labels, probabilities = tied_rows
    risen = probabilities**3

    assert binary.pr_auc(labels, risen) == binary.pr_auc(labels, probabilities)


def test_auc_of_flipped_labels_is_the_rest_to_one(tied_rows):
    labels, probabilities = tied_rows
    auc = binary.auc(labels, probabilities)

    assert binary.auc(1 - labels, probabilities) == pytest.approx(1 - auc, abs=1e-12)


def test_no_metric_depends_on_the_order_of_rows(tied_rows):
    labels, probabilities = tied_rows
    order = np.random.default_rng(0).permutation(len(labels))

    for metric in ALL:
        shuffled = metric(labels[order], probabilities[order])
        assert shuffled == pytest.approx(metric(labels, probabilities)), metric


def test_a_constant_score_has_auc_of_one_half_and_pr_auc_of_the_rate():
    labels, constant = events(1, 0, 0, 0, 0), np.full(5, 0.3)

    assert binary.auc(labels, constant) == 0.5
    assert binary.pr_auc(labels, constant) == pytest.approx(0.2)


def test_predicting_the_label_rate_has_normalised_entropy_of_one(tied_rows):
    labels, _ = tied_rows
    rate = np.full(len(labels), binary.label_rate(labels))

    assert binary.normalised_entropy(labels, rate) == pytest.approx(1.0, abs=1e-9)


def test_predicting_the_label_rate_is_calibrated(tied_rows):
    labels, _ = tied_rows
    rate = np.full(len(labels), binary.label_rate(labels))

    assert binary.calibration_ratio(labels, rate) == pytest.approx(1.0)


# Against scikit-learn


def test_auc_equals_that_of_scikit_learn(tied_rows):
    expected = sklearn_metrics.roc_auc_score(*tied_rows)

    assert binary.auc(*tied_rows) == pytest.approx(expected, abs=1e-12)


def test_pr_auc_equals_that_of_scikit_learn(tied_rows):
    expected = sklearn_metrics.average_precision_score(*tied_rows)

    assert binary.pr_auc(*tied_rows) == pytest.approx(expected, abs=1e-12)


def test_log_loss_equals_that_of_scikit_learn_on_clipped_probabilities(tied_rows):
    labels, probabilities = tied_rows
    clipped = np.clip(probabilities.astype(np.float64), 1e-7, 1 - 1e-7)

    expected = sklearn_metrics.log_loss(labels, clipped)

    assert binary.log_loss(labels, probabilities) == pytest.approx(expected, rel=1e-9)


# Where a metric is not defined


@pytest.mark.parametrize("metric", ALL)
def test_no_rows_have_no_metric(metric):
    assert np.isnan(metric(events(), chances()))


def test_no_rows_have_no_label_rate():
    assert np.isnan(binary.label_rate(events()))


@pytest.mark.parametrize("labels", [events(0, 0, 0), events(1, 1, 1), events(1)])
@pytest.mark.parametrize("metric", COMPARING_CLASSES)
def test_one_class_cannot_be_compared_with_the_other(metric, labels):
    assert np.isnan(metric(labels, np.linspace(0.2, 0.8, len(labels))))


def test_one_class_still_has_a_log_loss():
    assert binary.log_loss(events(0, 0), chances(0.5, 0.5)) == pytest.approx(np.log(2))


def test_a_zero_rate_has_no_calibration():
    assert np.isnan(binary.calibration_ratio(events(0, 0), chances(0.1, 0.2)))


@pytest.mark.parametrize("metric", ALL)
def test_a_metric_is_a_plain_number(metric):
    assert type(metric(events(1, 0, 0), chances(0.6, 0.5, 0.1))) is float


# What is refused


@pytest.mark.parametrize("metric", ALL)
def test_labels_other_than_zero_and_one_are_refused(metric):
    message = "`labels` must be 0 or 1. Received: 0.5."
    with pytest.raises(ValueError, match=re.escape(message)):
        metric(np.array([1.0, 0.5]), chances(0.5, 0.5))


@pytest.mark.parametrize("metric", ALL)
def test_scores_that_are_no_probabilities_are_refused(metric):
    message = "`probabilities` must lie between 0 and 1. Received: 1.5."
    with pytest.raises(ValueError, match=re.escape(message)):
        metric(events(1, 0), chances(0.5, 1.5))


def test_a_probability_just_above_one_by_rounding_is_accepted():
    just_above = np.nextafter(np.float32(1), np.float32(2))

    assert binary.auc(events(1, 0), np.array([just_above, 0.5], np.float32)) == 1.0


@pytest.mark.parametrize("metric", ALL)
def test_not_a_number_is_refused(metric):
    message = "must be finite. Received: NaN or infinity on 1 of 2 rows."
    with pytest.raises(ValueError, match=re.escape(message)):
        metric(events(1, 0), chances(0.5, np.nan))


@pytest.mark.parametrize("metric", ALL)
def test_shapes_that_broadcast_are_refused(metric):
    message = "must both be `(rows,)`. Received: (2,) and (2, 1)."
    with pytest.raises(ValueError, match=re.escape(message)):
        metric(events(1, 0), chances(0.5, 0.5)[:, None])


@pytest.mark.parametrize("metric", ALL)
def test_columns_are_refused(metric):
    labels = events(1, 0)[:, None]

    message = "must both be `(rows,)`. Received: (2, 1) and (2, 1)."
    with pytest.raises(ValueError, match=re.escape(message)):
        metric(labels, labels)
