"""What the simulated shop says of exposures that were not made."""

import numpy as np
import pytest
from shop.best_items import NOT_THERE, PossiblePurchases

from mtl_rec.data.synthetic_shop.simulation import simulate


@pytest.fixture(scope="module", params=[(None, None), (4.0, 0.6)])
def shop(request):
    return simulate(20_000, 300, 200, 10, 3, *request.param)


@pytest.fixture(scope="module")
def possible(shop):
    return PossiblePurchases(shop, 10, 3)


def test_of_exposures_that_were_made_it_says_what_the_shop_says(shop, possible):
    rows = np.random.default_rng(0).choice(20_000, 500, replace=False)

    logits = possible.noiseless_logits(rows) + shop.components["noise"][:, rows]

    made = np.cumprod(1 / (1 + np.exp(-logits)), axis=0)
    true = shop.behaviour.probabilities[:, rows]
    np.testing.assert_allclose(made, true, rtol=2e-3)


def test_items_that_do_not_exist_yet_have_no_probability(shop, possible):
    rows = np.array([0, 19_999])

    found = possible.of_rows(rows)

    is_later = shop.catalogue.first_day > shop.exposures.day[rows][:, np.newaxis]
    assert is_later[0].any()
    assert not is_later[1].any()
    assert np.array_equal(found == NOT_THERE, is_later)


def test_what_is_most_probable_is_bought_most(shop, possible):
    rows = np.random.default_rng(1).choice(20_000, 4_000, replace=False)
    found = possible.of_rows(rows)[np.arange(4_000), shop.exposures.item[rows]]
    true = shop.behaviour.probabilities[2, rows]

    # Only the noise of an exposure is not in it, and that is 8 % of the variance.
    assert np.corrcoef(np.log(found), np.log(true))[0, 1] > 0.9
    assert found.mean() == pytest.approx(true.mean(), rel=0.1)
