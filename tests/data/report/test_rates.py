"""Rates, means and their intervals."""

import numpy as np
import pytest

from mtl_rec.data.report.rates import LabelSums, Rate


def rate_of(labels, weights=None, is_event=True) -> Rate:
    labels = np.asarray(labels, np.float32)
    weights = np.ones(len(labels)) if weights is None else weights
    sums = LabelSums(1)
    sums.add(np.zeros(len(labels), int), labels, weights)
    return sums.rates(is_event)[0]


def test_the_interval_is_wilsons():
    rate = rate_of([1] * 10 + [0] * 90)

    # From Wilson's formula by hand; also what statsmodels gives.
    assert (rate.rows, rate.mean) == (100, 0.1)
    assert rate.low == pytest.approx(0.05523, abs=1e-5)
    assert rate.high == pytest.approx(0.17437, abs=1e-5)


@pytest.mark.parametrize("label", [0, 1])
def test_a_rate_without_exception_still_has_an_interval(label):
    rate = rate_of([label] * 50)

    assert rate.low <= rate.mean <= rate.high
    assert rate.high - rate.low == pytest.approx(0.0713, abs=1e-3)


def test_groups_and_chunks_add_up():
    random = np.random.default_rng(0)
    groups, labels = random.integers(0, 3, 100), random.random(100) < 0.4
    sums, weights = LabelSums(3), random.random(100)

    for part in (slice(0, 30), slice(30, 100)):
        sums.add(groups[part], labels[part], weights[part])

    for group, rate in enumerate(sums.rates(is_event=True)):
        chosen = groups == group
        expected = np.average(labels[chosen], weights=weights[chosen])
        assert rate.mean == pytest.approx(expected)
        assert rate.rows == chosen.sum()


@pytest.mark.parametrize("kept", [1.0, 0.1])
def test_the_interval_covers_the_rate_before_negatives_were_thinned(kept):
    random = np.random.default_rng(0)
    covered, true = 0, 0.05
    for _ in range(1000):
        labels = random.random(4000) < true
        labels = labels[labels | (random.random(4000) < kept)]
        rate = rate_of(labels, np.where(labels, 1.0, 1 / kept))
        covered += rate.low <= true <= rate.high

    assert 0.93 < covered / 1000 < 0.97


def test_a_value_has_a_mean_with_a_normal_interval():
    rate = rate_of([1.0, 2.0, 3.0, 6.0], is_event=False)

    margin = 1.959964 * np.std([1, 2, 3, 6]) / 2
    assert rate.mean == 3.0
    assert (rate.low, rate.high) == pytest.approx((3 - margin, 3 + margin))


def test_without_rows_nothing_is_defined():
    assert LabelSums(1).rates(is_event=True) == [Rate(0, None, None, None, 0.0, 0.0)]
