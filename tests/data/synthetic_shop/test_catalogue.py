"""Items look like those of a shop, and a fifth of them are new."""

import numpy as np
import pytest

from mtl_rec.data.synthetic_shop.catalogue import (
    BRANDS,
    CATEGORIES,
    TYPICAL_PRICES,
    draw_catalogue,
    first_new_day,
)
from mtl_rec.data.synthetic_shop.streams import random_streams


@pytest.fixture(scope="module")
def catalogue():
    return draw_catalogue(num_items=10_000, num_days=30, streams=random_streams(8))


def test_every_category_has_a_price_and_every_brand_another_name():
    assert set(TYPICAL_PRICES) == set(CATEGORIES)
    assert len(set(BRANDS)) == len(BRANDS) == 100


@pytest.mark.parametrize(("num_days", "day"), [(5, 4), (9, 8), (30, 24), (100, 80)])
def test_the_last_fifth_of_days_starts(num_days, day):
    assert first_new_day(num_days) == day


def test_a_fifth_of_the_items_appears_evenly_over_the_last_fifth_of_days(catalogue):
    days, counts = np.unique(catalogue.first_day, return_counts=True)

    np.testing.assert_array_equal(days, [0, 24, 25, 26, 27, 28, 29])
    assert counts[0] == 8_000
    assert np.ptp(counts[1:]) <= 1


def test_new_items_are_as_popular_as_others(catalogue):
    is_new = catalogue.first_day > 0
    log_popularity = np.log(catalogue.popularity)

    gap = log_popularity[is_new].mean() - log_popularity[~is_new].mean()

    assert abs(gap) < 4 * log_popularity.std() / np.sqrt(is_new.sum())


def test_popularity_is_a_power_of_the_rank(catalogue):
    popularity = np.sort(catalogue.popularity)[::-1]

    slope = np.polyfit(np.log(np.arange(1, 10_001)), np.log(popularity), deg=1)[0]

    assert slope == pytest.approx(-0.9)


def test_prices_are_log_normal_around_the_price_of_the_category(catalogue):
    for number, name in enumerate(CATEGORIES):
        log_prices = np.log(catalogue.price[catalogue.category == number])

        assert np.exp(log_prices.mean()) == pytest.approx(TYPICAL_PRICES[name], rel=0.1)
        assert log_prices.std() == pytest.approx(0.5, rel=0.15)


def test_relative_price_follows_from_price_and_category(catalogue):
    typical = np.array([TYPICAL_PRICES[CATEGORIES[c]] for c in catalogue.category])

    np.testing.assert_allclose(
        typical * np.exp(0.5 * catalogue.relative_price), catalogue.price, rtol=1e-5
    )


def test_every_brand_is_sold_in_three_categories(catalogue):
    pairs = np.unique(np.stack([catalogue.brand, catalogue.category]), axis=1)

    np.testing.assert_array_equal(np.bincount(pairs[0]), 3)


@pytest.mark.parametrize("effect", ["quality", "appeal"])
def test_effects_of_items_correlate_across_steps(catalogue, effect):
    correlations = np.corrcoef(getattr(catalogue, effect))[np.triu_indices(3, k=1)]

    np.testing.assert_allclose(correlations, 0.6, atol=0.06)


def test_quality_is_unrelated_to_what_can_be_read(catalogue):
    related = np.corrcoef(
        [catalogue.quality[0], catalogue.appeal[0], catalogue.relative_price]
    )[0, 1:]

    assert np.abs(related).max() < 0.04
