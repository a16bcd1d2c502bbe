"""One layer of a deep and cross network."""

from typing import Any

import keras
from keras import ops

from mtl_rec.models.initial_weights import InitialWeights, glorot_limit


@keras.saving.register_keras_serializable(package="mtl_rec")
class FeatureCross(keras.layers.Layer):
    """Multiplies the fields with a linear layer of what came before.

    `x_{l+1} = x_0 * (x_l W + b) + x_l`; with a rank, `W = W_in W_out`. As the layer of
    that name in keras-rs, whose weights are called otherwise in every process.

    Args:
        rank: Width of `x_l W_in`; where not given, `W` is one square matrix.

    Inputs:
        first: `x_0`, `(batch, dim)`.
        before: `x_l`, likewise.

    Output shape: `(batch, dim)`.

    Reference: Wang et al., "DCN V2: Improved Deep & Cross Network and Practical Lessons
    for Web-scale Learning to Rank Systems", WWW 2021, equations 1 and 2.
    """

    def __init__(self, rank: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rank = rank

    def build(self, first_shape, before_shape):
        dim = first_shape[-1]
        shapes = {"kernel": (dim, dim)}
        if self.rank is not None:
            shapes = {"kernel_in": (dim, self.rank), "kernel_out": (self.rank, dim)}
        self.kernels = [
            self.add_weight(
                name=name,
                shape=shape,
                initializer=InitialWeights("uniform", glorot_limit(*shape)),
            )
            for name, shape in shapes.items()
        ]
        self.bias = self.add_weight(name="bias", shape=(dim,), initializer="zeros")

    def call(self, first, before):
        linear = before
        for kernel in self.kernels:
            linear = ops.matmul(linear, kernel)
        return first * ops.add(linear, self.bias) + before

    def compute_output_shape(self, first_shape, before_shape):
        return before_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rank": self.rank}
