"""Several networks of one shape, computed together: experts, or task towers."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from mtl_rec.models.initial_weights import InitialWeights, glorot_limit
from mtl_rec.models.layers.hashed_dropout import HashedDropout


@keras.saving.register_keras_serializable(package="mtl_rec")
class ParallelMLP(keras.layers.Layer):
    """`num_networks` independent stacks of dense layers with ReLU.

    Their weights are stacked, so that each depth is one matrix product rather than one
    for every network: this is what XLA makes fast, where a list of layers is slow.

    Args:
        num_networks: Networks side by side.
        units: Width of each layer, first to last.
        dropout: Share of each layer's outputs dropped in training.

    Inputs: `(batch, dim)` where all networks see the same, or
        `(batch, num_networks, dim)` where each sees its own.

    Output shape: `(batch, num_networks, units[-1])`.
    """

    def __init__(
        self,
        num_networks: int,
        units: Sequence[int],
        dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if num_networks < 1 or not units:
            raise ValueError(
                "`num_networks` must be 1 or more and `units` must not be empty. "
                f"Received: num_networks={num_networks}, units={list(units)}."
            )
        self.num_networks = num_networks
        self.units = list(units)
        self.dropout = dropout
        self._dropout = HashedDropout(dropout)

    def build(self, input_shape):
        if len(input_shape) == 3 and input_shape[1] != self.num_networks:
            raise ValueError(
                f"`inputs` must have num_networks={self.num_networks} on axis 1. "
                f"Received: inputs.shape={tuple(input_shape)}."
            )
        self.kernels, self.biases = [], []
        input_dim = input_shape[-1]
        for depth, units in enumerate(self.units):
            # Glorot's limits follow the fans of one network, not of the stack.
            limit = glorot_limit(input_dim, units)
            kernel = self.add_weight(
                name=f"kernel_{depth}",
                shape=(self.num_networks, input_dim, units),
                initializer=InitialWeights("uniform", limit),
            )
            bias = self.add_weight(
                name=f"bias_{depth}",
                shape=(self.num_networks, units),
                initializer="zeros",
            )
            self.kernels.append(kernel)
            self.biases.append(bias)
            input_dim = units

    def call(self, inputs, training=False):
        if not training:
            return self._predict(inputs)
        outputs = inputs
        for kernel, bias in zip(self.kernels, self.biases, strict=True):
            # n networks, b batch, i in, o out
            equation = "bi,nio->bno" if len(outputs.shape) == 2 else "bni,nio->bno"
            outputs = ops.relu(ops.add(ops.einsum(equation, outputs, kernel), bias))
            outputs = self._dropout(outputs, training=training)
        return outputs

    def _predict(self, inputs):
        """A matrix product for each network, as no server compiles with XLA.

        Without it one batched product costs more than all of these: six times at a
        batch of 1, three times at 500, on TensorFlow with oneDNN.
        """
        count = self.num_networks
        for depth, (kernel, bias) in enumerate(
            zip(self.kernels, self.biases, strict=True)
        ):
            shared = depth == 0 and len(inputs.shape) == 2
            own = [inputs] * count if shared else ops.unstack(inputs, count, axis=1)
            kernels = ops.unstack(ops.convert_to_tensor(kernel), count)
            products = [ops.matmul(x, k) for x, k in zip(own, kernels, strict=True)]
            # Added to all at once, lest TensorFlow fuse it into each product: oneDNN's
            # fused product takes a single row four times as long.
            inputs = ops.relu(ops.add(ops.stack(products, axis=1), bias))
        return inputs

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.num_networks, self.units[-1])

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_networks": self.num_networks,
            "units": self.units,
            "dropout": self.dropout,
        }
