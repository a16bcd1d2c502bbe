"""Bins that two samples share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtl_rec.data.report.binning import Bins, num_bins

samples = st.lists(
    st.sampled_from([0.0, 1.0, 1.5, -3.0, np.nan, np.inf]) | st.floats(-9, 9),
    min_size=1,
    max_size=60,
).map(np.array)


@given(samples, samples, st.integers(1, 20))
def test_every_value_is_in_one_bin_and_missing_ones_in_the_last(train, test, number):
    bins = Bins(train, test, number)

    for values in (train, test):
        counts = bins.counts(values)
        assert counts.sum() == len(values)
        assert counts[-1] == np.count_nonzero(~np.isfinite(values))


@given(samples, samples, st.integers(1, 20))
def test_each_bin_has_a_name_and_a_place(train, test, number):
    bins = Bins(train, test, number)

    assert len(bins.labels()) == len(bins)
    assert sorted(bins.in_order()) == list(range(len(bins)))


def test_bins_have_about_equal_shares_whichever_sample_is_larger():
    random = np.random.default_rng(0)
    train, test = random.normal(size=50_000), random.normal(4, size=500)

    bins = Bins(train, test, 10)

    shares = bins.counts(train) / 50_000 + bins.counts(test) / 500
    assert shares[:-1] == pytest.approx(0.2, abs=0.01)


def test_a_frequent_value_is_alone_in_its_bin():
    values = np.append(np.zeros(500), np.linspace(-1, 1, 500))

    bins = Bins(values, values, 10)

    is_zero = bins.of(values) == bins.of(np.zeros(1))
    assert is_zero.sum() == 500
    assert bins.labels()[bins.of(np.zeros(1))[0]] == "0"


def test_the_number_of_bins_follows_the_rows_up_to_a_limit():
    assert [num_bins(n) for n in (1, 2000, 10**9)] == [4, 67, 200]
