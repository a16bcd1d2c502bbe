"""Rows of one user are alike: how much less they tell than as many rows of others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mtl_rec.config.features import Categorical, Feature, Hashed
from mtl_rec.data.report.noise import share_variance

FEWEST_USERS = 100
"""Fewer, counted as if each had as many rows, can't say how much users differ."""


@dataclass(frozen=True)
class Clusters:
    """Who the rows of two samples are of.

    Attributes:
        train: A number for the user of each row, `(rows,)`.
        test: The same numbers for the same users.
    """

    train: np.ndarray
    test: np.ndarray

    def design_effects(
        self,
        train: tuple[np.ndarray, np.ndarray],
        test: tuple[np.ndarray, np.ndarray],
        num_values: int,
    ) -> np.ndarray:
        """By how much noisier the difference of each value's shares is for it.

        The variance of `share_train(v) - share_test(v)` if users are drawn rather than
        rows, over that if rows were: 1 where each user has one row. It is estimated
        from what each user adds to the difference beyond what its rows would at the
        shares of the two samples. What a user adds to both alike cancels.

        Args:
            train: Rows and the value of each, once for every value that a row holds.
            test: The same of the other sample.
            num_values: Values that there are.

        Returns:
            `(num_values,)`, each at least 1.

        Reference:
            Rao and Scott, "On Chi-squared Tests for Multiway Contingency Tables with
            Cell Proportions Estimated from Survey Data", Annals of Statistics 1984.
        """
        counts = [np.bincount(v, minlength=num_values) for _, v in (train, test)]
        users, num_users = (self.train, self.test), self._num_users
        sizes = [len(own) for own in users]
        a, b = (np.bincount(own, minlength=num_users) / len(own) for own in users)
        p, q = (count / size for count, size in zip(counts, sizes, strict=True))
        values = np.concatenate([train[1], test[1]])
        owners = np.concatenate([self.train[train[0]], self.test[test[0]]])
        weights = np.repeat(
            [1 / sizes[0], -1 / sizes[1]], [len(train[1]), len(test[1])]
        )
        pairs, place = np.unique(owners * num_values + values, return_inverse=True)
        added = np.bincount(place, weights, len(pairs))
        value, user = pairs % num_values, pairs // num_values

        def by_value(terms: np.ndarray) -> np.ndarray:
            return np.bincount(value, terms, num_values)

        # The sum over users of (added - p a + q b)^2, most of which added nothing.
        spread = by_value(
            added**2 - 2 * added * (p[value] * a[user] - q[value] * b[user])
        )
        spread += p**2 * (a @ a) - 2 * p * q * (a @ b) + q**2 * (b @ b)
        by_rows = sum(map(share_variance, counts, sizes))
        return np.maximum(spread / by_rows, 1.0)

    @property
    def _num_users(self) -> int:
        return int(max(self.train.max(), self.test.max())) + 1


def find_clusters(
    features: Sequence[Feature], train: pa.Table, test: pa.Table
) -> Clusters | None:
    """Users by the feature of side `user` with the most values, its id if it is there.

    Args:
        features: Those of the rows.
        train: A sample of canonical rows.
        test: The other one.

    Returns:
        None where no feature tells many users from one another.
    """
    best, most = None, float(FEWEST_USERS)
    for feature in features:
        if not isinstance(feature, Categorical | Hashed) or feature.side != "user":
            continue
        both = [sample[feature.name].combine_chunks() for sample in (train, test)]
        encoded = pa.chunked_array(both).dictionary_encode().combine_chunks()
        codes = encoded.indices.to_numpy()
        shares = np.bincount(codes) / len(codes)
        if 1 / (shares @ shares) >= most:
            most = 1 / (shares @ shares)
            best = Clusters(codes[: len(train)], codes[len(train) :])
    return best
