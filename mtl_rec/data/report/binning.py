"""Bins for numbers that two samples share."""

from itertools import pairwise

import numpy as np

MOST_BINS = 200


def num_bins(rows: float) -> int:
    """Bins for samples of which the smaller has so many rows.

    More bins see narrower shifts and are noisier. With one and a half times the
    square root of the rows, 67 for 2,000, chance stays below a third of the threshold,
    and a 25th of the rows that all move to one narrow place is seen.
    """
    return int(np.clip(round(1.5 * np.sqrt(rows)), 4, MOST_BINS))


class Bins:
    """Bins of about equal shares of the two samples, each of which counts half.

    A value that alone has half a bin's share, such as a zero, is a bin of its own, so
    that what surrounds it can't hide behind it. Missing values are the last bin.

    Args:
        train: Numbers, NaN or infinite where missing.
        test: Numbers of the other sample.
        number: Bins wanted, without that of the missing values.
    """

    def __init__(self, train: np.ndarray, test: np.ndarray, number: int) -> None:
        samples = [array[np.isfinite(array)] for array in (train, test)]
        values, positions = np.unique(np.concatenate(samples), return_inverse=True)
        weights = np.concatenate([np.full(len(s), 1 / max(1, len(s))) for s in samples])
        shares = np.bincount(positions, weights, minlength=len(values))
        shares = shares / max(shares.sum(), 1e-300)
        alone = shares >= 1 / (2 * number)
        self.atoms = values[alone]
        rest, rest_shares = values[~alone], shares[~alone]
        wanted = max(1, round(rest_shares.sum() * number))
        ends = np.cumsum(rest_shares) / max(rest_shares.sum(), 1e-300)
        cuts = np.searchsorted(ends, np.arange(1, wanted) / wanted)
        self.edges = np.unique(rest[cuts]) if len(rest) else np.empty(0)
        self.num_between = len(self.edges) + 1

    def __len__(self) -> int:
        return self.num_between + len(self.atoms) + 1

    def of(self, values: np.ndarray) -> np.ndarray:
        """The bin of each value."""
        bins = np.searchsorted(self.edges, values, side="left")
        if len(self.atoms):
            places = np.searchsorted(self.atoms, values).clip(max=len(self.atoms) - 1)
            is_atom = self.atoms[places] == values
            bins = np.where(is_atom, self.num_between + places, bins)
        return np.where(np.isfinite(values), bins, len(self) - 1)

    def counts(self, values: np.ndarray) -> np.ndarray:
        """Values in each bin, `(len(self),)`."""
        return np.bincount(self.of(values), minlength=len(self))

    def in_order(self) -> np.ndarray:
        """The bins by what they hold, the missing values last."""
        keys = np.concatenate([self.edges, [np.inf], self.atoms, [np.inf]])
        return np.argsort(keys, kind="stable")

    def labels(self) -> list[str]:
        """What each bin holds, for people: a range, a number, or nothing."""
        ends = [f"{edge:.4g}" for edge in self.edges]
        between = [f"{a} to {b}" for a, b in pairwise(ends)]
        if ends:
            between = [f"up to {ends[0]}", *between, f"over {ends[-1]}"]
        else:
            between = ["others" if len(self.atoms) else "any"]
        return [*between, *(f"{atom:.4g}" for atom in self.atoms), "(none)"]
