"""Negatives: which items are drawn, and how often."""

import numpy as np
import pandas as pd
import pytest

from mtl_rec.data.events import build_exposures


@pytest.fixture(scope="module")
def frame(logs) -> pd.DataFrame:
    """Many users with one event each, after a day on which items became known."""
    random = np.random.default_rng(5)
    weights = np.arange(1, 21) / 210
    first_day = pd.DataFrame(
        {
            "user_id": [f"early{n}" for n in range(2000)],
            "item_id": [f"i{n:02d}" for n in random.choice(20, 2000, p=weights)],
            "event_time": logs.START + random.integers(0, 80_000, 2000),
        }
    )
    second_day = pd.DataFrame(
        {
            "user_id": [f"late{n}" for n in range(5000)],
            "item_id": "i00",
            "event_time": logs.START + 86400 + random.integers(0, 20_000, 5000),
        }
    )
    both = pd.concat([first_day, second_day])
    return both.assign(event_type="v", category="x", price=1.0, device="phone")


def drawn(logs, frame, **sampling) -> pd.DataFrame:
    log = logs.log_of(negatives={"per_exposure": 4, **sampling})
    rows = build_exposures(frame, log, logs.TASKS)
    return rows[rows.user_id.str.startswith("late")]


def test_each_exposure_has_its_negatives_of_untouched_items(logs, frame):
    rows = drawn(logs, frame, kind="uniform")
    counts = rows.groupby("user_id").is_sampled.agg(["sum", "size"])
    assert (counts["sum"] == 4).all()
    assert (counts["size"] == 5).all()
    sampled = rows[rows.is_sampled]
    assert not (sampled.item_id == "i00").any()
    assert not sampled[["click", "cart", "buy"]].any(axis=None)


def test_no_negative_is_an_item_that_the_user_had_met(logs, frame):
    late = frame[frame.user_id.str.startswith("late")].head(200)
    earlier = late.assign(event_time=late.event_time - logs.HOUR)
    met = [earlier.assign(item_id=f"i{number:02d}") for number in range(1, 6)]
    rows = drawn(logs, pd.concat([frame, *met]), kind="uniform")
    rows = rows[rows.user_id.isin(late.user_id)]
    is_last = rows.exposed_at == rows.groupby("user_id").exposed_at.transform("max")
    items = rows[is_last & rows.is_sampled].item_id
    assert set(items) == {f"i{number:02d}" for number in range(6, 20)}


def test_uniform_draws_are_uniform_and_their_rate_is_a_constant(logs, frame):
    rows = drawn(logs, frame, kind="uniform", candidates_per_exposure=19)
    shares = rows[rows.is_sampled].item_id.value_counts(normalize=True)
    assert len(shares) == 19
    # 20,000 draws: a share of 1/19 has a standard error of .0016.
    assert np.abs(shares - 1 / 19).max() < 0.007
    assert np.allclose(rows.log_sampling_rate, np.log(4 / 19))


def test_popular_items_are_drawn_by_the_events_of_earlier_days(logs, frame):
    rows = drawn(logs, frame, kind="popularity", candidates_per_exposure=20)
    sampled = rows[rows.is_sampled]
    early = frame[frame.user_id.str.startswith("early")].item_id.value_counts() + 1
    shares = sampled.item_id.value_counts(normalize=True)
    others = early.drop("i00")
    assert np.abs(shares - others / others.sum()).max() < 0.012
    rates = sampled.groupby("item_id").log_sampling_rate.first()
    expected = np.log(4 / 20 * early / early.sum() * 20)
    pd.testing.assert_series_equal(
        rates, expected[rates.index], check_names=False, check_index_type=False
    )


def test_another_seed_draws_others(logs, frame):
    first, again, other = (
        drawn(logs, frame, kind="uniform", seed=seed).item_id.to_numpy()
        for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert (first != other).mean() > 0.5


def test_items_are_drawn_once_they_were_known_before(logs):
    known = [("early", f"i{n}", "v", n, "x", 1.0, "phone") for n in range(5)]
    asked = [(f"u{n}", "shown", "v", 5, "x", 1.0, "phone") for n in range(200)]
    new = [("late", item, "v", 5 + n, "x", 1.0, "phone") for n, item in enumerate("ab")]
    log = logs.log_of(negatives={"kind": "uniform", "per_exposure": 2})
    rows = build_exposures(logs.frame_of(known + asked + new), log, logs.TASKS)
    sampled = rows[rows.is_sampled & rows.user_id.str.startswith("u")]
    assert set(sampled.item_id) == {f"i{n}" for n in range(5)}
