"""The second-order term of a factorization machine."""

from itertools import combinations

import keras
import numpy as np
import pytest

from mtl_rec.models.layers import FieldSums, PairSums


@pytest.fixture
def fields():
    return np.random.default_rng(0).normal(size=(5, 4, 3)).astype("float32")


def pairs_of(fields):
    pairs = combinations(range(fields.shape[1]), 2)
    return sum(fields[:, i] * fields[:, j] for i, j in pairs)


@pytest.mark.parametrize("first_group", [1, 3])
def test_pairs_within_and_across_groups_are_added(first_group, fields):
    sums = FieldSums(3)
    groups = np.split(fields, [first_group], axis=1)

    vector = PairSums()(*(sums(own.reshape(5, -1)) for own in groups))

    np.testing.assert_allclose(np.array(vector), pairs_of(fields), rtol=1e-4, atol=1e-5)


def test_one_group_has_its_own_pairs(fields):
    vector = PairSums()(FieldSums(3)(fields.reshape(5, -1)))

    np.testing.assert_allclose(np.array(vector), pairs_of(fields), rtol=1e-4, atol=1e-5)


def test_a_single_field_has_no_pairs(fields):
    vector = PairSums()(FieldSums(3)(fields[:, 0]))

    np.testing.assert_allclose(np.array(vector), 0.0, atol=1e-6)


def test_shapes_are_known_without_a_batch(round_trip):
    sums = FieldSums(3)(keras.Input((12,)))

    assert sums.shape == (None, 6)
    assert PairSums()(sums, sums).shape == (None, 3)
    round_trip(FieldSums(3))
