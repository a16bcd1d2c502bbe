"""The gating at the heart of MMoE."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="mtl_rec")
class MixtureOfExperts(keras.layers.Layer):
    """Weighs the experts for every task: `f_t = sum_e softmax(g_t)_e experts_e`.

    Inputs:
        gate_logits: `g`, `(batch, num_tasks, num_experts)`: the gates' linear units.
        experts: Outputs of the experts, `(batch, num_experts, expert_dim)`.

    Output shape: `(batch, num_tasks, expert_dim)`.

    Reference: Ma et al., "Modeling Task Relationships in Multi-task Learning with
    Multi-gate Mixture-of-Experts", KDD 2018.
    """

    def build(self, gate_logits_shape, experts_shape):
        if gate_logits_shape[-1] != experts_shape[1]:
            raise ValueError(
                "`gate_logits` must have one column for each expert. Received: "
                f"gate_logits.shape={gate_logits_shape}, experts.shape={experts_shape}."
            )

    def call(self, gate_logits, experts):
        # As `ops.softmax`, which takes oneDNN, TensorFlow's default on a CPU, ten times
        # as long for a single row.
        largest = ops.stop_gradient(ops.max(gate_logits, axis=-1, keepdims=True))
        weights = ops.exp(ops.subtract(gate_logits, largest))
        weights = ops.divide(weights, ops.sum(weights, axis=-1, keepdims=True))
        return ops.matmul(weights, experts)

    def compute_output_shape(self, gate_logits_shape, experts_shape):
        return (*gate_logits_shape[:2], experts_shape[-1])
