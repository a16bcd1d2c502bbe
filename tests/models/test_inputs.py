import keras
import numpy as np
import pytest
from keras import ops

from mtl_rec.config.features import Categorical, IdSequence, Numeric
from mtl_rec.config.tasks import Task
from mtl_rec.models.inputs import embed_fields, packed_inputs
from mtl_rec.schema import Schema
from mtl_rec.schema.fields import Vocabulary


@pytest.fixture
def schema():
    features = (
        Categorical(kind="categorical", name="item", side="item"),
        IdSequence(
            kind="sequence", name="history", side="user", max_length=2, shares="item"
        ),
        Numeric(kind="numeric", name="price", side="item"),
        Categorical(kind="categorical", name="hour", side="context"),
    )
    vocabularies = {
        "item": Vocabulary("item", 1, 2, None),
        "hour": Vocabulary("hour", 1, 0, None),
    }
    return Schema(features, (Task(name="click"),), vocabularies, {})


TABLE = np.array([[9, 9], [1, 2], [3, 4], [5, 6], [0, 0], [7, 8]], "float32")
BATCH = {
    "item_ids": np.array([[3], [1]], "int32"),
    "history": np.array([[1, 2], [3, 0]], "int32"),
    "item_numbers": np.array([[0.5], [-0.5]], "float32"),
    "context_ids": np.array([[1], [0]], "int32"),
}


# All vocabularies in one small table, in one that is not, and one in each.
@pytest.mark.parametrize("small_vocabulary", [10, 0, 3])
def test_fields_are_embedded_pooled_and_joined_with_the_numbers(
    small_vocabulary, schema, monkeypatch
):
    monkeypatch.setattr("mtl_rec.models.inputs.SMALL_VOCABULARY", small_vocabulary)
    inputs = packed_inputs(schema)
    fields = embed_fields(inputs, schema, embedding_dim=2)
    model = keras.Model(inputs, fields.joined())
    tables = {
        10: {"small_embedding_2": TABLE},
        0: {"embedding_2": TABLE},
        3: {"embedding_2": TABLE[:4], "small_embedding_2": TABLE[4:]},
    }
    for name, table in tables[small_vocabulary].items():
        model.get_layer(name).set_weights([table])

    vector = ops.convert_to_numpy(model(BATCH))

    # The user's history first; what follows is ordered by table; its product with the
    # item last, not with the context.
    assert fields.width == vector.shape[1]
    np.testing.assert_array_equal(vector[:, :2], [[2, 3], [5, 6]])
    np.testing.assert_array_equal(
        np.sort(vector[:, 2:-1]), [[0.5, 5, 6, 7, 8], [-0.5, 0, 0, 1, 2]]
    )
    np.testing.assert_array_equal(vector[:, -1], [2 * 5 + 3 * 6, 5 * 1 + 6 * 2])


def test_a_linear_layer_is_a_dense_layer_on_what_is_joined(schema, monkeypatch):
    monkeypatch.setattr("mtl_rec.models.inputs.SMALL_VOCABULARY", 3)
    inputs = packed_inputs(schema)
    fields = embed_fields(inputs, schema, embedding_dim=2)
    outputs = [fields.joined(), fields.linear(3, "body", use_bias=False)]
    model = keras.Model(inputs, outputs)
    for layer in model.layers:
        if "embedding" in layer.name:
            (table,) = layer.get_weights()
            layer.set_weights([np.random.default_rng(0).normal(size=table.shape)])
    # The parts in the order in which they are joined.
    names = ["body_user_dense", "body_fields_0", "body_dense"]
    kernels = [model.get_layer(name).get_weights()[0].reshape(-1, 3) for name in names]

    vector, linear = (ops.convert_to_numpy(output) for output in model(BATCH))

    expected = vector @ np.concatenate(kernels)
    np.testing.assert_allclose(linear, expected, rtol=1e-4, atol=1e-6)
