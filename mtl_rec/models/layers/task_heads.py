"""The last unit of every task."""

from typing import Any

import keras
from keras import ops

from mtl_rec.models.initial_weights import InitialWeights, glorot_limit


@keras.saving.register_keras_serializable(package="mtl_rec")
class TaskHeads(keras.layers.Layer):
    """One linear unit for each task, on that task's own vector.

    Logits are float32 under mixed precision too; bfloat16 has three digits.

    Inputs: `(batch, num_tasks, dim)`.

    Output shape: `(batch, num_tasks)`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)

    def build(self, input_shape):
        _, num_tasks, input_dim = input_shape
        self.kernel = self.add_weight(
            name="kernel",
            shape=(num_tasks, input_dim),
            initializer=InitialWeights("uniform", glorot_limit(input_dim, 1)),
        )
        self.bias = self.add_weight(
            name="bias", shape=(num_tasks,), initializer="zeros"
        )

    def call(self, inputs):
        inputs = ops.cast(inputs, "float32")
        return ops.add(ops.sum(ops.multiply(inputs, self.kernel), axis=2), self.bias)

    def compute_output_shape(self, input_shape):
        return tuple(input_shape[:2])

    def get_config(self) -> dict[str, Any]:
        return super().get_config()
