"""A tiny servable: a vocabulary file, one weight an item, two outputs."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from mtl_rec.export.checksums import write_checksums
from mtl_rec.export.manifest import ModelFacts, write_manifest
from mtl_rec.export.proofs import SignatureProof
from mtl_rec.export.structure import check_structure
from mtl_rec.export.warm_up import warm_up_records, write_warm_up

SPECS = {
    "item": tf.TensorSpec([None], tf.string, name="item"),
    "price": tf.TensorSpec([None], tf.float32, name="price"),
}
OUTPUTS = {
    name: tf.TensorSpec([None], tf.float32, name=name) for name in ("click", "purchase")
}
ITEMS = ["kettle", "Ärmel", "a name longer than what a small string holds"]
WEIGHTS = np.array([0.5, -1.0, 2.0, 0.25], np.float32)  # the last for unknown items


class TinyModel(tf.Module):
    """Scores `sigmoid(weight[item] * price)`.

    Args:
        vocabulary: File of items, one a line.
        alter: Changes the scores inside the graph.
        more_weights: Variables of the same name that are stored and not used.
    """

    def __init__(self, vocabulary, alter=tf.identity, more_weights=()):
        super().__init__()
        lines = tf.lookup.TextFileInitializer(
            str(vocabulary),
            *(tf.string, tf.lookup.TextFileIndex.WHOLE_LINE),
            *(tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER),
        )
        self.table = tf.lookup.StaticHashTable(lines, default_value=len(ITEMS))
        self.weight = tf.Variable(WEIGHTS, name="weight")
        self.more_weights = [tf.Variable(w, name="weight") for w in more_weights]
        self.alter = alter

    def score(self, raw):
        weight = tf.gather(self.weight, self.table.lookup(raw["item"]))
        price = tf.cast(raw["price"], tf.float32)
        click = self.alter(tf.sigmoid(weight * price))
        return {"click": click, "purchase": click * click}


@pytest.fixture(scope="session")
def write_version(tmp_path_factory) -> Callable[..., Path]:
    """Writes a `TinyModel` to a folder, served with the given input types."""
    vocabulary = tmp_path_factory.mktemp("vocabulary") / "items.txt"
    vocabulary.write_text("\n".join(ITEMS), encoding="utf-8")

    def write(folder, *, specs=SPECS, signature="serving_default", **how):
        model = TinyModel(vocabulary, **how)
        served = tf.function(model.score, input_signature=[specs])
        signatures = {signature: served.get_concrete_function()}
        tf.saved_model.save(model, str(folder), signatures=signatures)
        return Path(folder)

    return write


@pytest.fixture(scope="session")
def good_version(write_version, proof, tmp_path_factory) -> Path:
    """With warm-up requests, manifest and checksums, as an export has them."""
    folder = write_version(tmp_path_factory.mktemp("good") / "1")
    proofs = {"serving_default": proof}
    write_warm_up(folder, warm_up_records({"serving_default": proof.rows}))
    write_manifest(folder, ModelFacts("shop", ["click", "purchase"], {}), proofs)
    write_checksums(folder)
    return folder


@pytest.fixture
def version(good_version, tmp_path) -> Path:
    """A copy of the good version, to be damaged."""
    return Path(shutil.copytree(good_version, tmp_path / "1"))


@pytest.fixture
def edited_graph(version) -> Callable:
    """A context with the `MetaGraphDef` of `version`, written back on exit."""

    @contextmanager
    def edit() -> Iterator:
        path = version / "saved_model.pb"
        saved_model = SavedModel.FromString(path.read_bytes())
        yield saved_model.meta_graphs[0]
        path.write_bytes(saved_model.SerializeToString())

    return edit


@pytest.fixture(scope="session")
def proof() -> SignatureProof:
    """Five rows of the tiny model, and its answers by NumPy."""
    rows = {
        "item": np.array([*ITEMS, "never seen", ""], object),
        "price": np.array([1.0, 2.0, -0.5, 3.0, 0.0], np.float32),
    }
    click = 1 / (1 + np.exp(-np.array([*WEIGHTS, WEIGHTS[-1]]) * rows["price"]))
    expected = {"click": click, "purchase": click**2}
    return SignatureProof(
        SPECS,
        OUTPUTS,
        rows,
        {name: values.astype(np.float32) for name, values in expected.items()},
    )


@pytest.fixture
def check(proof):
    """Checks a version as the tiny model's proof declares it."""
    return lambda folder: check_structure(folder, {"serving_default": proof})


