"""Vectors that are given of ids, projected to the width of embeddings."""

from typing import Any

import keras
from keras import ops

from mtl_rec.models.initial_weights import InitialWeights, glorot_limit


@keras.saving.register_keras_serializable(package="mtl_rec")
class VectorProjection(keras.layers.Layer):
    """A dense layer without bias on given vectors, such as rows of a frozen table.

    A table that has fewer rows than a batch has ids is cheaper to project as a whole,
    `(T W)[ids]`, than by row, `T[ids] W`: histories name few items many times.
    Predictions, whose batches may be small, project the rows.

    Args:
        units: Width of the output.

    Inputs:
        vectors: `(batch, columns, vector_dim)`, a list of such tensors.
        ids: Their rows in the table, `(batch, columns)` int32, a list as long; None
            where they are of no table.
        table: `(rows, vector_dim)`, if it is to be projected as a whole in training.

    Output shape: `(batch, columns, units)`, a list as long.
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units

    def build(self, vectors_shape, ids_shape=None, table_shape=None):
        dim = vectors_shape[0][-1]
        # Units first: XLA computes the gradient of the other order six times slower on
        # a CPU. Of 512 rows of 384 numbers and 16 units, 220 microseconds for 34.
        self.kernel = self.add_weight(
            name="kernel",
            shape=(self.units, dim),
            initializer=InitialWeights("uniform", glorot_limit(dim, self.units)),
        )

    def call(self, vectors, ids=None, table=None, training=False):
        if training and table is not None:
            projected = self._projected(table)
            return [ops.take(projected, own, axis=0) for own in ids or ()]
        return [self._by_row(own) for own in vectors]

    def _by_row(self, vectors):
        columns, dim = vectors.shape[1:]
        rows = self._projected(ops.reshape(vectors, (-1, dim)))
        return ops.reshape(rows, (-1, columns, self.units))

    def _projected(self, rows):
        return ops.einsum("rd,ud->ru", rows, self.kernel)

    def compute_output_shape(self, vectors_shape, ids_shape=None, table_shape=None):
        return [(*shape[:-1], self.units) for shape in vectors_shape]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}
