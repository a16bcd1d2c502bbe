"""What rows say of how they were sampled goes through the schema unchanged."""

import dataclasses
import json
import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mtl_rec.config.features import Categorical
from mtl_rec.config.tasks import Task
from mtl_rec.errors import SchemaError
from mtl_rec.schema import EncodedExposures, Schema
from mtl_rec.schema.rows import IS_SAMPLED, LOG_SAMPLING_RATE, canonical
from mtl_rec.schema.sampling import SamplingCorrection, require_first_event
from mtl_rec.schema.schema import PackedInput

FEATURES = (Categorical(kind="categorical", name="user", side="user", column="uid"),)
TASKS = (Task(name="click", label="clicked"),)
RATE = float(np.log(0.01))


def rows(is_sampled, log_rates) -> pa.Table:
    number = len(is_sampled)
    return pa.table(
        {
            "uid": ["u"] * number,
            "clicked": [0] * number,
            IS_SAMPLED: is_sampled,
            LOG_SAMPLING_RATE: log_rates,
        }
    )


@pytest.mark.parametrize(
    "flags", [[True, False], [1, 0], [1.0, 0.0], ["True", "false"], ["1", "0"]]
)
@pytest.mark.parametrize("written", [float, repr])
def test_both_columns_are_kept_and_typed_whatever_wrote_them(flags, written):
    table = canonical(rows(flags, [written(RATE)] * 2), FEATURES, TASKS)

    assert table.column_names == ["user", "click", IS_SAMPLED, LOG_SAMPLING_RATE]
    assert table[IS_SAMPLED].equals(pa.chunked_array([[True, False]]))
    # All digits of a float64: in float32 the rates of rows would differ by rounding.
    assert table[LOG_SAMPLING_RATE].equals(pa.chunked_array([[RATE, RATE]]))


def test_frames_and_canonical_tables_keep_them_too():
    raw = rows([True, False], [RATE, RATE])
    once = canonical(raw, FEATURES, TASKS)

    assert canonical(raw.to_pandas(), FEATURES, TASKS).equals(once)
    assert canonical(once, FEATURES, TASKS).equals(once)
    assert canonical(once.slice(1), FEATURES).equals(once.slice(1).drop("click"))


@pytest.mark.parametrize("column", [IS_SAMPLED, LOG_SAMPLING_RATE])
def test_one_column_alone_says_nothing(column):
    alone = rows([True], [RATE]).drop(column)

    assert canonical(alone, FEATURES, TASKS).column_names == ["user", "click"]


@pytest.mark.parametrize(
    ("flags", "log_rates", "text"),
    [
        ([True, None], [RATE, RATE], "'is_sampled' must hold 0 or 1 on every row. "),
        ([1, 2], [RATE, RATE], "'is_sampled' must hold 0 or 1 on every row. "),
        ([True] * 2, [RATE, None], "'log_sampling_rate' must hold a finite number on "),
        ([True] * 2, [-np.inf, RATE], "Received: -inf on 1 of 2 rows."),
        ([True] * 2, ["", "x"], "'log_sampling_rate' must hold numbers. Received: 'x'"),
    ],
)
def test_what_is_missing_or_no_rate_is_refused(flags, log_rates, text):
    with pytest.raises(SchemaError, match=re.escape(text)):
        canonical(rows(flags, log_rates), FEATURES, TASKS)


def test_a_doubled_column_is_refused():
    frame = rows([True], [RATE]).to_pandas()
    doubled = pd.concat([frame, frame[[IS_SAMPLED]]], axis=1)

    with pytest.raises(SchemaError, match="Received more than once"):
        canonical(doubled, FEATURES, TASKS)


@pytest.mark.parametrize("sampling", [None, SamplingCorrection(RATE, varies=True)])
def test_the_correction_is_read_back_from_json(schema, sampling):
    sampled = dataclasses.replace(schema, sampling=sampling)

    assert Schema.from_json(sampled.to_json()) == sampled


def test_a_schema_of_earlier_versions_has_no_correction(schema):
    values = json.loads(schema.to_json())
    del values["sampling"]

    assert Schema.from_json(json.dumps(values)) == schema


def test_the_model_takes_an_offset_only_where_rates_vary(schema):
    for varies in (True, False):
        correction = SamplingCorrection(RATE, varies)
        inputs = dataclasses.replace(schema, sampling=correction).inputs()

        own = {"sampling_offset": PackedInput(1, "float32")} if varies else {}
        assert inputs == {**schema.inputs(), **own}


def test_weights_are_part_of_the_fingerprint(schema):
    arrays = {"user_ids": np.zeros((2, 1), np.int32)}
    weights = [None, np.ones((2, 1)), np.full((2, 1), 2.0)]

    prints = [EncodedExposures(schema, arrays, {}, w).fingerprint() for w in weights]

    assert len(set(prints)) == 3


@pytest.mark.parametrize(
    "others", [(Task(name="saved"),), (Task(name="stars", kind="regression"),)]
)
def test_a_second_first_step_is_refused(others):
    tasks = (*TASKS, *others)
    text = f"Received: ['click', '{others[0].name}']. Let the others follow it, or"

    assert require_first_event(TASKS).name == "click"
    with pytest.raises(SchemaError, match=re.escape(text)):
        require_first_event(tasks)
