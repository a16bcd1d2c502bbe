"""Tables and the served graph are two ways to the same bits, whatever the rows are."""

import numpy as np
import pyarrow as pa
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mtl_rec.config.feature_section import SIDES
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.schema.fields import IdField, IdListField
from mtl_rec.schema.rows import canonical


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


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_strings_in_dictionaries_give_the_bits_of_strings(fitted, any_tables, data):
    table = data.draw(any_tables)
    expected = fitted.encode(table, with_labels=False).inputs

    chunks = [
        in_dictionaries(table, fitted.schema.features, extra) for extra in (0, 90)
    ]
    encoded = list(fitted.encode_chunks(chunks, with_labels=False))

    for chunk in encoded:
        assert_equal_bits(chunk.inputs, expected)


def in_dictionaries(table, features, num_unused):
    """The same canonical rows; the dictionaries hold strings that no row has."""
    rows = canonical(table, features)
    for position, field in enumerate(rows.schema):
        values = rows.column(position).combine_chunks()
        is_list = pa.types.is_list(field.type)
        flat = values.flatten() if is_list else values
        if pa.types.is_string(flat.type):
            known = flat.dictionary_encode()
            unused = pa.array([f"unused {n}" for n in range(num_unused)], pa.string())
            strings = pa.concat_arrays([known.dictionary, unused])
            own = pa.DictionaryArray.from_arrays(known.indices, strings)
            if is_list:
                own = pa.ListArray.from_arrays(values.offsets, own)
            rows = rows.set_column(position, field.name, own)
    return rows


def test_dictionaries_reach_the_server_as_strings(fitted, nasty_table):
    rows = canonical(nasty_table, fitted.schema.features)
    expected = raw_tensors(fitted.schema, rows)

    received = raw_tensors(
        fitted.schema, in_dictionaries(nasty_table, fitted.schema.features, 3)
    )

    for name, values in expected.items():
        np.testing.assert_array_equal(received[name], values)
