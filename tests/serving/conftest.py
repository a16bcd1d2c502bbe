"""A tiny model with every signature of a servable, in plain TensorFlow."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

ITEMS = ["kettle", "Ärmel", "a name longer than what a small string holds"]
WEIGHTS = np.array([0.5, -1.0, 2.0, 0.25], np.float32)  # the last for unknown items
TASKS = ["click", "purchase"]
HISTORY_LENGTH = 3
EXAMPLE = {
    "item": tf.io.FixedLenFeature([], tf.string, ""),
    "price": tf.io.FixedLenFeature([], tf.float32, 0.0),
}


def zero_of(history):
    """0, of a history that has its length."""
    checked = tf.ensure_shape(history, [None, HISTORY_LENGTH])
    return 0.0 * tf.cast(tf.size(checked), tf.float32)


class TinyServable(tf.Module):
    """Scores `sigmoid(scale * weight[item] * price)`; purchase is click squared.

    Args:
        vocabulary: File of items, one a line.
        scale: Tells versions apart.
    """

    def __init__(self, vocabulary, scale=1.0):
        super().__init__()
        lines = tf.lookup.TextFileInitializer(
            str(vocabulary),
            *(tf.string, tf.lookup.TextFileIndex.WHOLE_LINE),
            *(tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER),
        )
        self.table = tf.lookup.StaticHashTable(lines, default_value=len(ITEMS))
        self.weight = tf.Variable(WEIGHTS * scale, name="weight")

    def score(self, item, price):
        weight = tf.gather(self.weight, self.table.lookup(item))
        click = tf.sigmoid(weight * price)
        return {"click": click, "purchase": click * click}

    def serving_default(self, item, price, history):
        with tf.control_dependencies(
            [tf.ensure_shape(history, [None, HISTORY_LENGTH])]
        ):
            return self.score(item, price)

    def rank(self, history, item, price):
        with tf.control_dependencies(
            [tf.ensure_shape(history, [None, HISTORY_LENGTH])]
        ):
            outputs = self.score(item, price)
        score = outputs["click"] * outputs["purchase"]
        order = tf.argsort(score, axis=1, direction="DESCENDING", stable=True)
        return {**outputs, "score": score, "order": order}

    def tf_example(self, examples):
        return self.score(**tf.io.parse_example(examples, EXAMPLE))

    def classify(self, inputs):
        outputs = self.tf_example(inputs)
        scores = tf.stack([outputs[task] for task in TASKS], axis=1)
        classes = tf.tile([TASKS], [tf.shape(scores)[0], 1])
        return {"scores": scores, "classes": classes}

    def regress_click(self, inputs):
        return {"outputs": self.tf_example(inputs)["click"]}


def _spec(name, dtype, *lengths):
    return {name: tf.TensorSpec([None, *lengths], dtype, name)}


HISTORY = _spec("history", tf.string, HISTORY_LENGTH)
SIGNATURES = {
    "serving_default": _spec("item", tf.string) | _spec("price", tf.float32) | HISTORY,
    "rank": HISTORY | _spec("item", tf.string, None) | _spec("price", tf.float32, None),
    "tf_example": _spec("examples", tf.string),
    "classify": _spec("inputs", tf.string),
    "regress_click": _spec("inputs", tf.string),
}


@pytest.fixture(scope="session")
def write_servable(tmp_path_factory) -> Callable[..., Path]:
    """Writes a `TinyServable` to a folder that appears whole, as versions do."""
    vocabulary = tmp_path_factory.mktemp("vocabulary") / "items.txt"
    vocabulary.write_text("\n".join(ITEMS), encoding="utf-8")

    written: dict[float, Path] = {}

    def write(folder: Path, scale: float = 1.0) -> Path:
        if scale not in written:
            model = TinyServable(vocabulary, scale)
            signatures = {
                name: tf.function(getattr(model, name)).get_concrete_function(**specs)
                for name, specs in SIGNATURES.items()
            }
            written[scale] = tmp_path_factory.mktemp("servable")
            tf.saved_model.save(model, str(written[scale]), signatures=signatures)
        unfinished = folder.with_name(f".unfinished-{folder.name}")
        shutil.copytree(written[scale], unfinished)
        return unfinished.rename(folder)

    return write


@pytest.fixture(scope="session")
def tiny_version(write_servable, tmp_path_factory) -> Path:
    """Version 1 of a model, alone in the model's folder."""
    return write_servable(tmp_path_factory.mktemp("tiny") / "1")


@pytest.fixture(scope="session")
def tiny_outputs() -> Callable[..., dict[str, np.ndarray]]:
    """What the outputs of `serving_default` must be, by NumPy."""

    def outputs(item: list[str], price: list[float], scale: float = 1.0):
        places = [ITEMS.index(i) if i in ITEMS else len(ITEMS) for i in item]
        logits = scale * WEIGHTS[places] * np.array(price, np.float32)
        click = 1 / (1 + np.exp(-logits))
        return {"click": click, "purchase": click**2}

    return outputs
