"""The second-order term of a factorization machine, in two steps."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="mtl_rec")
class FieldSums(keras.layers.Layer):
    """Of some fields v_i their sum, and the sum of the products of their pairs.

    The latter as `((sum_i v_i)^2 - sum_i v_i^2) / 2`, entry by entry, in float32 as
    the two are much alike.

    Args:
        embedding_dim: Width of every field.

    Inputs: fields side by side, `(batch, num_fields * embedding_dim)`.

    Output shape: `(batch, 2 * embedding_dim)`.

    Reference: Rendle, "Factorization Machines", ICDM 2010, lemma 3.1.
    """

    def __init__(self, embedding_dim: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.embedding_dim = embedding_dim

    def call(self, fields):
        count = fields.shape[-1] // self.embedding_dim
        own = ops.reshape(fields, (-1, count, self.embedding_dim))
        own = ops.cast(own, "float32")
        total = ops.sum(own, axis=1)
        pairs = (ops.square(total) - ops.sum(ops.square(own), axis=1)) / 2.0
        return ops.cast(ops.concatenate([total, pairs], axis=1), self.compute_dtype)

    def compute_output_shape(self, fields_shape):
        return (fields_shape[0], 2 * self.embedding_dim)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "embedding_dim": self.embedding_dim}


@keras.saving.register_keras_serializable(package="mtl_rec")
class PairSums(keras.layers.Layer):
    """The sum of the products of all pairs of fields, those across two groups too.

    `sum_{i<j} v_i * v_j`, entry by entry: the sum of its entries is the second-order
    term of a factorization machine. As a vector it is called bi-interaction.

    Inputs:
        one: Of a group of fields, what `FieldSums` says.
        other: Of another group; may be left out.

    Output shape: `(batch, embedding_dim)`.

    Reference: Rendle, "Factorization Machines", ICDM 2010, equation 1; He and Chua,
    "Neural Factorization Machines for Sparse Predictive Analytics", SIGIR 2017,
    equation 3.
    """

    def call(self, one, other=None):
        total, pairs = ops.split(one, 2, axis=1)
        if other is None:
            return pairs
        other_total, other_pairs = ops.split(other, 2, axis=1)
        return pairs + other_pairs + total * other_total

    def compute_output_shape(self, one_shape, other_shape=None):
        return (one_shape[0], one_shape[1] // 2)
