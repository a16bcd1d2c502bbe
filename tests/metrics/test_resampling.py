"""A metric in a resample is the metric of the rows of the users that were drawn."""

import re

import numpy as np
import pytest

from mtl_rec.metrics import binary, resampled
from mtl_rec.metrics.resampling import MOST_BUNDLES, Resamples, interval
from mtl_rec.metrics.score_bins import ScoreBins

METRICS = ["auc", "pr_auc", "log_loss", "normalised_entropy", "calibration_ratio"]


def drawn_rows(resamples: Resamples, number: int) -> np.ndarray:
    """Positions of the rows of one resample, each as often as its user."""
    times = resamples.counts[resamples.bundles, number].astype(int)
    return np.repeat(np.arange(len(resamples)), times)


@pytest.fixture(params=["distinct", "tied", "weighted"])
def rows(request):
    random = np.random.default_rng(7)
    probabilities = random.random(300).astype(np.float32)
    if request.param == "tied":
        probabilities = np.round(probabilities, 1)
    labels = (random.random(300) < probabilities / 2).astype(np.float32)
    weights = random.uniform(0.1, 3, 300) if request.param == "weighted" else None
    users = random.integers(0, 40, 300) * 1000
    return labels, probabilities, weights, users


@pytest.mark.parametrize("metric", METRICS)
def test_each_resample_has_the_metric_of_its_rows(metric, rows):
    labels, probabilities, weights, users = rows
    resamples = Resamples.of(users, num_resamples=20)

    values = getattr(resampled, metric)(labels, probabilities, resamples, weights)

    expected = [
        getattr(binary, metric)(
            labels[drawn],
            probabilities[drawn],
            weights=None if weights is None else weights[drawn],
        )
        for drawn in (drawn_rows(resamples, number) for number in range(20))
    ]
    np.testing.assert_allclose(values, expected, rtol=1e-6)


@pytest.mark.parametrize("metric", ["auc", "pr_auc"])
def test_bins_of_many_scores_move_a_metric_by_far_less_than_chance(metric):
    random = np.random.default_rng(3)
    probabilities = random.beta(1, 9, 20_000)
    labels = (random.random(20_000) < probabilities).astype(np.float32)
    resamples = Resamples.of(random.integers(0, 1500, 20_000), num_resamples=30)

    values = getattr(resampled, metric)(labels, probabilities, resamples)

    expected = [
        getattr(binary, metric)(labels[drawn], probabilities[drawn])
        for drawn in (drawn_rows(resamples, number) for number in range(30))
    ]
    largest = 0.02 if metric == "auc" else 0.2
    assert np.abs(values - expected).max() < largest * np.std(expected)


def test_bins_without_resampling_are_exact():
    random = np.random.default_rng(3)
    probabilities = random.beta(1, 9, 20_000)
    labels = (random.random(20_000) < probabilities).astype(np.float64)
    resamples = Resamples.of(np.zeros(20_000, int), num_resamples=1)

    bins = ScoreBins.of(probabilities, labels, 1 - labels, resamples, num_bins=10)

    assert bins.auc()[0] == pytest.approx(binary.auc(labels, probabilities), rel=1e-6)
    expected = binary.pr_auc(labels, probabilities)
    assert bins.pr_auc()[0] == pytest.approx(expected, rel=1e-6)


def test_users_are_drawn_whole_and_as_many_as_there_are():
    users = np.array([5, 5, 5, 9, 9, 2])
    resamples = Resamples.of(users, num_resamples=50)

    assert resamples.counts.shape == (3, 50)
    assert set(resamples.counts.sum(0)) == {3.0}
    bundles = resamples.bundles
    assert len(set(bundles[:3])) == len(set(bundles[3:5])) == 1
    assert len(set(bundles)) == 3


def test_bundles_of_users_spread_as_users_do():
    random = np.random.default_rng(0)
    num_users = 3 * MOST_BUNDLES
    users = random.integers(0, num_users, 40_000)
    values = random.normal(size=num_users)[users] + random.normal(size=40_000)
    resamples = Resamples.of(users, num_resamples=1000)

    sums, rows = resamples.sums(values, np.ones(40_000))
    spread = np.std(sums / rows)

    # By hand, for a mean over clusters: the sum of their squared residuals.
    residuals = np.bincount(users, values - values.mean())
    assert spread == pytest.approx(np.sqrt(np.sum(residuals**2)) / 40_000, rel=0.1)


def test_equal_models_differ_in_no_resample(rows):
    labels, probabilities, weights, users = rows
    resamples = Resamples.of(users)

    ours, theirs = (
        resampled.auc(labels, scores, resamples, weights)
        for scores in (probabilities, probabilities / 2)
    )

    np.testing.assert_array_equal(ours, theirs)


def test_some_of_the_rows_keep_their_draws(rows):
    labels, probabilities, _, users = rows
    resamples = Resamples.of(users)
    chosen = labels == 1

    some = resamples.rows(chosen)

    np.testing.assert_allclose(
        some.sums(probabilities[chosen]), resamples.sums(probabilities * chosen)
    )


def test_equal_users_and_seeds_have_equal_draws():
    users = np.random.default_rng(0).integers(0, 50, 100)

    first, again, other = (Resamples.of(users, 20, seed) for seed in (1, 1, 2))

    np.testing.assert_array_equal(first.counts, again.counts)
    assert (first.counts != other.counts).any()


@pytest.mark.parametrize("metric", METRICS)
def test_without_rows_nothing_is_defined(metric):
    nothing = np.zeros(0)

    resamples = Resamples.of(np.zeros(0, int), num_resamples=5)
    values = getattr(resampled, metric)(nothing, nothing, resamples)

    assert np.isnan(values).all()
    assert values.shape == (5,)


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_without_a_class_what_compares_classes_is_not_defined(label):
    labels, probabilities = np.full(4, label), np.array([0.2, 0.2, 0.5, 0.9])
    resamples = Resamples.of(np.arange(4), num_resamples=5)

    for metric in ("auc", "pr_auc", "normalised_entropy"):
        values = getattr(resampled, metric)(labels, probabilities, resamples)
        assert np.isnan(values).all(), metric


def test_the_interval_holds_the_middle_95_percent():
    assert interval(np.arange(1001.0)) == pytest.approx((25, 975))


def test_a_metric_that_many_resamples_lack_has_no_interval():
    values = np.arange(100.0)
    values[:10] = np.nan
    assert interval(values) is not None

    values[10] = np.nan
    assert interval(values) is None


def test_users_that_are_not_codes_are_refused():
    message = "`groups` must be `(rows,)` integers, one for each user. Received: (2,) f"
    with pytest.raises(ValueError, match=re.escape(message)):
        Resamples.of(np.array([0.5, 1.0]))
