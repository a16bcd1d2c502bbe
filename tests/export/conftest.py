"""A tiny servable: a vocabulary file, one weight an item, two outputs."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from mtl_rec.export.proofs import SignatureProof
from mtl_rec.export.structure import SignatureType, check_structure

SPECS = {
    "item": tf.TensorSpec([None], tf.string, name="item"),
    "price": tf.TensorSpec([None], tf.float32, name="price"),
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
def good_version(write_version, tmp_path_factory) -> Path:
    return write_version(tmp_path_factory.mktemp("good") / "1")


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
        rows,
        {name: values.astype(np.float32) for name, values in expected.items()},
    )


@pytest.fixture
def check(proof):
    """Checks a version as the tiny model's proof declares it."""
    signatures = {"serving_default": SignatureType(proof.inputs, proof.expected.keys())}
    return lambda folder: check_structure(folder, signatures)
