"""Features in training against test."""

import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.config.features import Categorical, MultiCategorical, Numeric
from mtl_rec.data.report.feature_shifts import Bar, Comparison, FeatureShift

CATEGORY = Categorical(kind="categorical", name="x", side="item")
LIST = MultiCategorical(kind="multi_categorical", name="x", side="item", max_values=9)
NUMBER = Numeric(kind="numeric", name="x", side="item")


def compare(feature, train, test) -> FeatureShift:
    tables = [pa.table({"x": values}) for values in (train, test)]
    return Comparison("test", *tables).shift_of(feature, (0, 0), None)


def test_a_category_is_compared_by_its_shares():
    shift = compare(CATEGORY, ["a"] * 6 + ["b"] * 3 + [""], ["a"] * 2 + ["c"] * 3)

    assert shift.measure == "L-infinity"
    assert shift.distance.figure == pytest.approx(0.6)
    assert set(shift.bars) == {
        Bar("c", 0, 0.6),
        Bar("b", 0.3, 0),
        Bar("a", 0.6, 0.4),
        Bar("(none)", 0.1, 0),
    }
    assert shift.bars[0].label == "c"


def test_a_value_counts_once_for_a_row_of_lists():
    shift = compare(
        LIST, [["a", "a", "b"], ["b"], [], []], [["a", "a", "a"], ["b", "a"]]
    )

    assert set(shift.bars) == {
        Bar("a", 0.25, 1),
        Bar("b", 0.5, 0.5),
        Bar("(none)", 0.5, 0),
    }


def test_lists_that_are_all_empty_are_alike():
    empty = pa.array([[], []], pa.list_(pa.string()))

    shift = compare(LIST, empty, empty)

    assert shift.bars == (Bar("(none)", 1, 1),)
    assert shift.distance.figure == 0


def test_numbers_that_go_missing_have_shifted():
    random = np.random.default_rng(0)
    train, test = random.normal(size=(2, 5000))
    test[random.random(5000) < 0.1] = np.nan

    shift = compare(NUMBER, train, test)

    assert (shift.measure, shift.distance.verdict) == ("JSD", "shifted")
    assert shift.bars[-1] == Bar("(none)", 0, np.isnan(test).mean())
    assert sum(bar.train for bar in shift.bars) == pytest.approx(1)


def test_ranges_are_shown_in_their_order():
    values = np.tile([0.0, 0.0, 0.0, -2.0, -1.0, 4.0, 7.0, np.nan], 500)
    values += np.where(values, np.linspace(0, 0.1, 4000), 0)

    labels = [bar.label for bar in compare(NUMBER, values, values).bars]

    assert labels[0].startswith("up to -")
    assert labels[-1] == "(none)"
    assert 0 < labels.index("0") < len(labels) - 2
