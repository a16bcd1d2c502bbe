"""Each user's rows among themselves, against plain loops and scikit-learn."""

from itertools import permutations

import numpy as np
import pytest
from any_rows import any_rows, repeated
from hypothesis import given, settings
from sklearn.metrics import ndcg_score, roc_auc_score

from mtl_rec.metrics.estimate import Totals
from mtl_rec.metrics.resampling import Resamples
from mtl_rec.metrics.user_lists import UserLists

K = 3


def lists_of(labels, scores, users):
    """The labels and scores of every user with a positive."""
    for user in np.unique(users):
        own = users == user
        if labels[own].any():
            yield labels[own], scores[own]


@settings(max_examples=150, deadline=None)
@given(any_rows())
def test_auc_is_that_of_each_users_rows(rows):
    labels, scores, users, weights = rows

    lists = UserLists.of(labels, scores, users, [K], weights)

    expected = [
        np.nan if own.all() else roc_auc_score(own, of_user)
        for own, of_user in lists_of(*repeated(weights, labels, scores, users))
    ]
    np.testing.assert_allclose(lists.auc, expected)


@settings(max_examples=100, deadline=None)
@given(any_rows(max_rows=6))
def test_recall_is_the_mean_over_all_orders_of_ties(rows):
    labels, scores, users, _ = rows
    labels = labels.astype(float)

    lists = UserLists.of(labels, scores, users, [K])

    expected = [
        np.mean([own[list(order[:K])].mean() for order in orders(of_user)])
        * min(K, len(own))
        / own.sum(dtype=float)
        for own, of_user in lists_of(labels, scores, users)
    ]
    np.testing.assert_allclose(lists.recall[K], expected)


def orders(scores):
    """All orders of rows from the best to the worst score."""
    return [
        order
        for order in permutations(range(len(scores)))
        if all(np.diff(scores[list(order)]) <= 0)
    ]


@settings(max_examples=150, deadline=None)
@given(any_rows())
def test_ndcg_is_that_of_scikit_learn(rows):
    labels, scores, users, weights = rows

    lists = UserLists.of(labels, scores, users, [K], weights)

    expected = [
        # It refuses lists of one row, which is on its place.
        1.0 if len(own) == 1 else ndcg_score(own[None], of_user[None], k=K)
        for own, of_user in lists_of(*repeated(weights, labels, scores, users))
    ]
    np.testing.assert_allclose(lists.ndcg[K], expected, rtol=1e-6)


@settings(max_examples=100, deadline=None)
@given(any_rows())
def test_a_row_that_counts_twice_is_two_rows(rows):
    labels, scores, users, weights = rows

    weighted = UserLists.of(labels, scores, users, [K], weights)

    plain = UserLists.of(*repeated(weights, labels, scores, users), [K])
    np.testing.assert_allclose(weighted.rows, plain.rows)
    np.testing.assert_allclose(weighted.auc, plain.auc)
    np.testing.assert_allclose(weighted.recall[K], plain.recall[K])
    np.testing.assert_allclose(weighted.ndcg[K], plain.ndcg[K])


def test_numbers_below_zero_are_ranked_below():
    scores = np.array([-2.0, -1.0, -0.0, 0.0, 1.0], np.float32)
    labels = np.array([0, 1, 0, 1, 0])

    lists = UserLists.of(labels, scores, np.zeros(5, int), [K])

    assert lists.auc == pytest.approx((1 + 1.5) / 6)


def test_without_rows_there_is_no_list():
    nothing = np.zeros(0)

    lists = UserLists.of(nothing, nothing, np.zeros(0, int), [K])

    assert len(lists.users) == len(lists.auc) == len(lists.ndcg[K]) == 0


def test_a_mean_over_users_is_resampled_by_user():
    users = np.array([0, 3])
    resamples = Resamples.of(np.array([0, 1, 2, 3]), num_resamples=30)

    totals = Totals.of(resamples.of_users(users), hits=np.eye(2)[0], lists=np.ones(2))
    mean = totals.ratio("hits", "lists")

    counts = resamples.counts[resamples.bundle_of_user[users]]
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(mean.resampled, counts[0] / counts.sum(0))
    assert mean.value == 0.5
