"""A tiny model with the signatures that clients call, served over both protocols."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.serving.client import Client
from mtl_rec.serving.local import LocalServer

LENGTH = 3
"""Elements of `history`."""

ROW_SPECS = {
    "user_id": tf.TensorSpec([None], tf.string, name="user_id"),
    "history": tf.TensorSpec([None, LENGTH], tf.string, name="history"),
    "item_id": tf.TensorSpec([None], tf.string, name="item_id"),
    "price": tf.TensorSpec([None], tf.float32, name="price"),
    "hour": tf.TensorSpec([None], tf.string, name="hour"),
}
PACKED_SPECS = {
    "strings": tf.TensorSpec([None, 3], tf.string, name="strings"),
    "numbers": tf.TensorSpec([None, 1], tf.float32, name="numbers"),
    "history": ROW_SPECS["history"],
}
RANK_SPECS = ROW_SPECS | {
    "item_id": tf.TensorSpec([None, None], tf.string, name="item_id"),
    "price": tf.TensorSpec([None, None], tf.float32, name="price"),
    "hour": tf.TensorSpec([None, None], tf.string, name="hour"),
}


class ShopModel(tf.Module):
    """Every feature, and every element of the history in its place, moves the click.

    Args:
        bias: Added to the click's logit; tells versions apart.
    """

    def __init__(self, bias: float) -> None:
        super().__init__()
        self.bias = tf.Variable(bias)

    def row(self, raw):
        user = self._number(raw["user_id"]) + tf.reduce_sum(
            self._number(raw["history"]) * tf.range(1.0, LENGTH + 1), axis=-1
        )
        return self._outputs(user, raw)

    def packed(self, raw):
        strings = tf.unstack(raw["strings"], axis=1)
        names = ("hour", "item_id", "user_id")
        row = dict(zip(names, strings, strict=True)) | {"history": raw["history"]}
        return self.row(row | {"price": raw["numbers"][:, 0]})

    def rank(self, raw):
        user = self._number(raw["user_id"]) + tf.reduce_sum(
            self._number(raw["history"]) * tf.range(1.0, LENGTH + 1), axis=-1
        )
        outputs = self._outputs(user[:, tf.newaxis], raw)
        score = outputs["click"] + outputs["purchase"]
        order = tf.argsort(score, direction="DESCENDING", stable=True)
        return outputs | {"score": score, "order": order}

    def _outputs(self, user, raw):
        price = tf.where(tf.math.is_finite(raw["price"]), raw["price"], -7.0)
        logit = user * self._number(raw["item_id"]) + 0.01 * price
        click = tf.sigmoid(logit - self._number(raw["hour"]) + self.bias)
        return {"click": click, "purchase": click * click}

    def _number(self, text):
        bucket = tf.strings.to_hash_bucket_fast(text, 1000)
        number = tf.cast(bucket, tf.float32) / 1000.0
        return tf.where(text == "", 0.0, number)


def _write_shop(
    folder: Path, bias: float = 0.0, specs=ROW_SPECS, is_packed: bool = False
) -> Path:
    """Writes a version of the model; `specs` may have more features."""
    model = ShopModel(bias)
    row = tf.function(model.row, input_signature=[specs])
    rank = tf.function(model.rank, input_signature=[RANK_SPECS])
    signatures = {
        "serving_default": row.get_concrete_function(),
        "rank": rank.get_concrete_function(),
    }
    if is_packed:
        packed = tf.function(model.packed, input_signature=[PACKED_SPECS])
        signatures["packed"] = packed.get_concrete_function()
    tf.saved_model.save(model, str(folder), signatures=signatures)
    return folder


@pytest.fixture(scope="session")
def write_shop() -> Callable[..., Path]:
    return _write_shop


@pytest.fixture(scope="session")
def row_specs() -> dict[str, tf.TensorSpec]:
    return ROW_SPECS


@pytest.fixture(scope="session")
def shop_versions(tmp_path_factory) -> Path:
    """The folder of the model's versions: 1."""
    folder = tmp_path_factory.mktemp("served") / "shop"
    _write_shop(folder / "1")
    return folder


@pytest.fixture(scope="session")
def server(shop_versions) -> Iterator[LocalServer]:
    with LocalServer({"shop": shop_versions}, grpc_port=0, rest_port=0) as server:
        yield server


def urls(server: LocalServer) -> dict[str, str]:
    return {
        "grpc": f"grpc://{server.host}:{server.grpc_port}",
        "rest": f"http://{server.host}:{server.rest_port}",
    }


@pytest.fixture(params=["grpc", "rest"])
def protocol(request) -> str:
    return request.param


@pytest.fixture
def url(server, protocol) -> str:
    return urls(server)[protocol]


@pytest.fixture
def client(url) -> Iterator[Client]:
    with Client(url, "shop", timeout_seconds=60) as client:
        yield client


@pytest.fixture(scope="session")
def expected(shop_versions) -> Callable[[list[dict]], dict[str, np.ndarray]]:
    """What the model answers for rows, by TensorFlow itself."""
    model = tf.saved_model.load(str(shop_versions / "1"))

    def score(rows):
        raw = {
            "user_id": tf.constant([row["user_id"] for row in rows]),
            "history": tf.constant(
                [(row["history"] + [""] * LENGTH)[:LENGTH] for row in rows]
            ),
            "item_id": tf.constant([row["item_id"] for row in rows]),
            "price": tf.constant([row["price"] for row in rows], tf.float32),
            "hour": tf.constant([row["hour"] for row in rows]),
        }
        outputs = model.signatures["serving_default"](**raw)
        return {name: values.numpy() for name, values in outputs.items()}

    return score


@pytest.fixture(scope="session")
def rows() -> list[dict]:
    """Rows with texts in several scripts, histories of all lengths, missing prices."""
    random = np.random.default_rng(1)
    return [
        {
            "user_id": f"u{random.integers(5)}",
            "history": [f"i{i}" for i in random.integers(0, 9, number % (LENGTH + 1))],
            "item_id": str(random.choice(["kettle", "Ärmel", "漂亮", "i3", ""])),
            "price": float(random.choice([1.5, 20.0, np.nan, -3.0, 1e-30])),
            "hour": str(random.integers(24)),
        }
        for number in range(50)
    ]
