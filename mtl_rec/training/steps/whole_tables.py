"""Small tables: all rows in one sweep, of which only those in the batch change."""

from typing import Any

from keras import ops

from mtl_rec.optimizers.row_optimizer import RowOptimizer


def held_rows(rows: Any, num_rows: int) -> Any:
    """Which rows of a table the batch holds, `(num_rows, 1)` of truth values.

    A row may be held and have no gradient.

    Args:
        rows: Row numbers, with repeats.
        num_rows: Of the table.
    """
    ones = ops.ones((ops.size(rows), 1), "float32")
    return ops.segment_sum(ones, rows, num_rows) > 0


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
        values: The table's value, then those of `table_slots`.
        gradient: Of every row, zero where the batch does not hold it.
        is_held: From `held_rows`.
        learning_rate: A scalar.
        step: Steps taken, this one included.
    """
    table, *slots = values
    rows, slots = optimizer.changed_rows(table, slots, gradient, learning_rate, step)
    return [
        ops.where(is_held, new, old)
        for new, old in zip([rows, *slots], values, strict=True)
    ]
