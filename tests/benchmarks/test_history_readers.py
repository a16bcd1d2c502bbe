"""What readers of histories know, and what they do not."""

import numpy as np
import pytest
from shop.history_readers import clicks_before, read, sums_by_group

from mtl_rec.data.synthetic_shop.simulation import simulate

SIZE = {"num_exposures": 60_000, "num_users": 100, "num_items": 200, "num_days": 180}


@pytest.fixture(scope="module", params=[None, 8.0])
def shop(request):
    tastes = {"taste_half_life_days": request.param, "taste_share": 0.6}
    return simulate(**SIZE, **tastes, seed=1)


def test_histories_are_the_clicks_before_a_row(shop):
    exposures, clicks = shop.exposures, shop.behaviour.labels[0]
    rows = np.array([0, 500, 30_000, 59_999])

    found = clicks_before(shop, rows)

    for place, row in enumerate(rows):
        is_past = (exposures.user == exposures.user[row]) & (clicks == 1)
        is_past[row:] = False
        past = np.flatnonzero(is_past)[::-1][:20]
        assert found.number[place] == len(past)
        items, age = found.items[place, : len(past)], found.age[place, : len(past)]
        np.testing.assert_array_equal(items, exposures.item[past])
        seconds = exposures.timestamp[row] - exposures.timestamp[past]
        np.testing.assert_allclose(age, seconds / 86_400)


@pytest.mark.parametrize("by", ["number", "place", "age"])
def test_every_click_and_no_padding_shares_one_weight(by, shop):
    rows = np.arange(50_000, 50_300)
    clicks = clicks_before(shop, rows)
    vectors = shop.catalogue.taste_vectors.astype(float)
    candidates = vectors[shop.exposures.item[rows]]

    sums = sums_by_group(clicks, candidates, vectors, by)

    fit = np.einsum("rd,rld->rl", candidates, vectors[clicks.items])
    is_click = np.arange(20) < clicks.number[:, np.newaxis]
    np.testing.assert_allclose(sums.sum(axis=1), (fit * is_click).sum(axis=1))


def test_age_tells_where_tastes_change_within_a_history_and_not_where_they_walk(shop):
    found = read(shop)

    lead = found["age"] - found["number"]
    if shop.customers.taste_half_life_days is None:
        assert abs(lead) < 0.003
    else:
        assert lead > 0.005
    for vectors in ("", "learned "):
        assert found["no taste"] < found[vectors + "number"] < found["taste"]
    assert found["learned number"] < found["number"]
