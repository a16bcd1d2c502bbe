"""Steps that several lists say something of."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from mtl_rec.models.initial_weights import InitialWeights, glorot_limit


@keras.saving.register_keras_serializable(package="mtl_rec")
class JoinedSteps(keras.layers.Layer):
    """Adds to every step what other lists say of it, `e + [e_1, ..., e_n] W`.

    A dense layer on all embeddings of a step side by side, whose product with the
    step's own is the step itself: what is joined stays comparable with the candidate,
    of whom less may be known.

    Args:
        widths: By list, the width of its embeddings.

    Inputs:
        own: `(batch, length, width)`; of candidates `(batch, width)`.
        others: By list, likewise; those that say nothing of a candidate are left out.

    Output shape: as `own`.
    """

    def __init__(self, widths: Mapping[str, int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widths = dict(widths)

    def build(self, own_shape, others_shape):
        limit = glorot_limit(sum(self.widths.values()), own_shape[-1])
        self.kernels = {
            name: self.add_weight(
                name=f"kernel_{name}",
                shape=(width, own_shape[-1]),
                initializer=InitialWeights("uniform", limit),
            )
            for name, width in self.widths.items()
        }

    def call(self, own, others):
        total = own
        for name, other in others.items():
            rows = ops.reshape(other, (-1, self.widths[name]))
            product = ops.matmul(rows, self.kernels[name])
            total = total + ops.reshape(product, (-1, *own.shape[1:]))
        return total

    def compute_output_shape(self, own_shape, others_shape):
        return own_shape

    def get_config(self):
        return {**super().get_config(), "widths": self.widths}
