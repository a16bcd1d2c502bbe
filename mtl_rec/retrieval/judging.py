"""What lists of items are worth, user by user, with intervals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mtl_rec.metrics.estimate import Estimate, Totals
from mtl_rec.metrics.resampling import Resamples
from mtl_rec.metrics.ties import divided
from mtl_rec.retrieval.lists import NOTHING, best_items
from mtl_rec.retrieval.queries import ItemLists, Queries


@dataclass(frozen=True)
class Judgement:
    """Metrics of a retrieval model.

    Attributes:
        estimates: By metric, such as `recall@100`.
        by_user: By metric that is a mean over users, `(queries,)`; NaN where a user has
            none.
        num_queries: Users who were asked for.
        num_cold_queries: Those who should find a cold item.
        num_items: Items of the catalogue.
        num_cold_items: Those that are cold.
    """

    estimates: Mapping[str, Estimate]
    by_user: Mapping[str, np.ndarray]
    num_queries: int
    num_cold_queries: int
    num_items: int
    num_cold_items: int

    def plain_metrics(self) -> dict[str, dict[str, float | None]]:
        """Each metric with the ends of its interval, as JSON knows it."""
        metrics = {}
        for name, estimate in self.estimates.items():
            low, high = estimate.interval or (None, None)
            metrics[name] = {"value": float(estimate.value), "low": low, "high": high}
        return metrics

    def plain(self) -> dict[str, Any]:
        """As JSON knows it."""
        return {
            "queries": self.num_queries,
            "cold_queries": self.num_cold_queries,
            "items": self.num_items,
            "cold_items": self.num_cold_items,
            "metrics": self.plain_metrics(),
        }


def judge(
    score: Callable[[slice], np.ndarray],
    queries: Queries,
    training_counts: np.ndarray,
    is_cold: np.ndarray,
    cutoffs: Sequence[int],
    exclude_seen: bool,
    num_resamples: int = 1000,
) -> Judgement:
    """Judges the lists that scores give, in the mean over users.

    - `recall@k`: share of the items that a user should find on the first k places;
    - `ndcg@k`: their discounted gain over that of the best list;
    - `coverage@k`: share of the catalogue that is in some list, not a mean;
    - `novelty@k`: mean of `-log2 p` of the items of a list, where p is an item's share
      of training events, one added to each;
    - `cold_share@k`: share of a list's places that have a cold item;
    - `cold_recall@k`: recall of cold items, in lists of all items;
    - `cold_only_recall@k`: recall of cold items, in lists of these alone.

    Args:
        score: Adjacent queries to `(queries, items)`.
        queries: Whom to ask for; one or more.
        training_counts: `(items,)`, events of each that were learned from.
        is_cold: `(items,)`, those of which nothing was to be learned.
        cutoffs: Each k.
        exclude_seen: Whether lists leave out what the user had an event with before.
        num_resamples: Draws of users that intervals are from.

    References:
        Järvelin and Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques",
        TOIS 2002; Vargas and Castells, "Rank and Relevance in Novelty and Diversity
        Metrics for Recommender Systems", RecSys 2011, equation 8.
    """
    seen = queries.seen if exclude_seen else None
    num_items, longest = len(training_counts), max(cutoffs)
    lists = best_items(score, len(queries), num_items, longest, seen)
    judged = _Lists(lists, queries.relevant)
    surprise = -np.log2((training_counts + 1) / (training_counts.sum() + num_items))
    cold = queries.relevant.only(is_cold)
    by_user, coverage = {}, {}
    for k in cutoffs:
        by_user[f"recall@{k}"] = judged.recall(k)
        by_user[f"ndcg@{k}"] = judged.ndcg(k)
        coverage[f"coverage@{k}"] = judged.coverage(k, num_items)
        by_user[f"novelty@{k}"] = judged.mean(k, surprise)
        by_user[f"cold_share@{k}"] = judged.mean(k, is_cold)
    if len(cold.items):
        apart = best_items(score, len(queries), num_items, longest, seen, is_cold)
        for name, own in (("cold_recall", lists), ("cold_only_recall", apart)):
            judged = _Lists(own, cold)
            by_user |= {f"{name}@{k}": judged.recall(k) for k in cutoffs}
    num_cold = int(np.count_nonzero(cold.lengths))
    return Judgement(
        {**means_of_users(by_user, num_resamples), **coverage},
        by_user,
        len(queries),
        num_cold,
        num_items,
        int(is_cold.sum()),
    )


def means_of_users(
    by_user: Mapping[str, np.ndarray], num_resamples: int = 1000
) -> dict[str, Estimate]:
    """Means over those users who have a value.

    Args:
        by_user: One metric or more, `(users,)` each, NaN for none.
        num_resamples: Draws of users, the same for all who give as many users.
    """
    num_users = len(next(iter(by_user.values())))
    resamples = Resamples.of(np.arange(num_users), num_resamples)
    estimates = {}
    for name, values in by_user.items():
        has_any = np.isfinite(values)
        totals = Totals.of(
            resamples, values=np.nan_to_num(values), users=has_any.astype(float)
        )
        estimates[name] = totals.ratio("values", "users")
    return estimates


@dataclass(frozen=True)
class _Lists:
    lists: np.ndarray
    relevant: ItemLists

    def recall(self, k: int) -> np.ndarray:
        return self.relevant.recall(self.lists[:, :k])

    def ndcg(self, k: int) -> np.ndarray:
        discounts = 1 / np.log2(np.arange(k) + 2)
        best = np.append(0.0, np.cumsum(discounts))
        own = self.relevant.has(self.lists[:, :k]) @ discounts[: self.lists.shape[1]]
        return divided(own, best[np.minimum(self.relevant.lengths, k)])

    def mean(self, k: int, of_items: np.ndarray) -> np.ndarray:
        lists = self.lists[:, :k]
        is_there = lists != NOTHING
        values = np.where(is_there, of_items[lists], 0.0).sum(axis=1)
        return divided(values, is_there.sum(axis=1))

    def coverage(self, k: int, num_items: int) -> Estimate:
        """Without an interval: users who are drawn twice bring no new item."""
        items = np.unique(self.lists[:, :k])
        return Estimate(np.count_nonzero(items != NOTHING) / num_items, np.empty(0))
