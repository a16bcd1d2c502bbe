"""A servable with every kind of feature, its answers, and the same offline."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.config.export import Ranking
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
from mtl_rec.export.servable import Servable
from mtl_rec.models import build_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.preprocess.arrays import raw_tensors
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
RANKING = Ranking.model_validate(
    {
        "score": [
            {"output": "click", "power": 0.5},
            {"output": "purchase_given_click", "weight": 3.0, "power": 2.0},
        ],
        "times": "price",
        "top_k": 5,
    }
)
TITLES = ["", " ", "从未见过 🎉", "new\x00line\n", "İ ß ﬁ ǅ", "x" * 3000, "👩‍👩‍👧" * 50]


@pytest.fixture(scope="package")
def preprocessor(make_shop):
    return Preprocessor.fit(FEATURES, TASKS, make_shop(1500))


@pytest.fixture(scope="package")
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


@pytest.fixture(scope="package")
def version(preprocessor, model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("servable")
    Servable(preprocessor, model, RANKING).write(folder)
    return folder


@pytest.fixture(scope="package")
def answer(version):
    """Asks a signature of the loaded version: arrays by input to arrays by output."""
    loaded = tf.saved_model.load(str(version))

    def ask(signature, arrays):
        tensors = {n: tf.constant(v, tf.as_dtype(v.dtype)) for n, v in arrays.items()}
        answers = loaded.signatures[signature](**tensors)
        return {name: values.numpy() for name, values in answers.items()}

    return ask


@pytest.fixture(scope="package")
def score(answer):
    """Raw arrays to answers of `serving_default`."""
    return lambda raw: answer("serving_default", raw)


@pytest.fixture(scope="package")
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


@pytest.fixture(scope="package")
def raw(preprocessor, nasty):
    return raw_tensors(preprocessor.schema, nasty)


@pytest.fixture(scope="package")
def offline(preprocessor, model, nasty):
    return predict(model, preprocessor.encode(nasty, with_labels=False))
