"""What is served equals what was trained on, for any rows and any batch size."""

import time

import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.config.served_names import SCHEMA_FILE
from mtl_rec.schema import Schema


def assert_close(received, expected):
    """Within 1e-6: absolute up to 1, relative beyond."""
    assert received.keys() == expected.keys()
    for name, values in expected.items():
        assert received[name].dtype == np.float32
        np.testing.assert_array_less(
            np.abs(received[name] - values), 1e-6 * np.maximum(1, np.abs(values)), name
        )


@pytest.mark.parametrize(
    ("size", "rows"), [(1, 300), (7, 2_800), (512, 10_000), (10_000, 10_000)]
)
def test_served_equals_offline(score, raw, offline, size, rows):
    batches = [
        score({name: values[start : start + size] for name, values in raw.items()})
        for start in range(0, rows, size)
    ]

    served = {n: np.concatenate([batch[n] for batch in batches]) for n in offline}
    assert_close(served, {name: values[:rows] for name, values in offline.items()})


def test_rows_differ_and_values_are_large(offline):
    values = ("order_value", "order_value_given_click", "order_value_given_purchase")
    assert set(offline) == {"click", "purchase", "purchase_given_click", *values}
    assert len(np.unique(offline["click"])) > 5_000
    assert np.abs(offline["order_value_given_purchase"]).max() > 100
    assert all(np.isfinite(values).all() for values in offline.values())


def test_no_rows_are_served_as_no_rows(score, raw):
    answers = score({name: values[:0] for name, values in raw.items()})

    assert {values.shape for values in answers.values()} == {(0,)}


@pytest.mark.parametrize("text", [b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\x00\xf5"])
def test_bytes_that_are_no_unicode_are_safe(score, raw, text):
    row = {name: values[:1].copy() for name, values in raw.items()}
    row["title"][:] = b"red shoes"
    expected = score(row)
    row["title"][:] = text + b" red " + text + b"shoes" + text

    assert_close(score(row), expected)

    for name in ("user_id", "item_id", "brand", "history", "tags"):
        row[name][:] = text
    assert all(np.isfinite(values).all() for values in score(row).values())


def test_a_text_of_five_megabytes_is_served_at_once(score, raw):
    row = {name: values[:1].copy() for name, values in raw.items()}
    row["title"][:] = "红 word 😀".encode() * 400_000
    for name in ("user_id", "history", "tags"):
        row[name][:] = b"x" * 5_000_000

    started = time.perf_counter()
    answers = score(row)

    assert time.perf_counter() - started < 3.0
    assert all(np.isfinite(values).all() for values in answers.values())


def test_the_schema_is_beside_the_graph(version, preprocessor):
    text = (version / SCHEMA_FILE).read_text(encoding="utf-8")

    assert Schema.from_json(text) == preprocessor.schema


def test_weights_are_stored_once_and_nothing_else(version, model):
    stored = tf.train.load_checkpoint(str(version / "variables" / "variables"))

    shapes = stored.get_variable_to_shape_map()
    shapes.pop("_CHECKPOINTABLE_OBJECT_GRAPH")
    assert sorted(map(tuple, shapes.values())) == sorted(
        tuple(weight.shape) for weight in model.weights
    )


def test_the_vocabulary_is_a_file_of_its_own(version):
    assert [path.name for path in (version / "assets").iterdir()] == ["vocabulary.txt"]
    assert (version / "saved_model.pb").stat().st_size < 600_000
