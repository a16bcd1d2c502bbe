"""Metrics against true probabilities, against loops over all pairs and all labels."""

import numpy as np
import pytest
from any_rows import any_rows
from hypothesis import given, settings

from mtl_rec.metrics import binary
from mtl_rec.metrics.resampling import Resamples
from mtl_rec.metrics.soft import soft_auc, soft_log_loss


def once(rows) -> Resamples:
    return Resamples.of(np.arange(len(rows)), num_resamples=0)


def plain_soft_auc(truth, scores, weights):
    """Over all pairs of two rows, each as often as it counts."""
    times = weights.astype(int)
    truth, scores = np.repeat(truth, times), np.repeat(scores, times)
    right = pairs = 0.0
    for i in range(len(truth)):
        for j in range(len(truth)):
            if i != j:
                chance = truth[i] * (1 - truth[j])
                pairs += chance
                right += chance * (
                    (scores[i] > scores[j]) + (scores[i] == scores[j]) / 2
                )
    return right / pairs if pairs else np.nan


@settings(max_examples=100, deadline=None)
@given(any_rows(max_rows=10), any_rows(max_rows=10))
def test_soft_auc_is_that_of_all_pairs(rows, others):
    _, scores, _, weights = rows
    truth = np.resize(others[1], len(scores)).astype(float)

    value = soft_auc(truth, scores, once(scores), weights).value

    # What is certain of all rows has no pair but for rounding.
    if np.isnan(plain := plain_soft_auc(truth, scores, weights)):
        assert np.isnan(value)
    else:
        assert value == pytest.approx(plain, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(any_rows())
def test_certain_truth_is_labels(rows):
    labels, scores, _, weights = rows

    auc = soft_auc(labels, scores, once(labels), weights).value
    loss = soft_log_loss(labels, scores, once(labels), weights).value

    assert auc == pytest.approx(
        binary.auc(labels, scores, weights=weights), nan_ok=True
    )
    assert loss == pytest.approx(binary.log_loss(labels, scores, weights=weights))


def test_soft_metrics_are_the_mean_over_labels_that_may_be_drawn():
    random = np.random.default_rng(0)
    truth, scores = random.random((2, 400))
    drawn = (random.random((400, 400)) < truth).astype(float)

    auc = soft_auc(truth, scores, once(truth)).value
    loss = soft_log_loss(truth, scores, once(truth)).value

    assert auc == pytest.approx(
        np.mean([binary.auc(y, scores) for y in drawn]), abs=0.003
    )
    losses = [binary.log_loss(y, scores) for y in drawn]
    assert loss == pytest.approx(np.mean(losses), abs=0.005)


def test_nothing_beats_the_truth():
    random = np.random.default_rng(0)
    truth = random.beta(1, 5, 500)

    near = [np.clip(truth + random.normal(0, s, 500), 0, 1) for s in (0, 0.01, 0.1, 1)]
    aucs = [soft_auc(truth, scores, once(truth)).value for scores in near]
    losses = [soft_log_loss(truth, scores, once(truth)).value for scores in near]

    assert aucs == sorted(aucs, reverse=True)
    assert losses == sorted(losses)
