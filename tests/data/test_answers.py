"""Features that are labels under another name."""

import re

import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.config.features import Categorical, Numeric
from mtl_rec.config.tasks import Task
from mtl_rec.data.answers import AnswerCheck
from mtl_rec.errors import SchemaError

NUMBER = Numeric(kind="numeric", name="number", side="item")
WORD = Categorical(kind="categorical", name="word", side="item")
CLICK = Task(name="click")
PURCHASE = Task(name="purchase", after="click")
VALUE = Task(name="value", kind="regression", after="click")
NAN = float("nan")
ADVICE = " The model would see the answer. Remove the feature."


def check(features, tasks, *chunks):
    answers = AnswerCheck(features, tasks)
    for chunk in chunks:
        types = {name: pa.float32() for name in chunk if name != "word"}
        answers.add(pa.table({n: pa.array(c, types.get(n)) for n, c in chunk.items()}))
    answers.finish()


def test_a_number_that_equals_the_label_is_refused():
    text = "Feature 'number' equals the label of task 'click' on every training row."

    with pytest.raises(SchemaError, match=re.escape(text + ADVICE)):
        check(
            [NUMBER], [CLICK],
            {"number": [0, 0], "click": [0, 0]},
            {"number": [1, 0], "click": [1, 0]},
        )  # fmt: skip


@pytest.mark.parametrize(
    ("feature", "values", "shown"),
    [
        (NUMBER, [7, 3, 3, 7], ("7.0", "3.0")),
        (NUMBER, [0, 1, 1, 0], ("0.0", "1.0")),
        (NUMBER, [7, NAN, NAN, 7], ("7.0", "missing")),
        (WORD, ["paid", "open", "open", "paid"], ("'paid'", "'open'")),
        (WORD, ["", "open", "open", ""], ("missing", "'open'")),
        (WORD, ["1", "0", "0", "1"], ("'1'", "'0'")),
    ],
)
def test_two_values_that_tell_the_label_are_refused(feature, values, shown):
    chunk = {feature.name: values, "click": [1, 0, 0, 1]}
    text = (
        f"Feature '{feature.name}' is {shown[0]} on every training row where the label "
        f"of task 'click' is 1, and {shown[1]} where it is 0."
    )

    with pytest.raises(SchemaError, match=re.escape(text + ADVICE)):
        check([feature], [CLICK], chunk, chunk)


def test_the_label_it_tells_is_named_among_several():
    chunk = {"word": ["a", "b", "b"], "click": [1, 1, 0], "purchase": [1, 0, 0]}

    with pytest.raises(SchemaError, match=r"'word' .* of task 'purchase'"):
        check([WORD], [CLICK, PURCHASE], chunk)


@pytest.mark.parametrize("feature", [NUMBER, WORD])
def test_a_feature_that_equals_a_value_where_that_is_defined_is_refused(feature):
    values = {"number": [9.1, 0, 3], "word": ["9.1", "x", "3"]}
    chunk = {feature.name: values[feature.name], "value": [9.1, NAN, 3]}
    text = f"Feature '{feature.name}' equals the label of task 'value' on every"

    with pytest.raises(SchemaError, match=re.escape(text)):
        check([feature], [VALUE], chunk)


@pytest.mark.parametrize(
    "chunks",
    [
        [{"word": ["a", "a"], "click": [1, 0]}],
        [{"word": ["a", "b", "c"], "click": [1, 0, 0]}],
        [{"word": ["a", "b"], "click": [1, 0]}, {"word": ["b"], "click": [1]}],
        [{"word": ["a", "b"], "click": [1, 0]}, {"word": ["c"], "click": [0]}],
    ],
)
def test_one_row_that_disagrees_is_enough(chunks):
    check([WORD], [CLICK], *chunks)


def test_a_row_that_disagrees_late_in_a_chunk_is_seen():
    click = np.arange(5000) % 2
    number = click.copy()
    number[-1] = 2

    check([NUMBER], [CLICK], {"number": number, "click": click})


@pytest.mark.parametrize(
    ("number", "value"), [([1, 1], [1, 1]), ([1, NAN], [1, 2]), ([1, 3], [1, 2])]
)
def test_a_number_that_differs_from_a_value_or_from_a_constant_only_is_fine(
    number, value
):
    check([NUMBER], [VALUE], {"number": number, "value": value})
