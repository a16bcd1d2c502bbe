"""Language models that are in the graph of all signatures once."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import tensorflow as tf

from mtl_rec.models.encoders.missing_vectors import MissingVectors, texts_read_by

Tensors = Mapping[str, tf.Tensor]


def predictions_of(model: keras.Model) -> Callable[[Tensors], Any]:
    """A model that reads texts which stand in for vectors in one operation.

    A server passes over the operations of a branch one by one where it does not take
    it. A function that is not inlined is one, and is shared by all signatures.

    Args:
        model: With named inputs.
    """
    reads = {
        layer.name: tf.function(
            layer.read_some,
            input_signature=[
                tf.TensorSpec([None, layer.reader.shape.hidden_dim], tf.float32),
                tf.TensorSpec([None, layer.text_length], tf.int32),
            ],
            autograph=False,
            experimental_attributes={"_noinline": True},
        )
        for layer in model.layers
        if isinstance(layer, MissingVectors)
    }

    def predict(inputs: Tensors) -> Any:
        with texts_read_by(reads):
            return model(inputs, training=False)

    return predict
