"""Differences between contenders with intervals over users and seeds."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from contenders.scored import Scored

Predictions = Mapping[int, np.ndarray]
"""By seed, what a contender predicted for the rows of an output, `(scored rows,)`."""


@dataclass(frozen=True)
class Difference:
    """How much better one contender's AUC is than another's.

    Attributes:
        mean: Over seeds, on the test rows as they are.
        low: 2.5 % of the differences with other users and seeds are below.
        high: 2.5 % are above.
        seeds: How many pairs.
    """

    mean: float
    low: float
    high: float
    seeds: int

    def __str__(self) -> str:
        return f"{self.mean:+.4f} ({self.low:+.4f} to {self.high:+.4f})"


@dataclass(frozen=True)
class Aucs:
    """The AUCs of one contender on one output.

    Attributes:
        exact: By seed.
        resampled: By seed, `(resamples,)`.
    """

    exact: Mapping[int, float]
    resampled: Mapping[int, np.ndarray]


def aucs(output: Scored, predictions: Predictions) -> Aucs:
    """Scores every seed of a contender."""
    from mtl_rec.metrics import binary, resampled

    rows = output.labels, output.weights
    return Aucs(
        {
            seed: binary.auc(rows[0], probabilities, weights=rows[1])
            for seed, probabilities in predictions.items()
        },
        {
            seed: resampled.auc(rows[0], probabilities, output.draws, rows[1])
            for seed, probabilities in predictions.items()
        },
    )


def difference(ours: Aucs, theirs: Aucs, random_seed: int = 0) -> Difference | None:
    """Pairs seeds with seeds, or with the one run of what has no seed.

    In each resample of the users as many pairs of seeds are drawn, with replacement.

    Returns:
        None where they have no seed in common.
    """
    pairs = _pairs(list(ours.exact), list(theirs.exact))
    if not pairs:
        return None
    exact = [ours.exact[own] - theirs.exact[other] for own, other in pairs]
    by_pair = np.stack(
        [ours.resampled[own] - theirs.resampled[other] for own, other in pairs]
    )
    random = np.random.default_rng(random_seed)
    num_pairs, num_resamples = by_pair.shape
    drawn = random.integers(num_pairs, size=(num_pairs, num_resamples))
    differences = np.take_along_axis(by_pair, drawn, axis=0).mean(axis=0)
    low, high = np.nanquantile(differences, [0.025, 0.975])
    return Difference(float(np.mean(exact)), float(low), float(high), num_pairs)


def _pairs(ours: list[int], theirs: list[int]) -> list[tuple[int, int]]:
    if NO_SEED in theirs:
        return [(seed, NO_SEED) for seed in ours]
    return [(seed, seed) for seed in ours if seed in theirs]


NO_SEED = 0
"""Stands for the only run of a contender that chance has no part in."""
