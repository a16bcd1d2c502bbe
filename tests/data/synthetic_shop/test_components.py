"""Every component has its share of the variance and says what its name says."""

import numpy as np
import pytest

from mtl_rec.data.synthetic_shop.components import VARIANCE_SHARES
from mtl_rec.data.synthetic_shop.customers import tastes_by_day
from mtl_rec.data.synthetic_shop.simulation import simulate
from mtl_rec.data.synthetic_shop.streams import random_streams

SPECIFIED_SHARES = {
    "taste": [0.30, 0.25, 0.20],
    "affinity": [0.20, 0.15, 0.15],
    "price": [0.10, 0.20, 0.25],
    "appeal": [0.20, 0.20, 0.15],
    "quality": [0.10, 0.10, 0.15],
    "circumstance": [0.05, 0.02, 0.02],
    "noise": [0.05, 0.08, 0.08],
}
TOTAL_DEVIATIONS = np.array([1.5, 1.2, 1.2])


def standardise(values):
    return (values - values.mean()) / values.std()


def test_shares_are_the_specified_ones_and_sum_to_one():
    assert list(VARIANCE_SHARES) == list(SPECIFIED_SHARES)
    np.testing.assert_allclose(sum(map(np.array, VARIANCE_SHARES.values())), 1.0)


@pytest.mark.parametrize("name", SPECIFIED_SHARES)
def test_component_has_its_share_of_the_variance(backstage, name):
    component = backstage.components[name].astype(np.float64)

    np.testing.assert_allclose(
        component.var(axis=1) / TOTAL_DEVIATIONS**2, SPECIFIED_SHARES[name], rtol=1e-4
    )
    np.testing.assert_allclose(component.mean(axis=1), 0.0, atol=1e-5)


def test_tastes_have_the_share_they_are_given_and_leave_the_rest_in_proportion():
    shop = simulate(3_000, 50, 100, 10, seed=5, taste_share=0.6)

    shares = {
        name: component.var(axis=1, dtype=float) / TOTAL_DEVIATIONS**2
        for name, component in shop.components.items()
    }

    np.testing.assert_allclose(shares.pop("taste"), 0.6, rtol=1e-4)
    np.testing.assert_allclose(sum(shares.values()), 0.4, rtol=1e-4)
    for name in set(shares) - {"price"}:
        kept = np.divide(SPECIFIED_SHARES[name], SPECIFIED_SHARES["price"])
        np.testing.assert_allclose(shares[name] / shares["price"], kept, rtol=1e-3)


def test_logits_have_the_specified_deviations(backstage):
    logits = sum(backstage.components.values())

    np.testing.assert_allclose(logits.std(axis=1), TOTAL_DEVIATIONS, rtol=0.07)


def test_components_are_nearly_uncorrelated(backstage):
    for step in range(3):
        of_step = [component[step] for component in backstage.components.values()]

        assert np.abs(np.triu(np.corrcoef(of_step), k=1)).max() < 0.2


@pytest.mark.parametrize("name", ["taste", "affinity"])
def test_likings_of_the_steps_correlate_by_six_tenths(backstage, name):
    correlations = np.corrcoef(backstage.components[name])[np.triu_indices(3, k=1)]

    np.testing.assert_allclose(correlations, 0.6, atol=0.06)


def test_taste_matches_the_taste_of_the_day_with_the_item(backstage, size):
    exposures = backstage.exposures
    drift = random_streams(size["seed"])["drift"]
    days = list(tastes_by_day(backstage.customers.tastes, size["num_days"], drift))

    expected = [
        days[day][1, user] @ backstage.catalogue.taste_vectors[item]
        for day, user, item in zip(
            exposures.day, exposures.user, exposures.item, strict=True
        )
    ]

    np.testing.assert_allclose(
        standardise(backstage.components["taste"][1]),
        standardise(np.array(expected)),
        atol=1e-4,
    )


def test_taste_is_that_of_the_day_where_tastes_have_a_half_life():
    num_days, half_life = 10, 2.5
    shop = simulate(3_000, 50, 100, num_days, seed=5, taste_half_life_days=half_life)
    drift = random_streams(5)["drift"]
    days = list(tastes_by_day(shop.customers.tastes, num_days, drift, half_life))

    exposures = shop.exposures
    vectors = shop.catalogue.taste_vectors[exposures.item]
    expected = np.stack(days)[exposures.day, 1, exposures.user] * vectors

    np.testing.assert_allclose(
        standardise(shop.components["taste"][1]),
        standardise(expected.sum(axis=1)),
        atol=1e-4,
    )


def test_affinity_sums_category_and_brand(backstage):
    exposures, customers = backstage.exposures, backstage.customers
    category = backstage.catalogue.category[exposures.item]
    brand = backstage.catalogue.brand[exposures.item]

    expected = (
        customers.category_affinity[2, exposures.user, category]
        + customers.brand_affinity[2, exposures.user, brand]
    )

    np.testing.assert_allclose(
        standardise(backstage.components["affinity"][2]),
        standardise(expected),
        atol=1e-4,
    )


def test_price_falls_with_the_price_above_the_budget(backstage):
    exposures = backstage.exposures
    excess = (
        backstage.catalogue.relative_price[exposures.item]
        - backstage.customers.budget[exposures.user]
    )

    ordered = backstage.components["price"][0][np.argsort(excess)]

    assert (np.diff(ordered) <= 1e-6).all()


@pytest.mark.parametrize("name", ["appeal", "quality"])
def test_what_an_item_is_worth_is_the_same_in_every_exposure(backstage, name):
    item = backstage.exposures.item
    first_row = np.unique(item, return_index=True)[1]
    by_item = np.zeros(item.max() + 1, dtype=np.float32)

    by_item[item[first_row]] = backstage.components[name][0, first_row]

    np.testing.assert_array_equal(by_item[item], backstage.components[name][0])


def test_the_first_slot_in_the_evening_is_the_best_circumstance(backstage):
    exposures = backstage.exposures
    circumstance = backstage.components["circumstance"][0]
    is_best = circumstance == circumstance.max()

    assert set(exposures.hour[is_best].tolist()) == {21}
    assert set(exposures.position[is_best].tolist()) == {1}


def test_noise_is_drawn_for_each_step_of_each_exposure(backstage):
    noise = backstage.components["noise"]

    assert np.abs(np.triu(np.corrcoef(noise), k=1)).max() < 0.02
    assert abs(np.corrcoef(noise[0, 1:], noise[0, :-1])[0, 1]) < 0.02
