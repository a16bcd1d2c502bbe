"""How well each user's rows are ranked among themselves.

A user's list is all rows of the user, best score first. Rows with one score share their
places: each counts for the mean of all orders they could be in. A row of weight w, one
sampled of many, takes w places.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mtl_rec.metrics.row_weights import row_weights
from mtl_rec.metrics.ties import divided


@dataclass(frozen=True)
class UserLists:
    """Metrics of every user with a positive; those without one are left out.

    Attributes:
        users: `(lists,)` codes.
        rows: `(lists,)` length, with its rows' weights.
        auc: `(lists,)`, of a user's rows alone; NaN where all are positive.
        recall: By cut-off k, `(lists,)`: share of the positives on the first k places.
        ndcg: By cut-off k, `(lists,)`: discounted gain of the first k places over that
            of the best order, `sum 1 / log2(place + 1)` over positives.

    Reference:
        Zhu et al., "Optimized Cost per Click in Taobao Display Advertising", KDD 2017,
        section 5, on AUC by user; Järvelin and Kekäläinen, "Cumulated Gain-Based
        Evaluation of IR Techniques", TOIS 2002; McSherry and Najork, "Computing
        Information Retrieval Performance Measures Efficiently in the Presence of Tied
        Scores", ECIR 2008.
    """

    users: np.ndarray
    rows: np.ndarray
    auc: np.ndarray
    recall: dict[int, np.ndarray]
    ndcg: dict[int, np.ndarray]

    @classmethod
    def of(
        cls,
        labels: np.ndarray,
        scores: np.ndarray,
        users: np.ndarray,
        cutoffs: Sequence[int],
        weights: np.ndarray | None = None,
    ) -> "UserLists":
        """Ranks every user's rows.

        Args:
            labels: `(rows,)`, 0 or 1.
            scores: `(rows,)`; only their order counts.
            users: `(rows,)` codes from 0.
            cutoffs: Each k of recall and NDCG.
            weights: How many rows each counts as.
        """
        is_ranked = (np.bincount(users, labels > 0) > 0)[users]
        weights = row_weights(labels, weights)[is_ranked]
        labels, scores, users = labels[is_ranked], scores[is_ranked], users[is_ranked]
        keys = _best_first(users, scores)
        order = np.argsort(keys)
        keys, users, weights = keys[order], users[order], weights[order]
        positives = np.where(labels[order] == 1, weights, 0.0)
        ties = np.flatnonzero(np.diff(keys, prepend=-1))
        lists = np.flatnonzero(np.diff(users, prepend=-1))
        list_of_tie = np.cumsum(np.isin(ties, lists, assume_unique=True)) - 1
        return cls._ranked(
            users[lists],
            list_of_tie,
            np.add.reduceat(weights, ties),
            np.add.reduceat(positives, ties),
            cutoffs,
        )

    @classmethod
    def _ranked(
        cls,
        users: np.ndarray,
        list_of_tie: np.ndarray,
        weights: np.ndarray,
        positives: np.ndarray,
        cutoffs: Sequence[int],
    ) -> "UserLists":
        """From rows with one score, best first in each list, to metrics of lists."""

        def by_list(values: np.ndarray) -> np.ndarray:
            return np.bincount(list_of_tie, values, minlength=len(users))

        rows, found = by_list(weights), by_list(positives)
        before = np.cumsum(weights) - weights - (np.cumsum(rows) - rows)[list_of_tie]
        found_before = (
            np.cumsum(positives) - positives - (np.cumsum(found) - found)[list_of_tie]
        )
        negatives = weights - positives
        not_above = (rows - found)[list_of_tie] - (before - found_before)
        wins = by_list(positives * (not_above - negatives / 2))
        gains = divided(positives, weights)
        recall, ndcg = {}, {}
        for cutoff in cutoffs:
            places = np.clip(cutoff - before, 0, weights)
            recall[cutoff] = by_list(gains * places) / found
            discounts = _discounts(before + weights, cutoff) - _discounts(
                before, cutoff
            )
            ndcg[cutoff] = by_list(gains * discounts) / _discounts(found, cutoff)
        auc = divided(wins, found * (rows - found))
        return cls(users, rows, auc, recall, ndcg)


def _best_first(users: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Numbers that ascend by user and then by descending score, equal for ties."""
    if scores.dtype == np.float32:
        # Bits of positive floats ascend as they do. Adding 0 makes -0 one of them.
        bits = (scores + np.float32(0)).view(np.uint32)
        is_negative = bits >> np.uint32(31) == 1
        places = np.where(is_negative, ~bits, bits | np.uint32(1 << 31))
        return (users.astype(np.int64) << 32) | (~places).astype(np.int64)
    distinct, places = np.unique(scores, return_inverse=True)
    return users.astype(np.int64) * len(distinct) + (len(distinct) - 1 - places)


def _discounts(places: np.ndarray, cutoff: int) -> np.ndarray:
    """Sum of `1 / log2(place + 1)` over places up to these, and to the cut-off."""
    steps = np.arange(cutoff + 1)
    running = np.append(0.0, np.cumsum(1 / np.log2(steps[1:] + 1)))
    return np.interp(places, steps, running)
