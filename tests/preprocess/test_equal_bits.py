"""Tables and the served graph are two ways to the same bits, whatever the rows are."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mtl_rec.config.features import SIDES
from mtl_rec.schema.fields import IdField, IdListField


@pytest.fixture(scope="module")
def served(fitted):
    """The graph inside a function, as it is exported."""
    return tf.function(
        fitted.graph.__call__,
        input_signature=[fitted.graph.raw_signature()],
        autograph=False,
    )


def assert_equal_bits(received, expected):
    assert received.keys() == expected.keys()
    for name, values in expected.items():
        array = np.asarray(received[name])
        assert array.dtype == values.dtype
        assert array.shape == values.shape
        assert array.tobytes() == values.tobytes(), name


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_tables_and_the_graph_give_equal_bits(fitted, served, raw_of, any_tables, data):
    table = data.draw(any_tables)

    encoded = fitted.encode(table, with_labels=False).inputs

    raw = raw_of(fitted, table)
    assert_equal_bits(fitted.graph(raw), encoded)
    assert_equal_bits(served(raw), encoded)
    assert_equal_bits(served(first_row(raw)), first_row(encoded))


def first_row(arrays):
    return {name: values[:1] for name, values in arrays.items()}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_comes_in_ids_exist_and_numbers_are_finite(fitted, any_tables, data):
    schema = fitted.schema

    inputs = fitted.encode(data.draw(any_tables), with_labels=False).inputs

    for side in SIDES:
        for column, field in enumerate(schema.fields_of(IdField, side)):
            ids = inputs[f"{side}_ids"][:, column]
            assert ids.min() >= 1
            assert ids.max() < schema.vocabularies[field.vocabulary].num_ids
        for field in schema.fields_of(IdListField, side):
            ids = inputs[field.name]
            assert ids.min() >= 0
            assert ids.max() < schema.vocabularies[field.vocabulary].num_ids
    assert np.isfinite(inputs["user_numbers"]).all()
    assert np.isfinite(inputs["item_numbers"]).all()


def test_nasty_rows_are_encoded_alike_by_tables_and_the_graph(
    fitted, served, raw_of, nasty_table
):
    encoded = fitted.encode(nasty_table).inputs

    assert_equal_bits(served(raw_of(fitted, nasty_table)), encoded)
    assert encoded["history"].any()
    assert encoded["tags"].any()
