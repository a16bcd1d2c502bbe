"""R21, R22: an id that a field does not have, and what is no number, are refused."""

from dataclasses import replace

import numpy as np
import pytest

from mtl_rec.errors import SchemaError
from mtl_rec.schema import EncodedExposures
from mtl_rec.schema.encoded_checks import require_valid_inputs
from mtl_rec.schema.encoded_files import write_encoded

ROWS = 12


@pytest.fixture
def exposures(schema) -> EncodedExposures:
    """Zeros, which every field takes."""
    inputs = {
        name: np.zeros((ROWS, packed.width), packed.dtype)
        for name, packed in schema.inputs().items()
    }
    return EncodedExposures(schema, inputs, {})


def changed(exposures, name, value, row=7, column=0, dtype=None):
    array = exposures.inputs[name].astype(dtype or exposures.inputs[name].dtype)
    array[row:, column] = value
    return replace(exposures, inputs={**exposures.inputs, name: array})


def refusal(exposures, first_row=0) -> str:
    with pytest.raises(SchemaError) as raised:
        require_valid_inputs(exposures, exposures.schema.inputs(), first_row)
    return str(raised.value)


ITEM = 1  # columns of `item_ids` by alphabet: brand, item_id


@pytest.mark.parametrize("value", [0, 1, 53])
def test_every_id_of_the_vocabulary_passes(exposures, value):
    rows = changed(exposures, "item_ids", value, column=ITEM)

    require_valid_inputs(rows, rows.schema.inputs())


@pytest.mark.parametrize(
    ("value", "dtype"), [(-1, "int32"), (54, "int32"), (2**62, "int64")]
)
def test_another_id_is_refused_with_field_range_and_row(exposures, value, dtype):
    rows = changed(exposures, "item_ids", value, column=ITEM, dtype=dtype)

    assert refusal(rows, first_row=100).startswith(
        "`inputs['item_ids']` must hold ids of 'item_id', from 0 to 53. Received: "
        f"{value} in row 107, the first of 5."
    )


def test_an_id_of_a_list_is_refused(exposures):
    assert "ids of 'tags', from 0 to 4. Received: 5 in row 3, the first of 9." in (
        refusal(changed(exposures, "tags", 5, row=3, column=1))
    )


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
def test_ids_of_another_type_are_refused(exposures, dtype):
    rows = changed(exposures, "item_ids", 1.0, dtype=dtype)

    assert refusal(rows) == (
        f"`inputs['item_ids']` must be int32. Received: {dtype}. Convert it with "
        "`.astype('int32')`."
    )


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(exposures, value):
    assert f"Received: {value} of 'age' in row 7, the first of 5." in refusal(
        changed(exposures, "user_numbers", value)
    )


def test_infinities_that_cancel_are_refused(exposures):
    rows = changed(exposures, "user_numbers", [np.inf, -np.inf], row=ROWS - 2)

    assert "in row 10, the first of 2" in refusal(rows)


def test_an_input_that_is_missing_or_narrow_is_refused(exposures):
    few = {n: a for n, a in exposures.inputs.items() if n != "title"}

    assert "must have 'title'" in refusal(replace(exposures, inputs=few))
    narrow = replace(exposures, inputs={**exposures.inputs, "title": np.zeros((12, 2))})
    assert "must have the shape (12, 6). Received: (12, 2)" in refusal(narrow)


def test_what_is_written_to_files_is_looked_at(exposures, tmp_path):
    parts = [exposures, changed(exposures, "item_ids", -1)]

    with pytest.raises(SchemaError, match="Received: -1 in row 19"):
        write_encoded(tmp_path / "train", iter(parts))

    assert not (tmp_path / "train").exists()
