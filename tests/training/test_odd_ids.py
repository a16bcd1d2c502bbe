"""R21: ids out of range are refused before a step, on every backend alike."""

from dataclasses import replace
from functools import partialmethod

import numpy as np
import pytest

from mtl_rec.errors import SchemaError
from mtl_rec.evaluation import evaluate, predict
from mtl_rec.schema import EncodedExposures
from mtl_rec.training import Batches
from mtl_rec.training.validation import ValidationMetrics


def with_id(exposures, value, dtype="int32"):
    """One id of the field that comes first in a table that others share."""
    ids = exposures.inputs["item_ids"].astype(dtype)
    ids[200] = value
    return replace(exposures, inputs={**exposures.inputs, "item_ids": ids})


ODD = [(-1, "int32"), (40, "int32"), (2**62, "int64")]
SAYS = "ids of 'item', from 0 to 39. Received: {} in row 200, the first of 1"


@pytest.mark.parametrize(("value", "dtype"), ODD)
def test_training_refuses_them(exposures, value, dtype):
    with pytest.raises(SchemaError, match=SAYS.format(value)):
        Batches(with_id(exposures, value, dtype), 64)


@pytest.mark.parametrize(("value", "dtype"), ODD)
def test_predicting_and_evaluating_refuse_them(make_model, exposures, value, dtype):
    model, rows = make_model(), with_id(exposures, value, dtype)

    for use in (predict, evaluate):
        with pytest.raises(SchemaError, match=SAYS.format(value)):
            use(model, rows)


def test_validation_refuses_them_before_the_first_step(exposures):
    with pytest.raises(SchemaError, match=SAYS.format(-1)):
        ValidationMetrics(with_id(exposures, -1))


def test_the_row_is_that_of_all_rows_however_they_are_cut(
    make_model, exposures, monkeypatch
):
    cut = partialmethod(EncodedExposures.chunks, 64)
    monkeypatch.setattr(EncodedExposures, "chunks", cut)

    with pytest.raises(SchemaError, match=SAYS.format(40)):
        predict(make_model(), with_id(exposures, 40))


def test_float_ids_are_refused(exposures):
    with pytest.raises(SchemaError, match=r"must be int32\. Received: float64"):
        Batches(with_id(exposures, 1.7, "float64"), 64)


def test_numbers_that_are_none_are_refused(exposures):
    numbers = exposures.inputs["item_numbers"].copy()
    numbers[3] = np.nan
    rows = replace(exposures, inputs={**exposures.inputs, "item_numbers": numbers})

    with pytest.raises(SchemaError, match="Received: nan of 'price' in row 3"):
        Batches(rows, 64)
