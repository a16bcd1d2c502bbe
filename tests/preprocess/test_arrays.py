import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtl_rec.config.feature_section import SIDES
from mtl_rec.config.features import IdSequence, MultiCategorical
from mtl_rec.errors import SchemaError
from mtl_rec.preprocess.arrays import encode_inputs, encode_tables, raw_tensors
from mtl_rec.preprocess.lists import kept_elements, padded
from mtl_rec.schema.rows import canonical

HISTORY = IdSequence(kind="sequence", name="history", side="user", max_length=3)
TAGS = MultiCategorical(
    kind="multi_categorical", name="tags", side="item", max_values=3
)

lists = st.lists(st.lists(st.sampled_from(["", "a", "b", "c"]), max_size=6), max_size=6)


def placed(rows, feature):
    values = pa.array(rows, pa.list_(pa.string()))
    kept, lengths = kept_elements(values, feature)
    elements = np.array(values.flatten().to_pylist(), object)[kept]
    return padded(elements, lengths, np.full((len(rows), 3), "", object)).tolist()


def test_a_sequence_keeps_its_newest_ids_in_their_order():
    rows = [["a", "b", "c", "d", "e"], ["a"], [], ["a", "b", "c"]]

    assert placed(rows, HISTORY) == [
        ["c", "d", "e"],
        ["a", "", ""],
        ["", "", ""],
        ["a", "b", "c"],
    ]


def test_several_values_keep_the_first():
    assert placed([["a", "b", "c", "d"], []], TAGS) == [["a", "b", "c"], ["", "", ""]]


def test_empty_elements_take_no_place():
    rows = [["a", "", "b", "c", "d", "", ""], ["", ""]]

    assert placed(rows, HISTORY) == [["b", "c", "d"], ["", "", ""]]
    assert placed(rows, TAGS) == [["a", "b", "c"], ["", "", ""]]


@settings(max_examples=100, deadline=None)
@given(lists)
def test_places_are_those_of_python(rows):
    filled = [[value for value in row if value] for row in rows]

    assert placed(rows, HISTORY) == [(r[-3:] + [""] * 3)[:3] for r in filled]
    assert placed(rows, TAGS) == [(r[:3] + [""] * 3)[:3] for r in filled]


def test_a_part_of_a_column_is_placed_like_a_whole_one():
    whole = pa.array([["x"], ["a", "b"], [], ["c"]], pa.list_(pa.string()))

    kept, lengths = kept_elements(whole.slice(1, 2), HISTORY)

    assert kept.tolist() == [True, True]
    assert lengths.tolist() == [2, 0]


def test_raw_tensors_are_what_the_signature_declares(fitted, nasty_table):
    table = canonical(nasty_table, fitted.schema.features)

    raw = raw_tensors(fitted.schema, table)

    for name, spec in fitted.graph.raw_signature().items():
        assert spec.shape.is_compatible_with(raw[name].shape)
        assert raw[name].dtype == spec.dtype.as_numpy_dtype
    strings = [v for v in raw.values() if v.dtype == object]
    assert {type(value) for values in strings for value in values.flat} == {bytes}


def test_bytes_that_are_no_unicode_are_taken_as_they_are(fitted, nasty_table):
    offsets = np.array([0, 2, 4], np.int32)
    broken = pa.StringArray.from_buffers(
        2, pa.py_buffer(offsets), pa.py_buffer(b"\xff\xfex\xc3")
    )
    table = canonical(nasty_table.slice(0, 2), fitted.schema.features)
    for name in ("a", "a_b", "brand", "title"):
        position = table.column_names.index(name)
        table = table.set_column(position, name, broken)

    (encoded,) = encode_tables(fitted.graph, [table], with_labels=False)

    assert raw_tensors(fitted.schema, table)["a"].tolist() == [b"\xff\xfe", b"x\xc3"]
    assert encoded.inputs["title"][0].tolist() == [0, 0, 0, 0]
    assert encoded.inputs["title"][1, 0] > 1


def test_the_inputs_of_a_side_need_no_column_of_another(fitted, nasty_table):
    table = canonical(nasty_table, fitted.schema.features)
    whole = dict(fitted.encode(table, with_labels=False).inputs)

    for side in SIDES:
        own = [f.name for f in fitted.schema.features if f.side == side]
        inputs = encode_inputs(fitted.graph.of_sides(side), table.select(own))
        assert inputs
        for name, values in inputs.items():
            np.testing.assert_array_equal(values, whole.pop(name), strict=True)

    assert not whole


def test_labels_are_columns_of_float32(fitted, nasty_table):
    encoded = fitted.encode(nasty_table)

    assert list(encoded.labels) == ["click", "buy"]
    np.testing.assert_array_equal(encoded.labels["click"], np.ones((120, 1)))
    assert encoded.labels["click"].dtype == np.float32


def test_rows_to_predict_need_no_labels(fitted, nasty_table):
    rows = nasty_table.drop_columns(["click", "buy"])

    encoded = fitted.encode(rows, with_labels=False)

    assert encoded.labels == {}
    assert len(encoded) == 120


@pytest.mark.parametrize("chunks", [0, 1])
def test_no_rows_are_refused(fitted, nasty_table, chunks):
    with pytest.raises(SchemaError, match=r"exposures must have rows\. Received: none"):
        fitted.encode([nasty_table.slice(0, 0)] * chunks)
