"""Metrics of lists, against computing them user by user."""

import math

import numpy as np
import pytest

from mtl_rec.retrieval.judging import judge
from mtl_rec.retrieval.queries import ItemLists, Queries

NUM_QUERIES, NUM_ITEMS, CUTOFFS = 30, 50, (1, 7, 20)
COUNTS = np.where(np.arange(NUM_ITEMS) % 4 == 0, 0, np.arange(NUM_ITEMS))
# An item that was shown is not cold, even if nobody did anything with it.
IS_COLD = (COUNTS == 0) & (np.arange(NUM_ITEMS) % 3 > 0)


def random_lists(random, lengths):
    own = [np.sort(random.permutation(NUM_ITEMS)[:n]) for n in lengths]
    return ItemLists(np.append(0, np.cumsum(lengths)), np.concatenate(own))


@pytest.fixture(scope="module")
def scores():
    return np.random.default_rng(3).normal(size=(NUM_QUERIES, NUM_ITEMS))


@pytest.fixture(scope="module")
def queries():
    random = np.random.default_rng(4)
    numbers = np.arange(NUM_QUERIES)
    relevant = random_lists(random, random.integers(1, 6, NUM_QUERIES))
    seen = random_lists(random, random.integers(0, 9, NUM_QUERIES))
    # What was seen is no longer wanted.
    kept = ~np.concatenate(
        [
            np.isin(own, before)
            for own, before in zip(split(relevant), split(seen), strict=True)
        ]
    )
    ends = np.append(0, np.cumsum(kept))[relevant.offsets]
    return Queries(numbers, numbers, ItemLists(ends, relevant.items[kept]), seen)


def split(lists):
    return np.split(lists.items, lists.offsets[1:-1])


def ranking(scores, seen, allowed=None):
    """The items that may be in a list, best first."""
    order = np.argsort(-scores)
    may = ~np.isin(order, seen)
    return order[may if allowed is None else may & allowed[order]]


def expected(scores, queries, k):
    """Every metric by its definition."""
    rankings = [
        ranking(own, before)
        for own, before in zip(scores, split(queries.seen), strict=True)
    ]
    of_cold = [
        ranking(own, before, IS_COLD)
        for own, before in zip(scores, split(queries.seen), strict=True)
    ]
    wanted = [set(own.tolist()) for own in split(queries.relevant)]
    cold = [{item for item in own if IS_COLD[item]} for own in wanted]
    tops = [own[:k].tolist() for own in rankings]
    shares = (COUNTS + 1) / (COUNTS + 1).sum()
    placed = [item for own in tops for item in own]

    def recall(lists, relevant):
        pairs = zip(lists, relevant, strict=True)
        return np.mean(
            [len({*own[:k]} & goal) / len(goal) for own, goal in pairs if goal]
        )

    def gain(places):
        return sum(1 / math.log2(place + 2) for place in places)

    return {
        "recall": recall(rankings, wanted),
        "ndcg": np.mean(
            [
                gain(p for p, item in enumerate(own) if item in goal)
                / gain(range(min(k, len(goal))))
                for own, goal in zip(tops, wanted, strict=True)
                if goal
            ]
        ),
        "coverage": len(set(placed)) / NUM_ITEMS,
        "novelty": np.mean([-math.log2(shares[item]) for item in placed]),
        "cold_share": np.mean([IS_COLD[item] for item in placed]),
        "cold_recall": recall(rankings, cold),
        "cold_only_recall": recall(of_cold, cold),
    }


def judged(scores, queries, is_cold=IS_COLD, exclude_seen=True):
    return judge(
        lambda rows: scores[rows], queries, COUNTS, is_cold, CUTOFFS, exclude_seen, 200
    )


def test_every_metric_is_what_its_definition_says(scores, queries):
    judgement = judged(scores, queries)

    wanted = {
        f"{name}@{k}": value
        for k in CUTOFFS
        for name, value in expected(scores, queries, k).items()
    }
    found = {name: own.value for name, own in judgement.estimates.items()}
    assert found == pytest.approx(wanted, rel=1e-6)
    assert judgement.num_items == NUM_ITEMS
    assert judgement.num_cold_items == IS_COLD.sum()
    cold_queries = [own for own in split(queries.relevant) if IS_COLD[own].any()]
    assert judgement.num_cold_queries == len(cold_queries)


def test_a_metric_is_the_mean_over_users_who_have_it(scores, queries):
    judgement = judged(scores, queries)

    means = {n: np.nanmean(own) for n, own in judgement.by_user.items()}
    found = {name: own.value for name, own in judgement.estimates.items()}
    coverages = {f"coverage@{k}": found[f"coverage@{k}"] for k in CUTOFFS}
    assert means | coverages == pytest.approx(found)
    has_cold = [IS_COLD[own].any() for own in split(queries.relevant)]
    for name, own in judgement.by_user.items():
        has_any = np.ones(NUM_QUERIES, bool)
        if "recall" in name or "ndcg" in name:
            has_any = has_cold if "cold" in name else queries.relevant.lengths > 0
        np.testing.assert_array_equal(np.isfinite(own), has_any)


def test_intervals_hold_the_value_and_the_same_users_give_the_same(scores, queries):
    first, second = (judged(scores, queries).plain() for _ in range(2))

    assert first == second
    for name, own in first["metrics"].items():
        if name.startswith("coverage"):
            assert own["low"] is None
        else:
            assert own["low"] <= own["value"] <= own["high"]
    recall = first["metrics"]["recall@20"]
    assert recall["low"] < recall["value"] < recall["high"]


def test_perfect_scores_are_worth_everything_and_the_worst_nothing(queries):
    relevant = queries.relevant.mask(NUM_ITEMS, slice(0, NUM_QUERIES)).astype(float)

    best, worst = judged(relevant, queries), judged(-relevant, queries)

    for name in ("recall@7", "ndcg@1", "ndcg@20", "cold_recall@7"):
        assert best.estimates[name].value == pytest.approx(1)
        assert worst.estimates[name].value == 0


def test_what_a_user_had_is_in_lists_only_where_it_may_be(queries):
    seen = queries.seen.mask(NUM_ITEMS, slice(0, NUM_QUERIES)).astype(float)
    by_seen = Queries(queries.users, queries.row_numbers, queries.seen, queries.seen)

    without = judged(seen, by_seen, exclude_seen=True)
    with_seen = judged(seen, by_seen, exclude_seen=False)

    assert without.estimates["recall@20"].value == 0
    assert with_seen.estimates["recall@20"].value == pytest.approx(1)


def test_a_catalogue_without_cold_items_has_no_cold_recall(scores, queries):
    judgement = judged(scores, queries, is_cold=np.zeros_like(IS_COLD))

    assert "cold_recall@7" not in judgement.estimates
    assert judgement.estimates["cold_share@7"].value == 0
    assert judgement.num_cold_items == judgement.num_cold_queries == 0


def test_more_places_than_items_change_no_recall(queries):
    scores = np.random.default_rng(0).normal(size=(NUM_QUERIES, NUM_ITEMS))

    judgement = judge(
        lambda rows: scores[rows], queries, COUNTS, IS_COLD, (50, 80), True, 10
    )

    for name in ("recall", "coverage", "novelty", "ndcg"):
        values = [judgement.estimates[f"{name}@{k}"].value for k in (50, 80)]
        assert values[0] == pytest.approx(values[1])
