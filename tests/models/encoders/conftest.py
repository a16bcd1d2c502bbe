"""A schema whose histories and titles are each encoded in another way."""

import numpy as np
import pytest

from mtl_rec.config.features import Categorical, IdSequence, Text
from mtl_rec.config.tasks import Task
from mtl_rec.schema import Schema
from mtl_rec.schema.fields import Vocabulary

SEQUENCES = {
    "mean": {"kind": "mean"},
    "last": {"kind": "last"},
    "cnn": {"kind": "cnn", "widths": (1, 2), "num_filters": 3},
    "gru": {"kind": "gru", "units": 3},
    "din": {"kind": "din", "units": (5, 4)},
    "dien": {"kind": "dien", "units": 3},
    "earlier": {"kind": "transformer", "num_layers": 2, "units": 5},
    "candidate": {"kind": "transformer", "sees": "candidate", "units": 5},
    "rotary": {"kind": "transformer", "positions": "rotary", "units": 5},
}
TEXTS = {
    "bag": {"kind": "bag"},
    "attention": {"kind": "bag", "pooling": "attention"},
    "cnn": {"kind": "cnn", "widths": (1, 2), "num_filters": 3},
    "gru": {"kind": "gru", "units": 3},
    "transformer": {"kind": "transformer", "units": 5, "dropout": 0.1},
    "rotary": {"kind": "transformer", "units": 5, "positions": "rotary"},
}
EVERY_ENCODER = [("sequence", name) for name in SEQUENCES]
EVERY_ENCODER += [("text", name) for name in TEXTS]
WITH_COMPANIONS = ("mean", "gru", "din", "dien")
NUM_STEPS, NUM_TOKENS, NUM_IDS = 4, 3, 8


def history(name, encoder, **settings):
    own = {"side": "user", "max_length": NUM_STEPS, **settings}
    return IdSequence(kind="sequence", name=name, encoder=encoder, **own)


def title(name, encoder):
    return Text(
        kind="text", name=name, side="item", max_tokens=NUM_TOKENS, encoder=encoder
    )


def schema_of(*lists):
    """Some lists, and what they are compared with; widths of 6, 4 and 3."""
    features = (
        Categorical(kind="categorical", name="user_id", side="user"),
        Categorical(kind="categorical", name="item_id", side="item"),
        Categorical(kind="categorical", name="category", side="item", embedding_dim=4),
        *lists,
    )
    owners = [f for f in features if f.shares is None]
    vocabularies = {
        f.name: Vocabulary(f.name, 1, NUM_IDS - 2, f.embedding_dim) for f in owners
    }
    return Schema(
        features,
        (Task(name="click"), Task(name="buy", after="click")),
        vocabularies,
        {},
    )


def companions(suffix=""):
    """Two sequences that say more of the steps of another: of the item and the time."""
    return (
        history(f"categories{suffix}", SEQUENCES["mean"], shares="category"),
        history(f"gaps{suffix}", SEQUENCES["mean"], embedding_dim=3),
    )


def batch_of(schema, num_rows=12, seed=0):
    """Lists of every length from none on, padded at the end."""
    random = np.random.default_rng(seed)
    inputs = {}
    for name, packed in schema.inputs().items():
        ids = random.integers(1, NUM_IDS, (num_rows, packed.width)).astype("int32")
        if packed.width > 2:
            lengths = np.arange(num_rows)[:, None] % (packed.width + 1)
            ids *= np.arange(packed.width) < lengths
        inputs[name] = ids
    return inputs


@pytest.fixture(scope="session")
def every_list():
    """Every encoder at once, one of each sort with companions."""
    histories = [
        history(f"history_{n}", own, shares="item_id") for n, own in SEQUENCES.items()
    ]
    along = [
        history(
            f"joined_{n}",
            SEQUENCES[n],
            shares="item_id",
            along=(f"categories_{n}", f"gaps_{n}"),
        )
        for n in WITH_COMPANIONS
    ]
    beside = [own for n in WITH_COMPANIONS for own in companions(f"_{n}")]
    return [
        *histories,
        *along,
        *beside,
        *(title(f"title_{n}", o) for n, o in TEXTS.items()),
    ]
