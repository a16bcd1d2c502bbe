"""The gating at the heart of MMoE."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="mtl_rec")
class MixtureOfExperts(keras.layers.Layer):
    """Weighs the experts for every task: `f_t = sum_e softmax(x W_t)_e experts_e`.

    The gates of all tasks are one matrix product.

    Args:
        num_tasks: Tasks, each with a gate of its own.

    Inputs:
        inputs: What the gates look at, `(batch, input_dim)`.
        experts: Outputs of the experts, `(batch, num_experts, expert_dim)`.

    Output shape: `(batch, num_tasks, expert_dim)`.

    Reference: Ma et al., "Modeling Task Relationships in Multi-task Learning with
    Multi-gate Mixture-of-Experts", KDD 2018.
    """

    def __init__(self, num_tasks: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if num_tasks < 1:
            raise ValueError(f"`num_tasks` must be 1 or more. Received: {num_tasks}.")
        self.num_tasks = num_tasks

    def build(self, inputs_shape, experts_shape):
        input_dim, num_experts = inputs_shape[-1], experts_shape[1]
        limit = (6.0 / (input_dim + num_experts)) ** 0.5
        self.gates = self.add_weight(
            name="gates",
            shape=(input_dim, self.num_tasks, num_experts),
            initializer=keras.initializers.RandomUniform(-limit, limit),
        )

    def weights_of_experts(self, inputs):
        """What every task gives every expert, `(batch, num_tasks, num_experts)`."""
        return ops.softmax(ops.einsum("bi,ite->bte", inputs, self.gates), axis=-1)

    def call(self, inputs, experts):
        return ops.einsum("bte,bed->btd", self.weights_of_experts(inputs), experts)

    def compute_output_shape(self, inputs_shape, experts_shape):
        return (inputs_shape[0], self.num_tasks, experts_shape[-1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "num_tasks": self.num_tasks}
