"""The last unit of every task."""

from typing import Any

import keras
from keras import ops

from mtl_rec.models.initial_weights import InitialWeights, glorot_limit


@keras.saving.register_keras_serializable(package="mtl_rec")
class TaskHeads(keras.layers.Layer):
    """One linear unit for each task, on that task's own vector, plus what is given.

    Logits are float32 under mixed precision too; bfloat16 has three digits.

    Inputs:
        vectors: `(batch, num_tasks, dim)`.
        terms: Added to the logits, `(batch, num_tasks)`; may be left out.

    Output shape: `(batch, num_tasks)`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)

    def build(self, vectors_shape, terms_shape=None):
        _, num_tasks, input_dim = vectors_shape
        self.kernel = self.add_weight(
            name="kernel",
            shape=(num_tasks, input_dim),
            initializer=InitialWeights("uniform", glorot_limit(input_dim, 1)),
        )
        self.bias = self.add_weight(
            name="bias", shape=(num_tasks,), initializer="zeros"
        )

    def call(self, vectors, terms=None):
        vectors = ops.cast(vectors, "float32")
        logits = ops.add(ops.sum(ops.multiply(vectors, self.kernel), axis=2), self.bias)
        return logits if terms is None else ops.add(logits, ops.cast(terms, "float32"))

    def compute_output_shape(self, vectors_shape, terms_shape=None):
        return tuple(vectors_shape[:2])

    def get_config(self) -> dict[str, Any]:
        return super().get_config()
