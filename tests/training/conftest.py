import keras
import numpy as np
import pytest
from compilation import JIT

from mtl_rec.config.features import Categorical, IdSequence, Numeric
from mtl_rec.config.model import MMoE, Model
from mtl_rec.config.tasks import Task
from mtl_rec.config.training import Training
from mtl_rec.models import build_model
from mtl_rec.schema import EncodedExposures, Schema
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.training import make_trainable

NUM_IDS, NUM_SMALL_IDS = 40, 10


@pytest.fixture(autouse=True)
def small_vocabularies(monkeypatch):
    """So that these sizes fall on both sides of what is small."""
    monkeypatch.setattr("mtl_rec.models.inputs.SMALL_VOCABULARY", 20)


@pytest.fixture
def schema():
    """Two tables and a small one, a shared vocabulary, numbers, a conditional task."""
    features = (
        Categorical(kind="categorical", name="user", side="user", embedding_dim=3),
        Categorical(kind="categorical", name="item", side="item"),
        IdSequence(
            kind="sequence", name="history", side="user", max_length=4, shares="item"
        ),
        Numeric(kind="numeric", name="price", side="item"),
        Categorical(kind="categorical", name="age", side="user"),
        Categorical(kind="categorical", name="hour", side="context"),
    )
    tasks = (Task(name="click"), Task(name="buy", after="click", train_on="parent"))
    vocabularies = {
        "user": Vocabulary("user", 1, NUM_IDS - 2, 3),
        "item": Vocabulary("item", 1, NUM_IDS - 2, None),
        "age": Vocabulary("age", 1, NUM_SMALL_IDS - 4, None),
        "hour": Vocabulary("hour", 1, NUM_SMALL_IDS - 2, None),
    }
    return Schema(features, tasks, vocabularies, {}, num_exposures=1_000_000)


def make_exposures(schema, num_rows, seed=0):
    """Clicks depend on the item, purchases on the user: both can be learned."""
    random = np.random.default_rng(seed)
    user = random.integers(1, NUM_IDS, (num_rows, 1)).astype("int32")
    item = random.integers(1, NUM_IDS, (num_rows, 1)).astype("int32")
    age = (user % (NUM_SMALL_IDS - 2)).astype("int32")
    hour = random.integers(0, NUM_SMALL_IDS, (num_rows, 1)).astype("int32")
    click = random.random((num_rows, 1)) < np.where(item % 2, 0.8, 0.1)
    buy = click & (random.random((num_rows, 1)) < np.where(user % 3, 0.1, 0.9))
    return EncodedExposures(
        schema,
        {
            "user_ids": np.concatenate([age, user], axis=1),
            "item_ids": item,
            "context_ids": hour,
            "history": random.integers(0, NUM_IDS, (num_rows, 4)).astype("int32"),
            "item_numbers": random.normal(size=(num_rows, 1)).astype("float32"),
        },
        {"click": click.astype("float32"), "buy": buy.astype("float32")},
    )


@pytest.fixture
def exposures(schema):
    return make_exposures(schema, 600)


@pytest.fixture
def make_model(schema):
    """A fresh trainable model; equal seeds give equal weights."""

    def make(seed=0, dropout=0.0, jit=JIT, **settings):
        keras.utils.set_random_seed(seed)
        mmoe = MMoE(
            kind="mmoe",
            num_experts=2,
            expert_units=[8],
            tower_units=[4],
            dropout=dropout,
        )
        model = build_model(Model(architecture=mmoe, embedding_dim=5), schema)
        return make_trainable(
            model, Training(batch_size=64, jit=jit, **settings), schema
        )

    return make


@pytest.fixture
def validation(schema):
    return make_exposures(schema, 300, seed=9)
