"""The two ways of multiplying fields are one thing, forward and back."""

import keras
import numpy as np
import pytest
from compilation import JIT
from keras import ops

from mtl_rec.models.layers import FieldLinear, FusedEmbedding
from mtl_rec.optimizers import SGD
from mtl_rec.training import TrainableModel


def fields_model(sizes, units=6, width=3):
    """One table of vocabularies of these sizes, the last used by two columns."""
    firsts = np.cumsum([0, *sizes[:-1]]).tolist()
    columns, num_ids = [*firsts, firsts[-1]], [*sizes, sizes[-1]]
    ids = keras.Input((len(columns),), dtype="int32")
    table = FusedEmbedding(sum(sizes), width, columns, returns_table=True)
    embedded, rows = table([ids])
    linear = FieldLinear(units, columns, num_ids, initial_limit=0.5)
    return TrainableModel(ids, linear(embedded, ids, rows)), num_ids


# One column, fewer than a round of the loop, sizes far apart, many rounds.
@pytest.mark.parametrize("sizes", [[3], [4, 9, 2], [2, 200, 17, 60], [5] * 21])
def test_training_takes_the_same_step_either_way(sizes, monkeypatch):
    results = []
    for multiplies_batch in (False, True):
        keras.utils.set_random_seed(1)
        model, num_ids = fields_model(sizes)
        random = np.random.default_rng(0)
        ids = random.integers(0, num_ids, (50, len(num_ids))).astype("int32")
        labels = random.normal(size=(50, 6)).astype("float32")
        module = "mtl_rec.models.layers.field_linear.on_gpu"
        monkeypatch.setattr(module, lambda is_gpu=multiplies_batch: is_gpu)
        model.compile(SGD(0.5), "mse", jit_compile=JIT)
        before = model.get_weights()
        for _ in range(2):
            loss = model.train_on_batch(ids, labels)
        assert all(
            not np.array_equal(old, new)
            for old, new in zip(before, model.get_weights(), strict=True)
        )
        results.append([loss, *model.get_weights()])

    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_it_is_a_dense_layer_on_the_joined_embeddings():
    model, num_ids = fields_model([4, 9, 2])
    ids = np.random.default_rng(0).integers(0, num_ids, (8, 4)).astype("int32")
    table, kernel = model.get_weights()
    rows = ids + np.array([0, 4, 13, 13])

    expected = table[rows].reshape(8, -1) @ kernel.reshape(-1, 6)

    for training in (False, True):
        outputs = ops.convert_to_numpy(model(ids, training=training))
        np.testing.assert_allclose(outputs, expected, rtol=1e-4, atol=1e-7)


def test_config_round_trip_is_json(round_trip):
    round_trip(FieldLinear(4, [0, 3], [3, 5], 0.5, name="fields"))
