"""Smoothed labels keep their mean and are still a distribution over the funnel."""

import numpy as np
import pytest
from keras import ops

from mtl_rec.losses.funnel import FunnelLogLoss
from mtl_rec.training.regularizers.label_smoothing import LabelSmoothing

SHARE = 0.1
PARENTS = {"click": None, "cart": "click", "purchase": "cart", "saved": None}


@pytest.fixture
def labels():
    random = np.random.default_rng(0)
    click = random.random((500, 1)) < 0.3
    cart = click & (random.random((500, 1)) < 0.3)
    purchase = cart & (random.random((500, 1)) < 0.5)
    saved = np.where(click, random.random((500, 1)) < 0.2, np.nan)
    events = {"click": click, "cart": cart, "purchase": purchase, "saved": saved}
    value = np.where(purchase, 9.0, np.nan)
    return {n: own.astype("float32") for n, own in {**events, "value": value}.items()}


def smoothed(labels):
    tensors = {name: ops.convert_to_tensor(own) for name, own in labels.items()}
    new = LabelSmoothing(SHARE, PARENTS)(tensors)
    return {name: ops.convert_to_numpy(own) for name, own in new.items()}


def test_a_label_moves_by_the_share_towards_the_rate_of_its_event(labels):
    new = smoothed(labels)

    for name in PARENTS:
        old, rate = labels[name], np.nanmean(labels[name])
        np.testing.assert_allclose(
            new[name], (1 - SHARE) * old + SHARE * rate, rtol=1e-5, atol=1e-7
        )
        assert np.nanmean(new[name]) == pytest.approx(rate, rel=1e-5)


def test_no_step_is_likelier_than_the_one_before(labels):
    # Purchases are known of some rows alone, among which they are frequent.
    labels["purchase"][~labels["cart"].astype(bool)] = np.nan
    labels["purchase"][:5] = labels["cart"][:5]
    new = smoothed(labels)

    known = np.isfinite(labels["purchase"])
    assert (new["cart"] <= new["click"]).all()
    assert (new["purchase"][known] <= new["cart"][known]).all()
    for name in PARENTS:
        own = new[name][np.isfinite(new[name])]
        assert own.min() >= 0
        assert own.max() <= 1


def test_rows_without_a_label_and_values_stay(labels):
    new = smoothed(labels)

    np.testing.assert_array_equal(new["value"], labels["value"])
    np.testing.assert_array_equal(np.isnan(new["saved"]), np.isnan(labels["saved"]))


def test_the_best_prediction_of_a_certain_event_is_not_certain(labels):
    """Where all clicks are of one kind of row, the loss is least short of 0 and 1."""
    label = smoothed(labels)["click"]
    happened, rate = labels["click"] == 1, labels["click"].mean()
    candidates = np.linspace(0.005, 0.995, 199)

    def best(rows):
        losses = [
            float(np.mean(FunnelLogLoss()(label[rows], np.log([[p, 1 - p]]))))
            for p in candidates
        ]
        return candidates[np.argmin(losses)]

    assert best(happened[:, 0]) == pytest.approx(1 - SHARE + SHARE * rate, abs=0.005)
    assert best(~happened[:, 0]) == pytest.approx(SHARE * rate, abs=0.005)
