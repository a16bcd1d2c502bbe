import numpy as np
import pytest

from mtl_rec.config.features import Categorical, IdSequence, Numeric, Text
from mtl_rec.config.tasks import Task
from mtl_rec.schema import EncodedExposures, Schema
from mtl_rec.schema.fields import Vocabulary

FEATURES = (
    Categorical(kind="categorical", name="user_id", side="user"),
    IdSequence(
        kind="sequence", name="history", side="user", max_length=3, shares="item_id"
    ),
    Categorical(kind="categorical", name="item_id", side="item"),
    Categorical(kind="categorical", name="category", side="item"),
    Numeric(kind="numeric", name="price", side="item", missing_flag=True),
    Text(kind="text", name="title", side="item", max_tokens=2),
)
TASKS = (
    Task(name="click"),
    Task(name="purchase", after="click"),
    Task(name="order_value", after="purchase", kind="regression"),
)
SIZES = {"user_id": 7, "item_id": 20, "category": 4, "title": 9}


def make_schema(features=FEATURES, tasks=TASKS):
    vocabularies = {
        name: Vocabulary(name, 1, size - 2, None) for name, size in SIZES.items()
    }
    return Schema(features, tasks, vocabularies, {})


@pytest.fixture
def make_exposures():
    """Rows whose clicks follow the item, and purchases the price."""

    def make(rows, seed=0, features=FEATURES, weights=None):
        random = np.random.default_rng(seed)
        schema = make_schema(features)
        item = random.integers(1, SIZES["item_id"], (rows, 1))
        price = random.normal(size=(rows, 1))
        inputs = {
            "user_ids": random.integers(0, SIZES["user_id"], (rows, 1)),
            "history": random.integers(0, SIZES["item_id"], (rows, 3)),
            # The category follows from the item; columns are by alphabet.
            "item_ids": np.concatenate([item % 4, item], axis=1),
            "item_numbers": np.concatenate([price, random.random((rows, 1)) < 0.1], 1),
            "title": random.integers(0, SIZES["title"], (rows, 2)),
        }
        click = random.random((rows, 1)) < 0.1 + 0.04 * item
        purchase = click & (random.random((rows, 1)) < 1 / (1 + np.exp(-2 * price)))
        value = np.where(purchase, 10 + 3 * price, np.nan)
        return EncodedExposures(
            schema,
            {
                name: own.astype("float32" if name == "item_numbers" else "int32")
                for name, own in inputs.items()
                if name in schema.inputs()
            },
            {
                "click": click.astype("float32"),
                "purchase": purchase.astype("float32"),
                "order_value": value.astype("float32"),
            },
            weights,
        )

    return make
