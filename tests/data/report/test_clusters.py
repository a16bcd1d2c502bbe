"""Rows of one user tell less than as many of others, by as much as they are alike."""

import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.config.features import Categorical
from mtl_rec.data.report.clusters import Clusters, find_clusters

USERS = 2000


def effects(users, values, num_values=4):
    held = [(np.arange(len(own)), own) for own in values]
    return Clusters(*users).design_effects(held[0], held[1], num_values)


def test_rows_of_many_users_are_independent():
    random = np.random.default_rng(0)
    users = np.arange(USERS), np.arange(USERS, 2 * USERS)

    found = effects(users, random.integers(0, 4, (2, USERS)))

    assert found == pytest.approx(1, abs=0.02)


def test_ten_rows_that_are_always_alike_tell_as_much_as_one():
    random = np.random.default_rng(0)
    users = np.repeat(np.arange(USERS), 10), np.repeat(np.arange(USERS) + USERS, 10)

    found = effects(users, np.repeat(random.integers(0, 4, (2, USERS)), 10, axis=1))

    assert found == pytest.approx(10, rel=0.02)


def test_what_users_bring_to_both_samples_cancels():
    random = np.random.default_rng(0)
    users = np.repeat(np.arange(USERS), 10)
    values = np.repeat(random.integers(0, 4, USERS), 10)

    assert (effects((users, users), (values, values)) == 1).all()


@pytest.mark.parametrize("share", [0.0, 0.02])
def test_a_shift_is_no_design_effect_however_unlike_the_samples(share):
    random = np.random.default_rng(0)
    users = np.arange(50_000), np.arange(50_000, 50_400)
    train = np.where(random.random(50_000) < share, 3, 0)
    test = np.where(random.random(400) < 0.3, 3, 0)

    assert effects(users, (train, test)) == pytest.approx(1, abs=0.05)


def test_users_are_told_by_the_feature_with_the_most_of_them():
    features = [
        Categorical(kind="categorical", name="sex", side="user"),
        Categorical(kind="categorical", name="user", side="user"),
        Categorical(kind="categorical", name="item", side="item"),
    ]
    rows = pa.table(
        {
            "sex": ["f", "m"] * 200,
            "user": [f"u{n % 150}" for n in range(400)],
            "item": [f"i{n}" for n in range(400)],
        }
    )

    clusters = find_clusters(features, rows.slice(0, 300), rows.slice(300))

    assert clusters.train.tolist() == [n % 150 for n in range(300)]
    assert clusters.test.tolist() == [n % 150 for n in range(300, 400)]
    assert find_clusters(features[:1], rows, rows) is None
