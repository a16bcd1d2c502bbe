"""What anyone may rely on who only sees the table."""

import re

import numpy as np
import pytest

from mtl_rec.data.synthetic_shop import simulate_shop

SMALL = {
    "num_exposures": 3_000,
    "num_users": 50,
    "num_items": 100,
    "num_days": 10,
    "seed": 0,
}
FIRST_SECOND = 1_704_067_200  # 2024-01-01 00:00:00 UTC
DAY = 86_400


def column(table, name):
    return table[name].to_numpy()


def test_same_arguments_give_the_same_table():
    assert simulate_shop(**SMALL).equals(simulate_shop(**SMALL))


def test_another_seed_changes_every_column():
    table, other = simulate_shop(**SMALL), simulate_shop(**{**SMALL, "seed": 1})

    unchanged = [name for name in table.schema.names if table[name] == other[name]]

    assert unchanged == []


@pytest.mark.parametrize("tastes", [{"taste_half_life_days": 3}, {"taste_share": 0.6}])
def test_other_tastes_change_what_follows_from_them_alone(tastes):
    table = simulate_shop(**SMALL)
    other = simulate_shop(**SMALL, **tastes)

    changed = {name for name in table.schema.names if table[name] != other[name]}
    events = {"click", "add_to_cart", "purchase"}

    follows = {*events, *(f"true_{name}" for name in events)}
    assert changed == {*follows, "history_items", "history_categories"}


def test_timestamps_are_sorted_within_the_days(shop, size):
    timestamp = column(shop, "timestamp")

    assert (np.diff(timestamp) >= 0).all()
    assert timestamp[0] >= FIRST_SECOND
    assert timestamp[-1] < FIRST_SECOND + size["num_days"] * DAY


def test_every_day_has_exposures(shop, size):
    days = np.unique((column(shop, "timestamp") - FIRST_SECOND) // DAY)

    np.testing.assert_array_equal(days, np.arange(size["num_days"]))


def test_hour_is_that_of_the_timestamp(shop):
    np.testing.assert_array_equal(
        column(shop, "hour"), column(shop, "timestamp") % DAY // 3600
    )


def test_positions_are_the_slots_of_a_page_and_the_first_is_seen_most(shop):
    positions, counts = np.unique(column(shop, "position"), return_counts=True)

    np.testing.assert_array_equal(positions, np.arange(1, 11))
    assert counts.argmax() == 0


def test_labels_are_nested(shop):
    click, cart, purchase = (
        column(shop, name) for name in ("click", "add_to_cart", "purchase")
    )

    assert set(np.unique([click, cart, purchase])) == {0, 1}
    assert (cart <= click).all()
    assert (purchase <= cart).all()


def test_deeper_steps_are_never_likelier(shop):
    click, cart, purchase = (
        column(shop, f"true_{name}") for name in ("click", "add_to_cart", "purchase")
    )

    assert purchase.min() > 0
    assert click.max() < 1
    assert (cart < click).all()
    assert (purchase < cart).all()


@pytest.mark.parametrize(
    ("step", "before", "rate"),
    [
        ("click", None, 0.08),
        ("add_to_cart", "click", 0.15),
        ("purchase", "add_to_cart", 0.35),
    ],
)
def test_rates_given_the_step_before_are_as_specified(shop, step, before, rate):
    reached = column(shop, before).sum() if before else shop.num_rows
    expected_reached = (
        column(shop, f"true_{before}").sum(dtype=float) if before else shop.num_rows
    )

    expected = column(shop, f"true_{step}").sum(dtype=float) / expected_reached
    realised = column(shop, step).sum() / reached

    assert expected == pytest.approx(rate, rel=1e-4)
    assert abs(realised - rate) < 4 * np.sqrt(rate * (1 - rate) / reached)


@pytest.mark.parametrize("step", ["click", "add_to_cart", "purchase"])
def test_labels_agree_with_the_true_probabilities_in_every_tenth(shop, step):
    probability = column(shop, f"true_{step}").astype(float)
    tenths = np.array_split(np.argsort(probability), 10)

    surprise = column(shop, step) - probability
    variance = probability * (1 - probability)
    deviations = [surprise[rows].sum() / variance[rows].sum() ** 0.5 for rows in tenths]

    assert np.abs(deviations).max() < 4


def test_true_probabilities_are_those_behind_the_labels(shop, backstage):
    for row, step in enumerate(("click", "add_to_cart", "purchase")):
        np.testing.assert_array_equal(
            column(shop, f"true_{step}"), backstage.behaviour.probabilities[row]
        )


def test_a_fifth_of_the_items_is_never_seen_before_the_last_fifth_of_days():
    table = simulate_shop(**{**SMALL, "num_exposures": 40_000})
    is_early = column(table, "timestamp") < FIRST_SECOND + 8 * DAY

    seen_early = set(column(table, "item_id")[is_early])
    seen_late = set(column(table, "item_id")[~is_early])

    assert len(seen_early) == 80
    assert len(seen_late - seen_early) > 15


@pytest.mark.parametrize(
    ("name", "value", "minimum"),
    [
        ("num_exposures", 99, 100),
        ("num_users", 9, 10),
        ("num_items", 3, 100),
        ("num_days", 4, 5),
        ("seed", -1, 0),
    ],
)
def test_too_small_an_argument_is_rejected(name, value, minimum):
    message = f"`{name}` must be {minimum} or more. Received: {value}."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        simulate_shop(**{**SMALL, name: value})


@pytest.mark.parametrize("days", [0, -1.5, float("inf"), float("nan")])
def test_a_half_life_that_is_none_is_rejected(days):
    message = f"`taste_half_life_days` must be a number above 0.*Received: {days}."

    with pytest.raises(ValueError, match=message):
        simulate_shop(**SMALL, taste_half_life_days=days)


@pytest.mark.parametrize("share", [0, 1, 1.5, float("nan")])
def test_a_share_that_is_none_is_rejected(share):
    message = f"`taste_share` must be between 0 and 1.*Received: {share}."

    with pytest.raises(ValueError, match=message):
        simulate_shop(**SMALL, taste_share=share)


def test_the_smallest_shop_can_be_simulated():
    table = simulate_shop(
        num_exposures=100, num_users=10, num_items=100, num_days=5, seed=0
    )

    assert table.num_rows == 100
    assert np.isfinite(column(table, "true_purchase")).all()
