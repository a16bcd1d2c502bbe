"""Small models of clicks, and rows that follow one of them."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import tensorflow as tf

from mtl_rec.config.features import Numeric
from mtl_rec.config.served_names import SCHEMA_FILE
from mtl_rec.config.tasks import Task
from mtl_rec.schema.schema import Schema

TRUE_WEIGHTS = (2.0, 1.0, -1.0)  # of price, of age, and the bias
RATE_OF_CLICKS = 0.3  # that are purchases


class Logistic(tf.Module):
    """Clicks by price and age; a share of them are purchases.

    Args:
        weights: Of price, of age, and the bias.
        with_age: Whether the second one is an input.
    """

    def __init__(self, weights, with_age=True):
        super().__init__()
        self.weights = tf.Variable(np.array(weights, np.float32))
        self.with_age = with_age

    def score(self, raw):
        age = raw["age"] if self.with_age else tf.zeros_like(raw["price"])
        logit = self.weights[0] * raw["price"] + self.weights[1] * age
        click = tf.sigmoid(logit + self.weights[2])
        given = tf.fill(tf.shape(click), RATE_OF_CLICKS)
        purchase = click * given
        return {"click": click, "purchase": purchase, "purchase_given_click": given}


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """Writes a version with these weights."""

    def write(weights, *, with_age=True) -> Path:
        folder = tmp_path_factory.mktemp("exported") / "1"
        names = ["price", "age"] if with_age else ["price"]
        specs = {name: tf.TensorSpec([None], tf.float32, name=name) for name in names}
        model = Logistic(weights, with_age)
        served = tf.function(model.score, input_signature=[specs])
        tf.saved_model.save(
            model, str(folder), {"serving_default": served.get_concrete_function()}
        )
        (folder / SCHEMA_FILE).parent.mkdir()
        (folder / SCHEMA_FILE).write_text(schema(names).to_json())
        return folder

    return write


def schema(names):
    features = tuple(Numeric(kind="numeric", name=name, side="item") for name in names)
    tasks = (Task(name="click"), Task(name="purchase", after="click"))
    return Schema(features, tasks, {}, {})


@pytest.fixture(scope="module")
def good(export):
    return export(TRUE_WEIGHTS)


@pytest.fixture(scope="module")
def rows():
    """20,000 exposures that follow the true weights, in two chunks."""
    random = np.random.default_rng(0)
    price, age = random.normal(size=(2, 20_000)).astype(np.float32)
    logit = TRUE_WEIGHTS[0] * price + TRUE_WEIGHTS[1] * age + TRUE_WEIGHTS[2]
    click = random.random(20_000) < 1 / (1 + np.exp(-logit))
    purchase = click & (random.random(20_000) < RATE_OF_CLICKS)
    labels = {"click": click.astype(int), "purchase": purchase.astype(int)}
    table = pa.table({"price": price, "age": age, **labels})
    return [table.slice(0, 15_000), table.slice(15_000)]
