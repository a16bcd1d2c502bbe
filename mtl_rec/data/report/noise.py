"""Which differences between two samples are shifts of what the samples are drawn from.

Samples of one distribution differ too, the more the fewer their rows: the divergence of
two samples of 2,000 numbers is .003 bits on average without any shift. So a figure is
compared with two lines:

* what chance alone stays below on all features of all but `FALSE_ALARMS` of the
  reports, and
* the threshold less what the figure of a shift of just that size may fall short of it,
  which it does more on `MISSED_SHIFTS` of such features at most.

Above both it is flagged: it is no chance, and it may be as large as the threshold. With
more and more rows the first line goes to 0 and the second to the threshold. With few, a
figure can lie above the second and below the first: "undecided", the rows can't tell.
(To subtract the expected noise and compare with the threshold itself would miss half
of the shifts of just that size.)

In a report of one feature, two samples of 2,000 rows show 999 of 1000 divergences of
just the threshold's size, and 99 of 100 such differences in values on a twentieth of
the rows; for values on half of the rows it takes some 9,000. The others are undecided.

Rows of one user are alike, so that many of them tell less than as many of others: by
their `design effect` (see `clusters`) both lines are wider.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

LARGEST_DIFFERENCE = 0.05
"""L-infinity distance of shares from which a feature has shifted."""

DIVERGENCE = 0.02
"""Jensen-Shannon divergence, in bits, from which a number has shifted."""

FALSE_ALARMS = 0.005
"""Chance that any of the features of a report is flagged if none has shifted."""

MISSED_SHIFTS = 1e-4
"""Share of the shifts of just the threshold's size that may be called steady."""

Verdict = Literal["shifted", "undecided", "steady"]


@dataclass(frozen=True)
class Distance:
    """How far apart two samples are.

    Attributes:
        figure: The distance; a divergence without what chance adds on average.
        flagged_from: Figures from here on are shifts, given these numbers of rows.
        verdict: Whether it is one; `undecided` where the rows are too few to tell.
        position: Value or bin that stands for it.
    """

    figure: float
    flagged_from: float
    verdict: Verdict
    position: int


def largest_difference(
    train: np.ndarray,
    test: np.ndarray,
    rows: tuple[int, int],
    num_tests: int = 1,
    design_effects: np.ndarray | float = 1.0,
) -> Distance:
    """L-infinity distance: `max_v |share_train(v) - share_test(v)|`.

    Each value is compared with its own lines, as a rare value's share is less noisy;
    chance has as many tries as there are values that it could carry to the second line.

    Args:
        train: Rows with each value, `(values,)`.
        test: The same values in the other sample.
        rows: Of the two samples, each above 0.
        num_tests: Comparisons of the report, which share its false alarms.
        design_effects: By value, by how much noisier its difference is than that of
            independent rows.
    """
    a, b = rows
    difference = np.abs(train / a - test / b)
    variances = [share_variance(train, a), share_variance(test, b)]
    pooled = (train + test + 1) / (a + b + 2)
    by_chance = np.sqrt(pooled * (1 - pooled) * (1 / a + 1 / b) * design_effects)
    slack = _normal(1 - MISSED_SHIFTS) * np.sqrt(sum(variances) * design_effects)
    # Values that chance would have to lift by more than four deviations don't count.
    tries = max(1, np.count_nonzero(LARGEST_DIFFERENCE - slack < 4 * by_chance))
    z = _normal(1 - FALSE_ALARMS / (2 * tries * num_tests))
    # Of rare values the tail is longer than a normal one, by Cornish and Fisher's term.
    longest_step = design_effects / min(a, b)
    noise = z * by_chance + (z**2 - 1) / 6 * longest_step
    at_least = np.maximum(noise, LARGEST_DIFFERENCE - slack)
    shifted = difference >= at_least
    undecided = (difference + slack >= LARGEST_DIFFERENCE) & (difference < noise)
    verdict = (
        "shifted" if shifted.any() else "undecided" if undecided.any() else "steady"
    )
    candidates = {"shifted": shifted, "undecided": undecided}.get(
        verdict, difference >= 0
    )
    position = int(np.argmax(np.where(candidates, difference, -1)))
    return Distance(
        float(difference[position]), float(at_least[position]), verdict, position
    )


def divergence(
    train: np.ndarray,
    test: np.ndarray,
    num_tests: int = 1,
    design_effect: float = 1.0,
) -> Distance:
    """Jensen-Shannon divergence in bits: `(KL(p || m) + KL(q || m)) / 2`, m their mean.

    Without a shift it is `8 ln 2 / (1/n + 1/m)` times smaller than a chi-squared number
    of one degree of freedom less than there are bins, of which the mean is subtracted.

    Args:
        train: Rows in each bin, `(bins,)`.
        test: The same bins in the other sample.
        num_tests: Comparisons of the report, which share its false alarms.
        design_effect: By how much noisier shares are than those of independent rows,
            on average over the bins.

    Reference:
        Lin, "Divergence Measures Based on the Shannon Entropy", IEEE Transactions on
        Information Theory 1991. TensorFlow Data Validation compares numbers by it.
    """
    freedom = max(1, len(train) - 1)
    scale = design_effect * (1 / train.sum() + 1 / test.sum()) / (8 * np.log(2))
    terms = _divergence_terms(train / train.sum(), test / test.sum())
    figure = float(terms.sum() - freedom * scale)
    # With few rows in a bin the tail is a little longer than that of chi-squared.
    tail = FALSE_ALARMS / (2 * num_tests)
    noise = (_chi_squared(freedom, 1 - tail) - freedom) * scale
    spread = scale * np.sqrt(2 * freedom + 4 * DIVERGENCE / scale)
    slack = _normal(1 - MISSED_SHIFTS) * spread
    at_least = max(noise, DIVERGENCE - slack)
    verdict = "shifted" if figure >= at_least else "steady"
    if verdict == "steady" and figure + slack >= DIVERGENCE:
        verdict = "undecided"
    return Distance(max(0.0, figure), float(at_least), verdict, int(np.argmax(terms)))


def share_variance(count: np.ndarray, rows: int) -> np.ndarray:
    """Of a value's share of independent rows.

    A value on no row at all still has one: it counts as on one of two more.
    """
    return (count + 1) * (rows - count + 1) / (rows + 2.0) ** 2 / rows


def _divergence_terms(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    mean = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [np.where(x > 0, x * np.log2(x / mean), 0.0) / 2 for x in (p, q)]
    return parts[0] + parts[1]


def _normal(probability: float) -> float:
    return NormalDist().inv_cdf(probability)


def _chi_squared(freedom: int, probability: float) -> float:
    """A quantile, by Wilson and Hilferty's cube of a normal number."""
    step = 2 / (9 * freedom)
    return freedom * (1 - step + _normal(probability) * np.sqrt(step)) ** 3
