"""Users drawn with replacement: how far a metric would be another with other users.

A user's rows are not independent of each other, so whole users are drawn. Two models
that are scored with the same draws give paired differences: what is common to both, as
how hard the drawn users are to predict, falls out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

MOST_BUNDLES = 2048
"""More users than this are put together at random into as many bundles."""

DEFINED_SHARE = 0.9
"""Share of the resamples in which a metric must be defined to have an interval."""


@dataclass(frozen=True)
class Resamples:
    """How often each user is in each resample, and whose each row is.

    Many users are first put together at random into bundles of equal size, which are
    then drawn as wholes. Bundles are as independent as users are, so that the spread
    of a sum over them is the same on average; it is known to one part in
    `sqrt(2 * MOST_BUNDLES)`, less than what the number of resamples leaves open.

    Attributes:
        users: `(rows,)` codes from 0.
        bundles: `(rows,)`, of each row's user.
        bundle_of_user: `(users,)`; of the users of all rows, were rows left out.
        counts: `(bundles, resamples)` float32, how often each is drawn.

    Reference:
        Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 8;
        Chamandy, Muralidharan, Najmi and Naidu, "Estimating Uncertainty for Massive
        Data Streams", 2012, section 4, on bundles.
    """

    users: np.ndarray
    bundles: np.ndarray
    bundle_of_user: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(
        cls, groups: np.ndarray, num_resamples: int = 1000, seed: int = 0
    ) -> "Resamples":
        """Draws as many users as there are, again and again.

        Args:
            groups: `(rows,)` integers, equal where the user is the same; without
                users, `np.arange(rows)`.
            num_resamples: How often to draw.
            seed: Equal seeds and users give equal draws.
        """
        users, num_users = _codes(groups)
        random = np.random.default_rng(seed)
        num_bundles = max(min(num_users, MOST_BUNDLES), 1)
        dealt = (random.permutation(num_users) % num_bundles).astype(np.int16)
        shares = np.full(num_bundles, 1 / num_bundles)
        counts = random.multinomial(num_bundles, shares, num_resamples)
        # In rows, as sums over bundles are products with this from the left.
        counts = np.ascontiguousarray(counts.T, np.float32)
        return cls(users, dealt[users], dealt, counts)

    def __len__(self) -> int:
        """Returns the number of rows."""
        return len(self.users)

    def rows(self, chosen: np.ndarray) -> "Resamples":
        """The same draws for some of the rows, as a mask or by their positions."""
        return replace(self, users=self.users[chosen], bundles=self.bundles[chosen])

    def of_users(self, users: np.ndarray) -> "Resamples":
        """The same draws for other rows, whose users have these codes."""
        return replace(self, users=users, bundles=self.bundle_of_user[users])

    @property
    def num_resamples(self) -> int:
        """How often was drawn; 0 where only the rows as they are count."""
        return self.counts.shape[1]

    @property
    def num_users(self) -> int:
        """Users that are drawn, whether the rows have them or not."""
        return len(self.bundle_of_user)

    def sums(self, *columns: np.ndarray) -> np.ndarray:
        """Sums over the rows of each resample, `(columns, resamples)` float64.

        Args:
            *columns: `(rows,)` each. Several at once take little longer than one.
        """
        bundles, num_bundles = self.bundles, len(self.counts)
        by_bundle = [np.bincount(bundles, c, num_bundles) for c in columns]
        return _product(np.array(by_bundle), self.counts)

    def histograms(
        self, bin_starts: np.ndarray, *columns: np.ndarray
    ) -> Iterator[np.ndarray]:
        """Sums by bin over the rows of each resample, `(bins, resamples)` float32 each.

        Args:
            bin_starts: First row of each bin; rows are in the order of their bins.
            *columns: `(rows,)` each.
        """
        num_bins, num_bundles = len(bin_starts), len(self.counts)
        sizes = np.diff(bin_starts, append=len(self))
        firsts = np.arange(num_bins, dtype=np.int64) * num_bundles
        places = np.repeat(firsts, sizes)
        places += self.bundles
        for column in columns:
            summed = np.bincount(places, column, num_bins * num_bundles)
            by_bundle = summed.reshape(num_bins, num_bundles).astype(np.float32)
            yield _product(by_bundle, self.counts)


def interval(
    resampled: np.ndarray, confidence: float = 0.95
) -> tuple[float, float] | None:
    """The percentile interval; None where a metric is undefined in many resamples.

    Args:
        resampled: `(resamples,)`, of a metric or of a difference; NaN where undefined.
        confidence: Share of the resamples that is inside.

    Reference:
        Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
    """
    defined = resampled[np.isfinite(resampled)]
    if len(defined) < max(DEFINED_SHARE * len(resampled), 1):
        return None
    outside = (1 - confidence) / 2
    low, high = np.quantile(defined, [outside, 1 - outside])
    return float(low), float(high)


def _product(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The matrix product, without what is 0 where that is much, as in small slices."""
    used, needed = np.any(values, axis=0), np.any(values, axis=1)
    if 2 * np.count_nonzero(used) > values.shape[1] and np.all(needed):
        return values @ counts
    product = np.zeros((len(values), counts.shape[1]), values.dtype)
    product[needed] = values[np.ix_(needed, used)] @ counts[used]
    return product


def _codes(groups: np.ndarray) -> tuple[np.ndarray, int]:
    """Codes without gaps, and how many there are."""
    if groups.ndim != 1 or not np.issubdtype(groups.dtype, np.integer):
        raise ValueError(
            "`groups` must be `(rows,)` integers, one for each user. "
            f"Received: {groups.shape} {groups.dtype}."
        )
    if not len(groups):
        return groups.astype(np.int32), 0
    is_dense = groups.min() >= 0 and groups.max() < 2 * len(groups)
    if is_dense:
        # Sorting is slow where counting does.
        is_there = np.bincount(groups) > 0
        codes = np.cumsum(is_there) - 1
        return codes[groups].astype(np.int32), int(is_there.sum())
    distinct, codes = np.unique(groups, return_inverse=True)
    return codes.astype(np.int32), len(distinct)
