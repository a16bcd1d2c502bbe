"""Small tables: all rows in one sweep, of which only those in the batch change."""

from typing import Any

from keras import ops

from mtl_rec.optimizers.row_optimizer import RowOptimizer


def summed_by_row(gradient: Any, rows: Any, num_rows: int) -> tuple[Any, Any]:
    """The gradient of a whole table, and which of its rows the batch holds.

    Args:
        gradient: Of the embeddings, `(..., width)`.
        rows: The row of each, `(...)`.
        num_rows: Of the table.

    Returns:
        `(num_rows, width)` with repeats summed, and `(num_rows, 1)` of truth values.
    """
    width = gradient.shape[-1]
    flat = ops.cast(ops.reshape(gradient, (-1, width)), "float32")
    # The count rides along as one more column: a row may be held and have no gradient.
    counted = ops.concatenate([flat, ops.ones_like(flat[:, :1])], axis=1)
    sums = ops.segment_sum(counted, ops.reshape(rows, (-1,)), num_rows)
    return sums[:, :width], sums[:, width:] > 0


def updated_table(
    optimizer: RowOptimizer,
    values: list[Any],
    gradient: Any,
    is_held: Any,
    learning_rate: Any,
    step: Any,
) -> list[Any]:
    """The table and its slots after a step; rows that are not held stay.

    Args:
        optimizer: Of the tables.
        values: The table's value, then those of its slots.
        gradient: From `summed_by_row`.
        is_held: Likewise.
        learning_rate: A scalar.
        step: Steps taken, this one included.
    """
    table, *slots = values
    rows, slots = optimizer.updated_rows(table, slots, gradient, learning_rate, step)
    return [
        ops.where(is_held, new, old)
        for new, old in zip([rows, *slots], values, strict=True)
    ]
