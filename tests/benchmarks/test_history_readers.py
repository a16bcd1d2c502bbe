"""What readers of histories know, and what they do not."""

import numpy as np
import pytest
from shop.history_readers import fits_of, read

from mtl_rec.data.synthetic_shop.simulation import simulate

SIZE = {"num_exposures": 60_000, "num_users": 100, "num_items": 200, "num_days": 180}


@pytest.fixture(scope="module", params=[None, 8.0])
def shop(request):
    return simulate(**SIZE, seed=1, taste_half_life_days=request.param)


def test_histories_are_the_clicks_before_a_row_and_fit_as_their_vectors_do(shop):
    exposures, clicks = shop.exposures, shop.behaviour.labels[0]
    vectors = shop.catalogue.taste_vectors.astype(float)
    vectors -= vectors[exposures.item].mean(axis=0)
    rows = np.array([0, 500, 30_000, 59_999])

    found = fits_of(shop, rows)

    for place, row in enumerate(rows):
        is_past = (exposures.user == exposures.user[row]) & (clicks == 1)
        is_past[row:] = False
        past = np.flatnonzero(is_past)[::-1][:20]
        number = len(past)
        assert found.number[place] == number
        fit = vectors[exposures.item[past]] @ vectors[exposures.item[row]]
        np.testing.assert_allclose(found.fit[place, :number], fit)
        age = (exposures.timestamp[row] - exposures.timestamp[past]) / 86_400
        np.testing.assert_allclose(found.age[place, :number], age)
        assert not found.fit[place, number:].any()


@pytest.mark.parametrize("by", ["number", "place", "age"])
def test_every_click_is_in_one_group_of_those_that_share_a_weight(by, shop):
    fits = fits_of(shop, np.arange(50_000, 50_300))

    np.testing.assert_allclose(fits.grouped(by).sum(axis=1), fits.fit.sum(axis=1))


def test_age_tells_where_tastes_change_within_a_history_and_not_where_they_walk(shop):
    found = read(shop)

    lead = found["age"] - found["number"]
    if shop.customers.taste_half_life_days is None:
        assert abs(lead) < 0.0015
    else:
        assert lead > 0.0015
    assert found["no taste"] < found["number"] < found["taste"]
