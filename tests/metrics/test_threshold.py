"""The threshold of the best F1, against scikit-learn at every threshold."""

import numpy as np
import pytest
from any_rows import any_rows
from hypothesis import given, settings
from sklearn.metrics import f1_score

from mtl_rec.metrics.threshold import best_threshold


@settings(max_examples=100, deadline=None)
@given(any_rows(max_rows=12))
def test_no_threshold_has_a_better_f1(rows):
    labels, probabilities, _, weights = rows

    threshold = best_threshold(labels, probabilities, weights)

    if not labels.any():
        assert np.isnan(threshold)
        return
    scores = {
        candidate: f1_score(labels, probabilities >= candidate, sample_weight=weights)
        for candidate in np.unique(probabilities)
    }
    assert scores[threshold] == pytest.approx(max(scores.values()))


def test_of_equally_good_thresholds_the_highest_is_taken():
    # Above 0.9: one of two found, all right. Above 0.2: both found, two wrong.
    labels = np.array([1, 0, 0, 1])

    assert best_threshold(labels, np.array([0.9, 0.5, 0.4, 0.2])) == 0.9
