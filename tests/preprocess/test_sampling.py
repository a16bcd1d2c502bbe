"""The correction is learned from the training rows, and given to each row."""

import re

import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.config.features import Categorical
from mtl_rec.config.tasks import Task
from mtl_rec.errors import SchemaError
from mtl_rec.preprocess import Preprocessor

FEATURES = (Categorical(kind="categorical", name="item", side="item"),)
TASKS = (Task(name="click"), Task(name="buy", after="click"))
CLICKS = [1, 0, 0, 1, 0]
LOG_RATES = np.log([0.5, 0.1, 0.02, 0.02, 0.3])


def rows(log_rates=LOG_RATES, click=CLICKS, is_sampled=None, **columns) -> pa.Table:
    """Negatives were sampled at these rates."""
    sampled = [not label for label in click] if is_sampled is None else is_sampled
    number = len(click)
    return pa.table(
        {
            "item": ["a"] * number,
            "click": click,
            "buy": [0] * number,
            "is_sampled": sampled,
            "log_sampling_rate": np.broadcast_to(log_rates, number),
            **columns,
        }
    )


def unmarked(table: pa.Table) -> pa.Table:
    return table.drop(["is_sampled", "log_sampling_rate"])


def test_the_mean_is_over_all_training_rows():
    sampling = Preprocessor.fit(FEATURES, TASKS, rows()).schema.sampling

    assert sampling is not None
    assert sampling.varies
    assert sampling.mean_log_rate == pytest.approx(LOG_RATES.mean(), rel=1e-12)


@pytest.mark.parametrize(
    ("spread", "varies"), [(0.0, False), (1e-13, False), (1e-6, True)]
)
def test_rounding_is_no_variation(spread, varies):
    sampling = Preprocessor.fit(
        FEATURES, TASKS, rows(-4.6 + spread * np.arange(5))
    ).schema.sampling

    assert sampling is not None
    assert sampling.varies == varies


@pytest.mark.parametrize("cut", [1, 2, 4])
def test_the_correction_does_not_depend_on_chunks(cut):
    table = rows()
    chunks = [table.slice(0, cut), table.slice(cut)]

    whole = Preprocessor.fit(FEATURES, TASKS, table).schema
    assert Preprocessor.fit(FEATURES, TASKS, chunks).schema == whole
    encoded = Preprocessor.fit(FEATURES, TASKS, table)
    first, second = encoded.encode(table), encoded.encode(chunks)
    assert first.fingerprint() == second.fingerprint()


def test_rows_that_say_nothing_need_no_correction():
    preprocessor = Preprocessor.fit(FEATURES, TASKS, unmarked(rows()))

    assert preprocessor.schema.sampling is None
    assert preprocessor.encode(unmarked(rows())).sampling_weights is None


def test_each_row_gets_its_weight_and_offset():
    encoded = Preprocessor.fit(FEATURES, TASKS, rows()).encode(rows())

    assert encoded.sampling_weights is not None
    np.testing.assert_allclose(
        encoded.sampling_weights, [[1], [10], [50], [1], [1 / 0.3]], rtol=1e-12
    )
    offsets = encoded.inputs["sampling_offset"]
    assert offsets.dtype == np.float32
    expected = (LOG_RATES.mean() - LOG_RATES)[:, np.newaxis]
    np.testing.assert_allclose(offsets, expected, atol=1e-6)


def test_a_constant_rate_weighs_rows_without_an_input():
    encoded = Preprocessor.fit(FEATURES, TASKS, rows(-1.0)).encode(rows(-1.0))

    assert set(encoded.inputs) == {"item_ids"}
    assert encoded.sampling_weights is not None
    assert encoded.sampling_weights[:2, 0] == pytest.approx([1, np.e])


def test_rows_to_predict_and_rows_in_full_stand_for_themselves():
    preprocessor = Preprocessor.fit(FEATURES, TASKS, rows())

    for encoded in (
        preprocessor.encode(rows(), with_labels=False),
        preprocessor.encode(unmarked(rows())),
    ):
        assert set(encoded.inputs) == {"item_ids"}
        assert encoded.sampling_weights is None


def test_weights_need_no_correction_of_the_model():
    encoded = Preprocessor.fit(FEATURES, TASKS, unmarked(rows())).encode(rows())

    assert set(encoded.inputs) == {"item_ids"}
    assert encoded.sampling_weights is not None


def test_chunks_of_both_sorts_are_refused():
    text = "All rows must have the columns ['is_sampled', 'log_sampling_rate'], or none"
    chunks = [rows(), unmarked(rows())]
    preprocessor = Preprocessor.fit(FEATURES, TASKS, rows())

    for order in (chunks, chunks[::-1]):
        with pytest.raises(SchemaError, match=re.escape(text)):
            Preprocessor.fit(FEATURES, TASKS, order)
        with pytest.raises(SchemaError, match=re.escape(text)):
            preprocessor.encode(order)


def test_two_first_events_are_refused():
    tasks = (*TASKS, Task(name="saved"))
    table = rows(saved=[0] * 5)

    with pytest.raises(SchemaError, match="only the odds of what all negatives lack"):
        Preprocessor.fit(FEATURES, tasks, table)
    assert Preprocessor.fit(FEATURES, tasks, unmarked(table))


@pytest.mark.parametrize("is_sampled", [[1, 1, 1, 0, 1], [0, 0, 1, 0, 1]])
def test_flags_that_contradict_the_labels_are_refused(is_sampled):
    text = (
        "`is_sampled` must be true where `click` is 0 and false where it is 1. "
        "Received: otherwise on 1 of 5 rows."
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        Preprocessor.fit(FEATURES, TASKS, rows(is_sampled=is_sampled))


def test_rows_at_a_rate_of_1_stand_for_themselves_either_way():
    table = rows(0.0, is_sampled=[0] * 5)

    encoded = Preprocessor.fit(FEATURES, TASKS, table).encode(table)

    assert encoded.schema.sampling is not None
    assert encoded.schema.sampling.mean_log_rate == 0.0
    np.testing.assert_array_equal(encoded.sampling_weights, np.ones((5, 1)))
