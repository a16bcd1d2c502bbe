"""Customers differ, resemble themselves across steps, and change slowly."""

import numpy as np
import pytest

from mtl_rec.data.synthetic_shop.customers import draw_customers, tastes_by_day


@pytest.fixture(scope="module")
def customers():
    return draw_customers(num_users=5_000, rng=np.random.default_rng(4))


@pytest.fixture(scope="module")
def days(customers):
    return list(tastes_by_day(customers.tastes, 30, np.random.default_rng(6)))


def correlations_across_steps(values):
    return np.corrcoef(values.reshape(3, -1))[np.triu_indices(3, k=1)]


@pytest.mark.parametrize("name", ["tastes", "category_affinity", "brand_affinity"])
def test_likings_correlate_by_six_tenths_across_steps(customers, name):
    likings = getattr(customers, name)

    np.testing.assert_allclose(correlations_across_steps(likings), 0.6, atol=0.02)
    assert likings.std() == pytest.approx(1.0, abs=0.02)


def test_some_users_are_far_more_active_than_others(customers):
    activity = np.sort(customers.activity)[::-1]

    assert 0.3 < activity[:500].sum() / activity.sum() < 0.5


def test_tastes_start_as_drawn(customers, days):
    assert len(days) == 30
    np.testing.assert_array_equal(days[0], customers.tastes)


@pytest.mark.parametrize("num_days", [1, 4, 25])
def test_drift_accumulates_as_a_random_walk(days, num_days):
    moved = days[num_days] - days[0]

    assert moved.std() == pytest.approx(0.05 * np.sqrt(num_days), rel=0.03)


def test_drift_is_small(days):
    assert np.corrcoef(days[0].ravel(), days[-1].ravel())[0, 1] > 0.95


def test_days_drift_independently(days):
    first, second = days[1] - days[0], days[2] - days[1]

    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.02


def test_drift_keeps_the_correlation_across_steps(days):
    moved = correlations_across_steps(days[-1] - days[0])

    np.testing.assert_allclose(moved, 0.6, atol=0.02)


@pytest.fixture(scope="module")
def months(customers):
    """Days of tastes of which half has gone after ten."""
    rng = np.random.default_rng(6)
    return list(tastes_by_day(customers.tastes, 41, rng, half_life_days=10))


@pytest.mark.parametrize(("num_days", "left"), [(1, 0.933), (10, 0.5), (40, 0.0625)])
def test_of_tastes_with_a_half_life_what_is_left_halves(months, num_days, left):
    correlation = np.corrcoef(months[0].ravel(), months[num_days].ravel())[0, 1]

    assert correlation == pytest.approx(left, abs=0.01)


def test_tastes_with_a_half_life_stay_as_strong_and_as_alike_across_steps(months):
    assert months[-1].std() == pytest.approx(1.0, abs=0.02)
    np.testing.assert_allclose(correlations_across_steps(months[-1]), 0.6, atol=0.02)
