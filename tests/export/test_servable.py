"""What is served equals what was trained on, for any rows and any batch size."""

import time

import keras
import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.config.features import (
    Categorical,
    Hashed,
    IdSequence,
    MultiCategorical,
    Numeric,
    Text,
)
from mtl_rec.config.model import MMoE, Model
from mtl_rec.config.tasks import Task
from mtl_rec.evaluation.predicting import predict
from mtl_rec.export.servable import SCHEMA_FILE, Servable
from mtl_rec.models import build_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.schema import Schema
from mtl_rec.schema.rows import canonical

FEATURES = (
    Numeric(
        kind="numeric", name="hour", side="user", transform="quantiles", num_buckets=4
    ),
    Categorical(kind="categorical", name="user_id", side="user", embedding_dim=4),
    IdSequence(
        kind="sequence", name="history", side="user", max_length=3, shares="item_id"
    ),
    Numeric(kind="numeric", name="age", side="user"),
    Categorical(kind="categorical", name="item_id", side="item", oov_buckets=3),
    Hashed(kind="hashed", name="brand", side="item", num_buckets=50),
    MultiCategorical(kind="multi_categorical", name="tags", side="item", max_values=2),
    Text(kind="text", name="title", side="item", max_tokens=6, max_bytes=40),
    Numeric(
        kind="numeric", name="price", side="item", transform="log", missing_flag=True
    ),
)
TASKS = (
    Task(name="click"),
    Task(name="purchase", after="click"),
    Task(name="order_value", after="purchase", kind="regression"),
)
TITLES = ["", " ", "从未见过 🎉", "new\x00line\n", "İ ß ﬁ ǅ", "x" * 3000, "👩‍👩‍👧" * 50]


@pytest.fixture(scope="module")
def preprocessor(make_shop):
    return Preprocessor.fit(FEATURES, TASKS, make_shop(1500))


@pytest.fixture(scope="module")
def model(preprocessor):
    """Random weights and large values: small mistakes show.

    Weights any larger make logits whose own rounding, which differs with the batch size
    on some processors, is above the bound.
    """
    keras.utils.set_random_seed(1)
    experts = MMoE(kind="mmoe", expert_units=[16], tower_units=[8], dropout=0.5)
    built = build_model(Model(architecture=experts), preprocessor.schema)
    for weight in built.trainable_weights:
        weight.assign(keras.random.normal(weight.shape, stddev=0.2))
    heads = built.get_layer("logits")
    heads.bias.assign(heads.bias + np.array([0.0, 0.0, 10.0], np.float32))
    return built


@pytest.fixture(scope="module")
def version(preprocessor, model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("servable")
    Servable(preprocessor, model).write(folder)
    return folder


@pytest.fixture(scope="module")
def score(version):
    """Raw arrays to answers, by the loaded version alone."""
    loaded = tf.saved_model.load(str(version))

    def run(raw):
        tensors = {n: tf.constant(v, tf.as_dtype(v.dtype)) for n, v in raw.items()}
        answers = loaded.signatures["serving_default"](**tensors)
        return {name: values.numpy() for name, values in answers.items()}

    return run


@pytest.fixture(scope="module")
def nasty(make_shop):
    """10,000 rows, most of which have something no training row had."""
    rows = make_shop(10_000, seed=3)
    random = np.random.default_rng(4)
    rows["user_id"] = random.integers(0, 10**12, 10_000)
    rows.loc[::3, "item_id"] = [f"new {i}" for i in range(3_334)]
    rows.loc[::5, "item_id"] = random.choice(["", "a=b", "日本", "x\ny"], 2_000)
    rows.loc[::2, "title"] = random.choice(np.array(TITLES, object), 5_000)
    rows.loc[::4, "age"] = random.choice([np.nan, np.inf, 3e38, -3e38, 1e-45], 2_500)
    rows["history"] = [
        [*history, "", "new 😀"] if row % 5 else []
        for row, history in enumerate(rows["history"])
    ]
    return canonical(rows, FEATURES)


@pytest.fixture(scope="module")
def raw(preprocessor, nasty):
    return raw_tensors(preprocessor.schema, nasty)


@pytest.fixture(scope="module")
def offline(preprocessor, model, nasty):
    return predict(model, preprocessor.encode(nasty, with_labels=False))


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
    assert (version / "saved_model.pb").stat().st_size < 300_000
