"""One table for all fields of one width, read row by row."""

import contextlib
import contextvars
from collections.abc import Iterator, Mapping
from typing import Any

import keras
from keras import ops

from mtl_rec.table_rows import rows_of

_GIVEN: contextvars.ContextVar[Mapping["FusedEmbedding", Any]]
_GIVEN = contextvars.ContextVar("embeddings_given", default={})  # noqa: B039 - read only


@contextlib.contextmanager
def embeddings_given(embeddings: Mapping["FusedEmbedding", Any]) -> Iterator[None]:
    """While active, these layers return these tensors and leave their tables alone.

    The train step gathers rows itself, so that it can differentiate with respect to
    them and compile the rest of the model without the table.
    """
    token = _GIVEN.set(embeddings)
    try:
        yield
    finally:
        _GIVEN.reset(token)


@keras.saving.register_keras_serializable(package="mtl_rec")
class FusedEmbedding(keras.layers.Layer):
    """Looks ids up in one table that many fields share, `table[ids + offsets]`.

    Every field has a block of rows; one gather serves them all. The table stays
    float32 under mixed precision: the rows are cast after they are read.

    Args:
        num_rows: Rows of the table.
        embedding_dim: Width of a row.
        offsets: For every column of ids, the row its id 0 stands for.

    Inputs: ids, `(batch, columns)` int32.

    Output shape: `(batch, columns, embedding_dim)`.
    """

    def __init__(
        self, num_rows: int, embedding_dim: int, offsets: list[int], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.num_rows = num_rows
        self.embedding_dim = embedding_dim
        self.offsets = list(offsets)

    def build(self, ids_shape):
        if ids_shape[-1] != len(self.offsets):
            raise ValueError(
                f"`ids` must have one column for each of the {len(self.offsets)} "
                f"`offsets`. Received: ids.shape={tuple(ids_shape)}."
            )
        # A mixed-precision policy would otherwise cast the whole table every step.
        self.table = self.add_weight(
            name="table",
            shape=(self.num_rows, self.embedding_dim),
            initializer=keras.initializers.RandomNormal(stddev=0.01),
            dtype="float32",
            autocast=False,
        )
        # Tells optimizers that a step touches few of its rows.
        self.table.is_table = True

    def rows(self, ids):
        """Row numbers of ids, `(batch, columns)` int32."""
        return ops.add(ids, ops.convert_to_tensor(self.offsets, "int32"))

    def call(self, ids):
        given = _GIVEN.get().get(self)
        embedded = self._gather(self.rows(ids)) if given is None else given
        return ops.cast(embedded, self.compute_dtype)

    def _gather(self, rows):
        return rows_of(self.table, rows)

    def compute_output_shape(self, ids_shape):
        return (*ids_shape, self.embedding_dim)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_rows": self.num_rows,
            "embedding_dim": self.embedding_dim,
            "offsets": self.offsets,
        }
