import pandas as pd
import pytest

from mtl_rec.config.features import IdSequence
from mtl_rec.config.tasks import Task
from mtl_rec.errors import SchemaError
from mtl_rec.preprocess import Preprocessor
from mtl_rec.schema.rows import canonical

TASKS = (Task(name="click"),)


def encoded(items, brands):
    """Two rows; the second has two steps."""
    along = {"kind": "sequence", "side": "user", "max_length": 3}
    features = (
        IdSequence(name="items", along=("brands",), **along),
        IdSequence(name="brands", **along),
    )
    rows = pd.DataFrame(
        {"items": [["a"], items], "brands": [["x"], brands], "click": [0, 1]}
    )
    table = canonical(rows, features, TASKS)
    return Preprocessor.fit(features, TASKS, [table]).encode([table])


def test_sequences_of_the_same_steps_are_taken():
    rows = encoded(["a", "b"], ["x", "never"])

    assert (rows.inputs["items"] > 0).sum() == (rows.inputs["brands"] > 0).sum() == 3


def test_a_missing_value_that_would_move_the_others_is_refused():
    text = (
        "'brands' must have a value for each step of 'items', which it runs `along` "
        "with. Received: 1 values for 2 steps, in 1 of 2 rows."
    )

    with pytest.raises(SchemaError, match=text):
        encoded(["a", "b"], [None, "x"])
