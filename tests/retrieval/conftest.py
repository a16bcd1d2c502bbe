"""A small retrieval model with random vectors, and its exported version."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import tensorflow as tf

from mtl_rec.config.features import Categorical, IdSequence, Numeric
from mtl_rec.config.tasks import Task
from mtl_rec.preprocess import Preprocessor
from mtl_rec.retrieval.catalogue import Catalogue
from mtl_rec.retrieval.exporting import export_retrieval
from mtl_rec.retrieval.model import RetrievalModel

DIM = 8
FEATURES = (
    Categorical(kind="categorical", name="user_id", side="user"),
    IdSequence(
        kind="sequence", name="history", side="user", max_length=3, shares="item_id"
    ),
    Numeric(kind="numeric", name="age", side="user"),
    Categorical(kind="categorical", name="item_id", side="item", oov_buckets=3),
    Numeric(kind="numeric", name="price", side="item", transform="log"),
    Numeric(kind="numeric", name="hour", side="context"),
)


@pytest.fixture(scope="package")
def rows(make_shop):
    return make_shop(300)


@pytest.fixture(scope="package")
def preprocessor(rows) -> Preprocessor:
    return Preprocessor.fit(FEATURES, (Task(name="click"),), rows)


@pytest.fixture(scope="package")
def make_catalogue() -> Callable[[int], Catalogue]:
    """The first of the shop's items, and more that it has never seen."""

    def make(num_items: int) -> Catalogue:
        ids = np.array([f"i{number}" for number in range(num_items)], object)
        prices = np.random.default_rng(1).gamma(2, 10, num_items).astype(np.float32)
        return Catalogue(ids, pa.table({"item_id": ids, "price": prices}))

    return make


@pytest.fixture(scope="package")
def make_model(preprocessor, make_catalogue) -> Callable[..., RetrievalModel]:
    """Vectors of users from their id, history and age; of items from id and price."""

    def make(num_items: int = 60, seed: int = 0) -> RetrievalModel:
        random = np.random.default_rng(seed)

        def variable(*shape: int) -> tf.Variable:
            return tf.Variable(random.normal(size=shape).astype(np.float32))

        by_user, by_item = variable(500, DIM), variable(100, DIM)
        numbers, items = variable(2, DIM), variable(num_items, DIM)

        def encode_users(packed):
            ids = tf.gather(by_user, packed["user_ids"][:, 0])
            history = tf.reduce_sum(tf.gather(by_item, packed["history"]), axis=1)
            return ids + history + packed["user_numbers"] * numbers[0]

        def encode_items(packed):
            ids = tf.gather(by_item, packed["item_ids"][:, 0])
            return ids + packed["item_numbers"] * numbers[1]

        return RetrievalModel(
            preprocessor,
            lambda packed: tf.matmul(encode_users(packed), items, transpose_b=True),
            (by_user, by_item, numbers, items),
            make_catalogue(num_items),
            encode_items,
            encode_users,
        )

    return make


@pytest.fixture(scope="package")
def model(make_model) -> RetrievalModel:
    return make_model()


@pytest.fixture(scope="package")
def same_for_all(model) -> RetrievalModel:
    """A model without vectors, whose scores are the same for every user: many ties."""
    counts = tf.Variable([float(i % 7) for i in range(len(model.catalogue))])

    def score(packed):
        return tf.repeat(counts[tf.newaxis], tf.shape(packed["user_ids"])[0], axis=0)

    return replace(
        model, score=score, variables=(counts,), encode_items=None, encode_users=None
    )


@pytest.fixture(scope="package")
def exported(model, rows, tmp_path_factory):
    """Version 1, and what was proved of it."""
    folder = tmp_path_factory.mktemp("models") / "shop-two_tower"
    metrics = {"recall@20": {"value": 0.25, "low": 0.2, "high": 0.3}}
    return export_retrieval(model, rows, folder, top_k=20, metrics=metrics)


@pytest.fixture(scope="package")
def version(exported) -> Path:
    return exported.path
