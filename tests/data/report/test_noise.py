"""False alarms stay rare, and no shift of the threshold's size is called steady."""

from collections import Counter

import numpy as np
import pytest

from mtl_rec.data.report.binning import Bins, num_bins
from mtl_rec.data.report.noise import (
    DIVERGENCE,
    LARGEST_DIFFERENCE,
    divergence,
    largest_difference,
)

SEEDS = 400


def verdicts_of_shares(p, q, rows) -> Counter[str]:
    random = np.random.default_rng(0)
    return Counter(
        largest_difference(
            random.multinomial(rows[0], p), random.multinomial(rows[1], q), rows
        ).verdict
        for _ in range(SEEDS)
    )


def verdicts_of_numbers(draw_train, draw_test, rows) -> Counter[str]:
    random = np.random.default_rng(0)
    found: Counter[str] = Counter()
    for _ in range(SEEDS):
        train, test = draw_train(random, rows[0]), draw_test(random, rows[1])
        bins = Bins(train, test, num_bins(min(rows)))
        counts = np.stack([bins.counts(train), bins.counts(test)])
        found[divergence(*counts[:, counts.any(axis=0)]).verdict] += 1
    return found


def zipf(size: int) -> np.ndarray:
    shares = 1 / np.arange(1, size + 1)
    return shares / shares.sum()


def shifted(shares: np.ndarray, by: float) -> np.ndarray:
    """The first value has more, all others less in proportion."""
    moved = shares.copy()
    moved[0] += by
    moved[1:] *= (1 - moved[0]) / (1 - shares[0])
    return moved


SHARES = {
    "two alike": np.full(2, 0.5),
    "five alike": np.full(5, 0.2),
    "twenty alike": np.full(20, 0.05),
    "thousand alike": np.full(1000, 0.001),
    "hundred, a few frequent": zipf(100),
}


@pytest.mark.parametrize("rows", [(2000, 2000), (20_000, 2000), (50_000, 50_000)])
@pytest.mark.parametrize("shares", SHARES.values(), ids=SHARES)
def test_equal_shares_raise_hardly_an_alarm(shares, rows):
    assert verdicts_of_shares(shares, shares, rows)["shifted"] <= 0.01 * SEEDS


@pytest.mark.parametrize("shares", SHARES.values(), ids=SHARES)
def test_a_share_that_shifts_by_the_threshold_is_flagged(shares):
    moved = shifted(shares, LARGEST_DIFFERENCE)

    verdicts = verdicts_of_shares(shares, moved, (10_000, 10_000))

    assert verdicts["shifted"] >= SEEDS - 1


@pytest.mark.parametrize("rows", [(200, 300), (2000, 2000), (200_000, 2000)])
@pytest.mark.parametrize("shares", SHARES.values(), ids=SHARES)
def test_a_shift_that_few_rows_can_not_show_is_not_called_steady(shares, rows):
    moved = shifted(shares, LARGEST_DIFFERENCE)

    assert verdicts_of_shares(shares, moved, rows)["steady"] <= 2


def test_many_rows_tell_a_smaller_shift_from_the_threshold():
    shares = np.full(5, 0.2)

    verdicts = verdicts_of_shares(
        shares, shifted(shares, 0.8 * LARGEST_DIFFERENCE), (10**6, 10**6)
    )

    assert verdicts == {"steady": SEEDS}


def normal(random, rows):
    return random.normal(size=rows)


def mostly_zero(random, rows):
    return np.where(random.random(rows) < 0.96, 0.0, random.lognormal(size=rows))


def often_missing(random, rows):
    return np.where(random.random(rows) < 0.3, np.nan, random.lognormal(size=rows))


def small_counts(random, rows):
    return random.poisson(3, rows).astype(float)


@pytest.mark.parametrize("rows", [(2000, 2000), (20_000, 2000)])
@pytest.mark.parametrize("draw", [normal, mostly_zero, often_missing, small_counts])
def test_equal_numbers_raise_hardly_an_alarm(draw, rows):
    assert verdicts_of_numbers(draw, draw, rows)["shifted"] <= 0.01 * SEEDS


# Each has a divergence of .0200 from what it is compared with, by integration.
SHIFTS = {
    "mean": (normal, lambda random, n: random.normal(0.33534, size=n)),
    "scale": (normal, lambda random, n: random.normal(scale=1.27257, size=n)),
    "one place": (
        normal,
        lambda random, n: np.where(random.random(n) < 0.03943, 0.0, normal(random, n)),
    ),
    "missing": (
        normal,
        lambda random, n: np.where(
            random.random(n) < 0.03943, np.nan, normal(random, n)
        ),
    ),
}


@pytest.mark.parametrize("rows", [(2000, 2000), (20_000, 2000)])
@pytest.mark.parametrize("draws", SHIFTS.values(), ids=SHIFTS)
def test_numbers_that_diverge_by_the_threshold_are_flagged(draws, rows):
    assert verdicts_of_numbers(*draws, rows)["shifted"] >= SEEDS - 1


def test_the_divergence_is_in_bits_and_without_what_chance_adds():
    random = np.random.default_rng(0)
    same = [
        divergence(*random.multinomial(3000, np.full(60, 1 / 60), 2)).figure
        for _ in range(SEEDS)
    ]

    apart = divergence(np.array([10**6, 0]), np.array([0, 10**6]))

    assert apart.figure == pytest.approx(1.0, abs=1e-5)
    # Without the correction the mean would be .0071.
    assert np.mean(same) < 0.001 < DIVERGENCE


def test_the_value_that_shifted_is_named():
    distance = largest_difference(
        np.array([500, 300, 200]), np.array([500, 100, 400]), (1000, 1000)
    )

    assert distance.position in (1, 2)
    assert distance.figure == pytest.approx(0.2)
    assert distance.figure > distance.flagged_from


def test_of_several_values_that_shifted_the_one_that_did_most_is_named():
    distance = largest_difference(
        np.array([200, 0, 500, 300]), np.array([200, 200, 200, 400]), (1000, 1000)
    )

    assert (distance.position, distance.verdict) == (2, "shifted")
    assert distance.figure == pytest.approx(0.3)