class ManySignatures(tf.Module):
    """Scores `sigmoid(price)` for a row, for candidates, and for a `tf.Example`."""

    rows: ClassVar = {"price": tf.TensorSpec([None], tf.float32, name="price")}
    candidates: ClassVar = {
        "user": tf.TensorSpec([None], tf.string, name="user"),
        "price": tf.TensorSpec([None, None], tf.float32, name="price"),
        "hour": tf.TensorSpec([None, None], tf.float32, name="hour"),
    }
    examples: ClassVar = {"inputs": tf.TensorSpec([None], tf.string, name="inputs")}

    @tf.function(input_signature=[rows])
    def score(self, raw):
        return {"click": tf.sigmoid(raw["price"])}

    @tf.function(input_signature=[candidates])
    def rank(self, raw):
        length = tf.cast(tf.strings.length(raw["user"]), tf.float32)[:, tf.newaxis]
        score = tf.sigmoid(raw["price"] * raw["hour"]) * length
        order = tf.argsort(score, axis=1, direction="DESCENDING", stable=True)
        return {"score": score, "order": order}

    @tf.function(input_signature=[examples])
    def classify(self, raw):
        scores = tf.sigmoid(self._price(raw))
        return {"scores": scores, "classes": tf.fill(tf.shape(scores), "click")}

    @tf.function(input_signature=[examples])
    def regress(self, raw):
        return {"outputs": tf.sigmoid(self._price(raw)[:, 0])}

    def _price(self, raw):
        features = {"price": tf.io.FixedLenFeature([1], tf.float32)}
        return tf.io.parse_example(raw["inputs"], features)["price"]


@pytest.fixture(scope="session")
def many_proofs() -> dict[str, SignatureProof]:
    """Of `ManySignatures`, by NumPy; the examples are no UTF-8."""

    def sigmoid(values):
        return (1 / (1 + np.exp(-values))).astype(np.float32)

    def spec(*shape, dtype=tf.float32):
        return tf.TensorSpec([None, *shape], dtype)

    prices = np.random.default_rng(0).normal(size=(4, 6)).astype(np.float32)
    score = sigmoid(prices * 2) * np.array([[3], [4], [1], [4]], np.float32)
    order = np.argsort(-score, axis=1, kind="stable").astype(np.int32)
    examples = np.array([_example(price) for price in prices[:, 0]], object)
    click = sigmoid(prices[:, 0])
    return {
        "serving_default": SignatureProof(
            ManySignatures.rows,
            {"click": spec()},
            {"price": prices[:, 0]},
            {"click": click},
        ),
        "rank": SignatureProof(
            ManySignatures.candidates,
            {"score": spec(None), "order": spec(None, dtype=tf.int32)},
            {
                "user": np.array(["eve", "adam", "x", "Äda"], object),
                "price": prices,
                "hour": np.full((4, 1), 2, np.float32),
            },
            {"score": score, "order": order},
            orders={"order": "score"},
            ratios={"score": 1e-4},
        ),
        "classify": SignatureProof(
            ManySignatures.examples,
            {"scores": spec(1), "classes": spec(1, dtype=tf.string)},
            {"inputs": examples},
            {"scores": click[:, None], "classes": np.full((4, 1), "click", object)},
        ),
        "regress_click": SignatureProof(
            ManySignatures.examples,
            {"outputs": spec()},
            {"inputs": examples},
            {"outputs": click},
        ),
    }


def _example(price):
    example = tf.train.Example()
    example.features.feature["price"].float_list.value.append(price)
    return example.SerializeToString()


@pytest.fixture(scope="session")
def many_version(many_proofs, tmp_path_factory) -> Path:
    """A version with a signature of every kind, as complete as an export."""
    folder = tmp_path_factory.mktemp("many") / "1"
    model = ManySignatures()
    functions = [model.score, model.rank, model.classify, model.regress]
    signatures = dict(zip(many_proofs, functions, strict=True))
    tf.saved_model.save(model, str(folder), signatures=signatures)
    requests = {name: proof.rows for name, proof in many_proofs.items()}
    write_warm_up(folder, warm_up_records(requests))
    write_manifest(folder, ModelFacts("shop", ["click"], {}), many_proofs)
    write_checksums(folder)
    return folder
