"""What labels must not be."""

import re

import pyarrow as pa
import pytest

from mtl_rec.config.tasks import Task
from mtl_rec.data.checking import LabelCheck
from mtl_rec.errors import SchemaError

CLICK = Task(name="click", label="clicked")
PURCHASE = Task(name="purchase", after="click")
VALUE = Task(name="value", kind="regression", after="purchase")
RATING = Task(name="rating", kind="regression")
NAN = float("nan")


def check(tasks, *chunks, part="train"):
    labels = LabelCheck(tasks, part)
    for chunk in chunks:
        columns = {name: pa.array(c, pa.float32()) for name, c in chunk.items()}
        labels.add(pa.table(columns))
    labels.finish()


def test_proper_labels_pass():
    check(
        [CLICK, PURCHASE, VALUE],
        {"click": [1, 0], "purchase": [1, 0], "value": [9.5, NAN]},
        {"click": [1, 1], "purchase": [0, 0], "value": [NAN, 3.0]},
    )


def test_a_value_that_is_no_event_is_refused():
    text = (
        "`click` must be 0 or 1 on every row. Received: 2, the first of 3 such values "
        "on 5 training rows (column 'clicked')."
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        check([CLICK], {"click": [0, 1, 2]}, {"click": [0.5, NAN]})


def test_a_missing_event_is_refused():
    text = (
        "`click` must be 0 or 1 on every row. Received: none, the first of 1 such "
        "values on 2 test rows (column 'clicked')."
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        check([CLICK], {"click": [1, NAN]}, part="test")


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_an_event_before_its_parent_is_refused(part):
    chunk = {"click": [0, 0, 1, 0], "purchase": [1, 0, 1, 0]}
    text = (
        "`purchase` is 1 on 2 of 6 rows where `click` is 0. A label must not be 1 "
        "before its funnel step `after`."
    )

    with pytest.raises(SchemaError, match=f"^{re.escape(text)}$"):
        check([CLICK, PURCHASE], chunk, chunk, part=part)


@pytest.mark.parametrize("value", [NAN, float("inf")])
def test_a_value_must_be_finite_where_its_event_happened(value):
    chunk = {"click": [1, 1], "purchase": [1, 0], "value": [value, NAN]}
    received = "none" if value != value else "inf"
    text = (
        f"`value` must be a finite number where `purchase` is 1. Received: {received}, "
        "the first of 1 such values on 1 validation rows (column 'value')."
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        check([CLICK, PURCHASE, VALUE], chunk, part="validation")


def test_a_value_without_parent_must_be_finite_everywhere():
    text = (
        "`rating` must be a finite number on every row. Received: none, the first of 1 "
        "such values on 2 training rows (column 'rating')."
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        check([RATING], {"rating": [3, NAN]})


@pytest.mark.parametrize("value", [0, 1])
def test_an_event_that_is_the_same_on_all_training_rows_is_refused(value):
    text = (
        "`click` must be 0 on some training rows and 1 on others. "
        f"Received: {value} on all 4. Remove the task, or train on rows that have both."
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        check([CLICK], {"click": [value] * 2}, {"click": [value] * 2})


def test_an_event_may_be_the_same_on_all_rows_of_a_held_out_part():
    check([CLICK], {"click": [0, 0]}, part="validation")
