"""Examples parse to what a table of the same rows is served as."""

import numpy as np
import pyarrow as pa
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from mtl_rec.config.features import (
    Categorical,
    IdSequence,
    MultiCategorical,
    Numeric,
    Text,
)
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.preprocess.examples import parse_examples, serialized_example
from mtl_rec.schema.rows import canonical
from mtl_rec.schema.schema import Schema

FEATURES = (
    Categorical(kind="categorical", name="item", side="item"),
    IdSequence(
        kind="sequence", name="history", side="user", max_length=3, shares="item"
    ),
    MultiCategorical(kind="multi_categorical", name="tags", side="item", max_values=2),
    Text(kind="text", name="title", side="item"),
    Numeric(kind="numeric", name="price", side="item"),
)
SCHEMA = Schema(FEATURES, (), {}, {})
STRINGS = st.sampled_from(["", "a", "b", "日本", "x" * 40])
LISTS = st.lists(STRINGS, max_size=6)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "item": STRINGS,
            "history": LISTS,
            "tags": LISTS,
            "title": STRINGS,
            "price": st.floats(width=32) | st.none(),
        }
    ),
    min_size=1,
    max_size=5,
)
TYPES = pa.schema(
    {
        "item": pa.string(),
        "history": pa.list_(pa.string()),
        "tags": pa.list_(pa.string()),
        "title": pa.string(),
        "price": pa.float32(),
    }
)


@settings(deadline=None, max_examples=150)
@given(ROWS)
def test_examples_parse_to_the_served_rows(rows):
    table = canonical(pa.Table.from_pylist(rows, schema=TYPES), FEATURES)
    expected = raw_tensors(SCHEMA, table)
    examples = [serialized_example(row) for row in table.to_pylist()]

    parsed = parse_examples(tf.constant(examples), FEATURES)

    assert parsed.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(parsed[name].numpy(), values)


def test_missing_features_are_padding_and_nan():
    parsed = parse_examples(tf.constant([b""]), FEATURES)

    assert parsed["item"].numpy().tolist() == [b""]
    assert parsed["history"].numpy().tolist() == [[b"", b"", b""]]
    assert parsed["tags"].numpy().tolist() == [[b"", b""]]
    assert np.isnan(parsed["price"].numpy()).all()


def test_whatever_is_a_number_is_written_as_one():
    """Rows of logs say by a truth value whether they were sampled."""
    row = {"sampled": True, "count": 3, "price": 2.5, "vector": [1, 2.0]}

    example = tf.train.Example.FromString(serialized_example(row))

    found = {
        name: list(feature.float_list.value)
        for name, feature in example.features.feature.items()
    }
    assert found == {
        "sampled": [1.0],
        "count": [3.0],
        "price": [2.5],
        "vector": [1.0, 2.0],
    }
