"""Rows of large tables on TensorFlow, read and written outside XLA."""

from typing import Any

import tensorflow as tf


class TouchedRows:
    """The distinct rows of one large table that a batch holds.

    Their number changes with every batch, so this stays outside XLA, which would
    compile anew each time.

    Args:
        layer: A `FusedEmbedding`.
        ids: What the batch asks it for.
    """

    def __init__(self, layer: Any, ids: Any) -> None:
        self.layer = layer
        self._rows, self._place = tf.unique(layer.rows(ids))
        self._read = layer.table.value.sparse_read(self._rows)

    def embeddings(self) -> Any:
        """The row of every id, `(number of ids, embedding_dim)`."""
        return tf.gather(self._read, self._place)

    def summed(self, gradient: Any) -> Any:
        """The gradient of each distinct row, `(rows, embedding_dim)`."""
        size = tf.size(self._rows)
        return tf.math.unsorted_segment_sum(gradient, self._place, size)

    def update(self, optimizer: Any, gradient: Any, learning_rate, step) -> None:
        """Lets the optimizer change these rows and what it remembers of them."""
        table = self.layer.table
        slots = optimizer.table_slots(table)
        read = [slot.value.sparse_read(self._rows) for slot in slots]
        rows, read = optimizer.changed_rows(
            self._read, read, gradient, learning_rate, step
        )
        for variable, new in zip((table, *slots), (rows, *read), strict=True):
            variable.value.scatter_update(tf.IndexedSlices(new, self._rows))
