import math

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from mtl_rec.config.features import Numeric
from mtl_rec.preprocess.numbers import (
    MAX_DEVIATIONS,
    bucket_ids,
    log_transform,
    standardise,
)
from mtl_rec.schema.number_statistics import NumberStatistics

NAN, INF = float("nan"), float("inf")
HUGE = float(np.finfo(np.float32).max)

PLAIN = Numeric(kind="numeric", name="plain", side="user")
LOG = Numeric(kind="numeric", name="log", side="user", transform="log")
HOUR, DAY = (
    Numeric(kind="numeric", name=n, side="user", transform="quantiles", num_buckets=4)
    for n in ("hour", "day")
)

STATISTICS = {
    "plain": NumberStatistics(10.0, 4.0),
    "log": NumberStatistics(1.0, 2.0),
    "hour": NumberStatistics(boundaries=(6.0, 12.0, 18.0)),
    "day": NumberStatistics(boundaries=(3.0,)),
}

float32s = st.floats(width=32)
# TensorFlow takes numbers below 1.2e-38 for 0.
normal_float32s = st.floats(width=32, allow_subnormal=False)


def scaled(rows, features, statistics=STATISTICS):
    values = tf.constant(rows, tf.float32)
    return tuple(
        part.numpy().tolist() for part in standardise(values, features, statistics)
    )


def buckets(rows, features, statistics=STATISTICS):
    return bucket_ids(tf.constant(rows, tf.float32), features, statistics).numpy()


def test_a_number_becomes_its_distance_from_the_mean_in_deviations():
    assert scaled([[10.0], [12.0], [2.0]], [PLAIN])[0] == [[0.0], [0.5], [-2.0]]


def test_a_logarithm_keeps_the_sign():
    rows = [[math.e - 1], [0.0], [1 - math.exp(3)]]

    values, _ = scaled(rows, [LOG])

    np.testing.assert_allclose(values, [[0.0], [-0.5], [-2.0]], atol=1e-6)


def test_columns_are_transformed_each_in_its_own_way():
    values, is_there = scaled([[18.0, 0.0], [NAN, 0.0]], [PLAIN, LOG])

    assert values == [[2.0, -0.5], [0.0, -0.5]]
    assert is_there == [[True, True], [False, True]]


@pytest.mark.parametrize("number", [NAN, INF, -INF])
@pytest.mark.parametrize("feature", [PLAIN, LOG], ids=lambda f: f.name)
def test_a_number_that_is_not_finite_is_missing_and_becomes_the_mean(number, feature):
    assert scaled([[number]], [feature]) == ([[0.0]], [[False]])


def test_numbers_far_out_are_cut_off():
    assert scaled([[1e9], [-1e9], [HUGE], [-HUGE]], [PLAIN])[0] == [
        [MAX_DEVIATIONS], [-MAX_DEVIATIONS], [MAX_DEVIATIONS], [-MAX_DEVIATIONS],
    ]  # fmt: skip


def test_numbers_whose_distance_float32_cannot_hold_are_right():
    wide = {"plain": NumberStatistics(-HUGE, HUGE)}

    assert scaled([[HUGE], [0.0], [-HUGE]], [PLAIN], wide)[0] == [[2.0], [1.0], [0.0]]


def test_large_numbers_keep_their_small_differences():
    times = {"plain": NumberStatistics(1.7e9, 128.0)}

    values, _ = scaled([[1.7e9], [1.7e9 + 128], [1.7e9 - 256]], [PLAIN], times)

    assert values == [[0.0], [1.0], [-2.0]]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(float32s, float32s), min_size=1, max_size=6),
    st.floats(-HUGE, HUGE),
    st.floats(1e-30, HUGE),
)
def test_what_comes_out_is_always_finite(rows, mean, deviation):
    statistics = dict.fromkeys(["plain", "log"], NumberStatistics(mean, deviation))

    values, is_there = scaled(rows, [PLAIN, LOG], statistics)

    assert np.abs(values).max() <= MAX_DEVIATIONS
    np.testing.assert_array_equal(is_there, np.isfinite(rows))


def test_a_boundary_belongs_to_the_bucket_above_it():
    rows = [[-HUGE], [5.9], [6.0], [11.0], [12.0], [18.0], [HUGE]]

    assert buckets(rows, [HOUR]).ravel().tolist() == [2, 2, 3, 3, 4, 5, 5]


@pytest.mark.parametrize("number", [NAN, INF, -INF])
def test_a_missing_number_has_a_bucket_of_its_own(number):
    assert buckets([[number]], [HOUR]).tolist() == [[1]]


def test_features_with_fewer_boundaries_have_fewer_buckets():
    rows = [[7.0, 2.0], [7.0, 4.0], [NAN, HUGE]]

    assert buckets(rows, [HOUR, DAY]).tolist() == [[3, 2], [3, 3], [1, 3]]


def test_a_feature_that_was_always_missing_has_one_bucket():
    nothing = {"hour": NumberStatistics()}

    assert buckets([[1.0], [HUGE], [NAN]], [HOUR], nothing).tolist() == [[2], [2], [1]]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(normal_float32s, min_size=1, max_size=8),
    st.lists(normal_float32s.filter(math.isfinite), max_size=5, unique=True),
)
def test_buckets_are_those_of_numpy(values, boundaries):
    learned = {"hour": NumberStatistics(boundaries=tuple(sorted(boundaries)))}

    found = buckets([[value] for value in values], [HOUR], learned).ravel()

    expected = 2 + np.searchsorted(sorted(boundaries), values, side="right")
    np.testing.assert_array_equal(found, np.where(np.isfinite(values), expected, 1))


def test_the_logarithm_that_is_learned_is_the_one_that_is_served():
    values = np.array([-HUGE, -1.0, 0.0, 0.5, 3.0, HUGE])

    standard = {"log": NumberStatistics(0.0, 100.0)}
    served, _ = scaled(values[:, None], [LOG], standard)

    np.testing.assert_allclose(np.ravel(served) * 100, log_transform(values), rtol=1e-6)
