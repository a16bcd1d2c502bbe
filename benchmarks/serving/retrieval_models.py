"""Retrieval versions with random weights, and requests to them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import tensorflow as tf

from mtl_rec.config.features import Categorical, IdSequence
from mtl_rec.config.tasks import Task
from mtl_rec.preprocess import Preprocessor
from mtl_rec.retrieval.catalogue import Catalogue
from mtl_rec.retrieval.exporting import export_retrieval
from mtl_rec.retrieval.model import RetrievalModel, Tensors

USERS, KNOWN, HISTORY, HIDDEN = 1000, 5000, 50, 128

Arrays = dict[str, np.ndarray]


def item_ids(num_items: int) -> np.ndarray:
    """As long as those of shops are."""
    return np.array([f"item-{number:010d}" for number in range(num_items)], object)


def write_retrieval(folder: Path, num_items: int, dim: int, top_k: int) -> Path:
    """A two-tower of user id and a full history of items; returns its version."""
    random = np.random.default_rng(0)
    ids = item_ids(num_items)
    rows = pd.DataFrame(
        {
            name: [_text(value) for value in values.tolist()]
            for name, values in requests(num_items, USERS).items()
        }
    )
    rows["item_id"] = random.choice(ids[:KNOWN], USERS)
    rows["click"] = random.integers(0, 2, USERS)
    features = (
        Categorical(kind="categorical", name="user_id", side="user"),
        IdSequence(
            kind="sequence",
            name="history",
            side="user",
            max_length=HISTORY,
            shares="item_id",
        ),
        Categorical(kind="categorical", name="item_id", side="item"),
    )
    preprocessor = Preprocessor.fit(features, (Task(name="click"),), rows)

    def weights(*shape: int) -> tf.Variable:
        values = random.normal(scale=shape[-1] ** -0.5, size=shape)
        return tf.Variable(tf.constant(values, tf.float32))

    users, seen = weights(USERS + 2, dim), weights(KNOWN + 2, dim)
    hidden, last = weights(2 * dim, HIDDEN), weights(HIDDEN, dim)
    items = weights(num_items, dim)

    def encode(packed: Tensors) -> tf.Tensor:
        user = tf.gather(users, packed["user_ids"][:, 0])
        history = tf.reduce_mean(tf.gather(seen, packed["history"]), axis=1)
        return tf.nn.relu(tf.concat([user, history], axis=1) @ hidden) @ last

    model = RetrievalModel(
        preprocessor,
        lambda packed: tf.matmul(encode(packed), items, transpose_b=True),
        (users, seen, hidden, last, items),
        Catalogue(ids, pa.table({"item_id": ids})),
        encode_users=encode,
    )
    return export_retrieval(model, rows, folder, top_k=top_k).path


def requests(num_items: int, count: int, excluded: int | None = None) -> Arrays:
    """Bytes of users with full histories, and of items that they are not to get."""
    random = np.random.default_rng(1)
    ids = np.array([own.encode() for own in item_ids(num_items)], object)
    asked = {
        "user_id": np.array([b"user-%d" % number for number in range(count)], object),
        "history": random.choice(ids[:KNOWN], (count, HISTORY)),
    }
    if excluded is not None:
        asked["excluded_items"] = random.choice(ids, (count, excluded))
    return asked


def _text(value: bytes | list[bytes]) -> str | list[str]:
    return (
        [own.decode() for own in value] if isinstance(value, list) else value.decode()
    )
