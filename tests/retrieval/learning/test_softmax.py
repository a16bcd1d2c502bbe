"""The loss of towers, against NumPy, and what training does to them."""

import keras
import numpy as np
import pytest

from mtl_rec.config.retrieval import RetrievalTraining
from mtl_rec.retrieval.encoding import encode_side
from mtl_rec.retrieval.id_features import IdFeatures
from mtl_rec.retrieval.id_fields import id_field, ids_of_values
from mtl_rec.retrieval.trainable_towers import (
    IS_NEW,
    ITEM,
    PROBABILITY,
    TrainableTowers,
    hidden_ids,
    trainable_towers,
)
from mtl_rec.retrieval.two_towers import CANDIDATE, QUERY
from mtl_rec.training.regularizers import Regularizers

RANDOM = np.random.default_rng(0)
QUERIES = RANDOM.normal(size=(4, 3)).astype(np.float32)
CANDIDATES = RANDOM.normal(size=(7, 3)).astype(np.float32)
# Rows 0 and 2 chose one item, which is drawn once more; row 1's is drawn too.
ITEMS = np.array([5, 3, 5, 8, 3, 5, 9], np.int32)
PROBABILITIES = np.array([0.4, 0.1, 0.4, 0.02, 0.1, 0.4, 0.05], np.float32)
ARE_NEW = (np.arange(28).reshape(4, 7) % 3 != 1) | np.eye(4, 7, dtype=bool)
"""Of rows and candidates; each row's own is."""
WEIGHTS = np.array([1.0, 0.5, 3.0, 2.0], np.float32)


def tiny_towers(**settings) -> TrainableTowers:
    user, item = keras.Input((3,), name="u"), keras.Input((3,), name="i")
    layer = keras.layers.Dense(3, use_bias=False)
    joint = keras.Model([user, item], {QUERY: layer(user), CANDIDATE: layer(item)})
    return trainable_towers(joint, RetrievalTraining(**settings), 100, Regularizers())


def softmax_loss(temperature=1.0, hard=None, are_new=None):
    """The mean over rows of `-log` of the share of what was chosen."""
    scores = QUERIES @ CANDIDATES.T / temperature - np.log(PROBABILITIES)
    are_new = np.ones((4, 7), bool) if are_new is None else are_new
    losses = []
    for row, own in enumerate(scores):
        others = [c for c in range(7) if ITEMS[c] != ITEMS[row] and are_new[row, c]]
        negatives = sorted(own[others], reverse=True)[:hard]
        losses.append(np.log(np.exp([own[row], *negatives]).sum()) - own[row])
    return (np.array(losses) * WEIGHTS).sum() / WEIGHTS.sum()


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({}, softmax_loss()),
        ({"temperature": 0.3}, softmax_loss(temperature=0.3)),
        ({"hard_negatives": 2}, softmax_loss(hard=2)),
    ],
)
def test_the_loss_is_a_corrected_softmax_without_accidental_hits(settings, wanted):
    found = tiny_towers(**settings).compute_loss(
        y={ITEM: ITEMS, PROBABILITY: PROBABILITIES},
        y_pred={QUERY: QUERIES, CANDIDATE: CANDIDATES},
        sample_weight=WEIGHTS,
    )

    assert float(found) == pytest.approx(wanted, rel=1e-5)


def test_a_step_is_compiled_unless_the_config_says_otherwise():
    compiled = [tiny_towers(jit=jit).jit_dense_part for jit in (None, True, False)]

    assert compiled == [True, True, False]


@pytest.mark.parametrize("hard", [None, 1])
def test_candidates_that_are_not_new_count_nothing(hard):
    found = tiny_towers(hard_negatives=hard).compute_loss(
        y={ITEM: ITEMS, PROBABILITY: PROBABILITIES, IS_NEW: ARE_NEW},
        y_pred={QUERY: QUERIES, CANDIDATE: CANDIDATES},
        sample_weight=WEIGHTS,
    )

    wanted = softmax_loss(hard=hard, are_new=ARE_NEW)
    assert float(found) == pytest.approx(wanted, rel=1e-5)
    assert wanted != pytest.approx(softmax_loss(hard=hard), rel=1e-3)


def test_ids_that_are_hidden_are_those_of_user_and_item_alone(prepared):
    data, preprocessor = prepared.interactions, prepared.preprocessor
    rows, schema = data.train.rows, preprocessor.schema
    packed = encode_side(preprocessor, rows, "user")
    packed |= encode_side(preprocessor, rows, "item")
    names = prepared.id_features

    hidden = hidden_ids(schema, names, 0.4).inputs(packed, 3)

    hidden = {name: keras.ops.convert_to_numpy(own) for name, own in hidden.items()}
    are_hidden = []
    for name in (names.user, names.item):
        own, before = (ids_of_values(schema, name, x)[:, 0] for x in (hidden, packed))
        changed = own != before
        # Ids that are unknown are the lowest above 0, which is none.
        vocabulary = schema.vocabularies[id_field(schema, name).vocabulary]
        assert (own[changed] <= vocabulary.num_out_of_vocabulary).all()
        assert (own[changed] > 0).all()
        assert abs(changed.mean() - 0.4) < 0.1
        are_hidden.append(changed)
    assert (are_hidden[0] != are_hidden[1]).mean() > 0.3
    for name in ("country", "brand"):
        own, before = (ids_of_values(schema, name, x) for x in (hidden, packed))
        np.testing.assert_array_equal(own, before)
    for name in packed.keys() - {"user_ids", "item_ids"}:
        np.testing.assert_array_equal(hidden[name], packed[name])


@pytest.mark.parametrize(
    ("rate", "ids"),
    [(0.0, IdFeatures("user_id", "item_id")), (0.5, IdFeatures(None, None))],
)
def test_nothing_is_hidden_where_nothing_is_asked_for(prepared, rate, ids):
    assert not hidden_ids(prepared.preprocessor.schema, ids, rate).are_any
