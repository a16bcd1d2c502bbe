"""How well one feature alone ranks a label."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtl_rec.data.report.ranking import auc_by_order, auc_by_rate, auc_either_way
from mtl_rec.metrics.binary import auc

rows = st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=60)


@given(rows)
def test_it_is_the_auc_of_the_metrics(pairs):
    codes, labels = (np.array(column) for column in zip(*pairs, strict=True))
    expected = auc(labels.astype(float), codes / 10)

    assert auc_by_order(codes, labels) == pytest.approx(expected, nan_ok=True)
    assert auc_either_way(codes, labels) == pytest.approx(
        max(expected, 1 - expected), nan_ok=True
    )


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(0)


def test_an_id_of_one_row_knows_nothing(random):
    labels, folds = random.random((2, 5000)) < 0.3

    assert auc_by_rate(np.arange(5000), labels, folds) == 0.5


@pytest.mark.parametrize("values", [3, 100, 2500])
def test_values_without_meaning_rank_like_chance(random, values):
    codes = random.integers(0, values, 5000)
    labels, folds = random.random((2, 5000)) < 0.3

    assert auc_by_rate(codes, labels, folds) == pytest.approx(0.5, abs=0.03)


def test_values_that_are_the_answer_rank_perfectly_in_any_order(random):
    labels, folds = random.random((2, 5000)) < 0.3
    codes = np.where(labels, random.choice([1, 4], 5000), random.choice([0, 2], 5000))

    assert auc_by_rate(codes, labels, folds) == 1.0
    assert auc_by_order(codes, labels) < 0.9


def test_a_class_that_a_half_lacks_leaves_it_undefined():
    labels = np.array([True, False, False])

    assert np.isnan(auc_by_rate(np.arange(3), labels, np.array([True, True, False])))
