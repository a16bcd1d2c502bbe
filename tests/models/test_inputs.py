import keras
import numpy as np
from keras import ops

from mtl_rec.config.features import Categorical, IdSequence, Numeric
from mtl_rec.config.tasks import Task
from mtl_rec.models.inputs import embed_fields, packed_inputs
from mtl_rec.schema import Schema
from mtl_rec.schema.fields import Vocabulary


def test_fields_are_embedded_pooled_and_joined_with_the_numbers():

    features = (
        Categorical(kind="categorical", name="item", side="item"),
        IdSequence(
            kind="sequence", name="history", side="user", max_length=2, shares="item"
        ),
        Numeric(kind="numeric", name="price", side="item"),
    )
    vocabularies = {"item": Vocabulary("item", 1, 2, None)}
    schema = Schema(features, (Task(name="click"),), vocabularies, {})
    inputs = packed_inputs(schema)
    model = keras.Model(inputs, embed_fields(inputs, schema, embedding_dim=2))
    table = np.array([[9, 9], [1, 2], [3, 4], [5, 6]], "float32")
    model.get_layer("embedding_2").set_weights([table])

    vector = model(
        {
            "item_ids": np.array([[3], [1]], "int32"),
            "history": np.array([[1, 2], [3, 0]], "int32"),
            "item_numbers": np.array([[0.5], [-0.5]], "float32"),
        }
    )

    np.testing.assert_allclose(
        ops.convert_to_numpy(vector), [[5, 6, 2, 3, 0.5], [1, 2, 5, 6, -0.5]]
    )
