"""How well all fields fit one another."""

from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="mtl_rec")
class DotProducts(keras.layers.Layer):
    """The dot product of every pair of fields.

    Args:
        embedding_dim: Width of every field.

    Inputs: fields side by side, `(batch, num_fields * embedding_dim)`.

    Output shape: `(batch, num_fields * (num_fields - 1) / 2)`; of each field, the first
        aside, its products with all fields before it.

    Reference: Naumov et al., "Deep Learning Recommendation Model for Personalization
    and Recommendation Systems", 2019, section 2.1.4.
    """

    def __init__(self, embedding_dim: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.embedding_dim = embedding_dim

    def call(self, fields):
        count = fields.shape[-1] // self.embedding_dim
        fields = ops.reshape(fields, (-1, count, self.embedding_dim))
        products = ops.matmul(fields, ops.transpose(fields, (0, 2, 1)))
        one, other = np.tril_indices(count, -1)
        flat = ops.reshape(products, (-1, count * count))
        return ops.take(flat, one * count + other, axis=1)

    def compute_output_shape(self, fields_shape):
        count = fields_shape[-1] // self.embedding_dim
        return (fields_shape[0], count * (count - 1) // 2)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "embedding_dim": self.embedding_dim}
