"""Calibration in bins of equal weight, against plain loops over exact fractions."""

from fractions import Fraction

import numpy as np
import pytest
from any_rows import any_rows, repeated
from hypothesis import given, settings

from mtl_rec.metrics.calibration import CalibrationBins
from mtl_rec.metrics.resampling import Resamples

NUM_BINS = 4


def once(labels) -> Resamples:
    return Resamples.of(np.zeros(len(labels), int), num_resamples=0)


def plain_error(labels, probabilities, weights):
    """By ascending probability; a bin begins where a fourth of the rows is reached."""
    total, before, bins = int(weights.sum()), 0, []
    for probability in np.unique(probabilities):
        tied = probabilities == probability
        size = int(weights[tied].sum())
        cuts = [Fraction(total * cut, NUM_BINS) for cut in range(NUM_BINS)]
        if any(before <= cut < before + size for cut in cuts):
            bins.append(0.0)
        bins[-1] += np.sum((weights * (probabilities.astype(float) - labels))[tied])
        before += size
    return sum(map(abs, bins)) / total


@settings(max_examples=150, deadline=None)
@given(any_rows())
def test_error_is_the_mean_distance_of_rates_in_bins(rows):
    labels, probabilities, _, weights = rows

    bins = CalibrationBins.of(labels, probabilities, once(labels), weights, NUM_BINS)

    expected = plain_error(labels, probabilities, weights)
    assert bins.error().value == pytest.approx(expected, abs=1e-7)


@settings(max_examples=50, deadline=None)
@given(any_rows())
def test_a_row_that_counts_twice_is_two_rows(rows):
    labels, probabilities, _, weights = rows

    weighted = CalibrationBins.of(labels, probabilities, once(labels), weights)

    many = repeated(weights, labels, probabilities)
    plain = CalibrationBins.of(*many, once(many[0]))
    np.testing.assert_allclose(weighted.rows, plain.rows)
    assert weighted.error().value == pytest.approx(plain.error().value)


def test_equal_probabilities_are_one_bin():
    labels, probabilities = np.array([0, 1, 1, 1]), np.full(4, 0.25)

    bins = CalibrationBins.of(labels, probabilities, once(labels))

    [(rows, predicted, observed)] = bins.rates()
    assert (rows, predicted, observed.value) == (4, 0.25, 0.75)
    assert bins.error().value == 0.5


def test_bins_hold_equal_numbers_of_rows():
    random = np.random.default_rng(0)
    probabilities = random.beta(1, 20, 1000)

    bins = CalibrationBins.of(np.zeros(1000), probabilities, once(probabilities))

    assert bins.rows.tolist() == [50] * 20


def test_without_rows_there_is_no_error():
    bins = CalibrationBins.of(np.zeros(0), np.zeros(0), once(np.zeros(0)))

    assert np.isnan(bins.error().value)
    assert bins.rates() == []


def test_chance_is_taken_off_the_error_and_its_interval():
    random = np.random.default_rng(0)
    probabilities = random.beta(1, 9, 3000)
    labels = (random.random(3000) < probabilities).astype(float)
    resamples = Resamples.of(np.arange(3000), num_resamples=300)

    right, wrong = (
        CalibrationBins.of(labels, predicted, resamples).error()
        for predicted in (probabilities, probabilities / 2)
    )

    # What is calibrated has an error by chance alone, and may have none.
    assert right.value > 0.01
    assert right.interval is not None
    assert right.interval[0] == 0
    assert wrong.interval is not None
    assert wrong.interval[0] < 0.05 < wrong.interval[1]
