"""How much of the sum counts, against the softmax item by item."""

from dataclasses import replace

import numpy as np
import pytest

from mtl_rec.retrieval.asked_users import AskedUsers
from mtl_rec.retrieval.queries import ItemLists, Queries
from mtl_rec.retrieval.share_of_sum import MEAN, SHARES, TriedShares, try_shares

NUM_USERS, NUM_ITEMS, DIM = 40, 12, 5
MODULE = "mtl_rec.retrieval.share_of_sum"


@pytest.fixture
def vectors():
    """Of users and items; the last number is the prior, which users meet by a 1."""
    random = np.random.default_rng(0)
    users, items = (random.normal(size=(n, DIM)) for n in (NUM_USERS, NUM_ITEMS))
    users[:, -1] = 1
    return users.astype(np.float32), items.astype(np.float32)


@pytest.fixture
def find(vectors, monkeypatch):
    """What some queries say, of which the first users are known."""

    def make(queries, num_known=25, temperature=1.0, exclude_seen=True):
        known = (np.arange(NUM_USERS) < num_known)[:, None]
        monkeypatch.setattr(f"{MODULE}.with_factors", lambda *_: None)
        monkeypatch.setattr(f"{MODULE}.user_ids_alone", lambda *_: None)
        monkeypatch.setattr(f"{MODULE}.is_known_user", lambda *_: known)
        monkeypatch.setattr(AskedUsers, "vectors", lambda *_: vectors)
        asked = AskedUsers(queries, {}, {}, 3, exclude_seen)
        design = type("Design", (), {"schema": None, "ids": None})
        return try_shares(None, None, design, asked, temperature)

    return make


def lists_of(lists):
    ends = np.append(0, np.cumsum([len(own) for own in lists]))
    return ItemLists(ends, np.concatenate(lists).astype(int))


def chosen_by(vectors, share, seed=0, number=1):
    """Queries of users who choose by the softmax of a share of what is learned."""
    random = np.random.default_rng(seed)
    users, items = vectors
    seen = [random.permutation(NUM_ITEMS)[: row % 3] for row in range(NUM_USERS)]
    wanted = []
    for row, own in enumerate(seen):
        scores = share * items[:, :-1] @ users[row, :-1] + items[:, -1]
        weights = np.exp(scores)
        weights[own] = 0
        drawn = random.choice(
            NUM_ITEMS, number, replace=False, p=weights / weights.sum()
        )
        wanted.append(np.sort(drawn))
    numbers = np.arange(NUM_USERS)
    return Queries(numbers, numbers, lists_of(wanted), lists_of(seen))


@pytest.mark.parametrize("temperature", [1.0, 2.0])
@pytest.mark.parametrize("exclude_seen", [True, False])
@pytest.mark.parametrize("block_scores", [1, 7 * NUM_ITEMS, 10**6])
def test_it_is_the_mean_log_probability_of_what_known_users_choose(
    temperature, exclude_seen, block_scores, vectors, find, monkeypatch
):
    monkeypatch.setattr("mtl_rec.retrieval.lists.BLOCK_SCORES", block_scores)
    queries = chosen_by(vectors, 0.5, number=2)
    users, items = vectors

    found = find(queries, 25, temperature, exclude_seen).log_likelihoods

    for share in SHARES:
        expected = []
        for row in range(25):
            scores = share * items[:, :-1] @ users[row, :-1] + items[:, -1]
            powers = np.exp(scores / temperature)
            wanted, seen = (
                own.items[own.offsets[row] : own.offsets[row + 1]]
                for own in (queries.relevant, queries.seen)
            )
            may = np.delete(powers, seen) if exclude_seen else powers
            expected.append(np.log(powers[wanted] / may.sum()).mean())
        assert found[share] == pytest.approx(np.mean(expected), abs=1e-5)
    assert list(found) == list(SHARES)


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_the_share_by_which_users_choose_is_found(share, vectors, find):
    found = [
        find(chosen_by(vectors, share, seed), NUM_USERS).chosen for seed in range(12)
    ]

    assert np.mean(found) == pytest.approx(share, abs=0.15)


def test_recall_is_that_of_known_users_and_leaves_the_prior_as_it_is(vectors, find):
    queries = chosen_by(vectors, 0.5)
    users, items = vectors

    found = find(queries, 25).recalls

    for share in SHARES:
        for row in range(25):
            scores = share * items[:, :-1] @ users[row, :-1] + items[:, -1]
            offsets = queries.seen.offsets[row : row + 2]
            scores[queries.seen.items[slice(*offsets)]] = -np.inf
            (wanted,) = queries.relevant.items[row : row + 1]
            assert found[share][row] == (wanted in np.argsort(-scores)[:3])
        assert len(found[share]) == 25


@pytest.mark.parametrize(
    ("gains", "chosen"),
    [
        # All find more by the larger share, which makes choices less probable.
        (np.full(100, 0.01), 1.0),
        # Some find more and some less: it can't be told which is better.
        (np.where(np.arange(100) % 2, 0.5, -0.48), 0.1),
        (np.full(100, -0.01), 0.1),
    ],
    ids=["more", "noise", "less"],
)
def test_probability_decides_where_recall_does_not(gains, chosen):
    recalls = {0.1: np.full(100, 0.5), 1.0: 0.5 + gains}

    tried = TriedShares(recalls, {0.1: -2.0, 1.0: -3.0})

    assert tried.chosen == chosen
    about = tried.about()
    assert about["chosen"] == chosen
    assert about["validation"][0.1] == {"recall": 0.5, "log_likelihood": -2.0}


def test_without_known_users_it_is_the_mean(vectors, find):
    found = find(chosen_by(vectors, 1.0), num_known=0)

    assert found.chosen == MEAN
    assert np.isnan(found.about()["validation"][MEAN]["log_likelihood"])


def test_what_is_seen_is_never_probable(vectors, find):
    """Where lists leave out all but one item, each share makes it certain."""
    queries = chosen_by(vectors, 0.5)
    others = [
        np.delete(np.arange(NUM_ITEMS), queries.relevant.items[row])
        for row in range(NUM_USERS)
    ]

    found = find(replace(queries, seen=lists_of(others))).log_likelihoods

    assert list(found.values()) == pytest.approx([0.0] * len(SHARES), abs=1e-6)
