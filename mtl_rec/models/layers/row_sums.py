"""Sums of rows, one from each of several tables, that XLA computes well on a CPU."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from keras import ops

UNROLLED = 8
"""Tables read in one round of the loop. Of 1, 4, 8, 11 and 16 this was the fastest
where rows are wide (2064) and within a tenth of it where they are short (144)."""


def summed_rows(tables: Sequence[Any], ids: Any) -> Any:
    """The sum of one row of each table, differentiable by the tables.

    Written as a plain sum of gathers XLA would compute it once for each use of the
    result, or write every gather to memory; its gradient would be a scatter of all rows
    repeated for every table. A loop is computed once and adds where it reads.

    Args:
        tables: Groups of tables of one size, `(tables, rows, width)` each.
        ids: `(all tables, batch)`, each below the table's `rows`.

    Returns:
        `(batch, width)`.
    """
    shapes, width = [table.shape[:2] for table in tables], tables[0].shape[2]
    sizes = np.repeat([rows for _, rows in shapes], [count for count, _ in shapes])
    firsts = (np.cumsum(sizes) - sizes).astype("int32")[:, None]
    bounds = list(pairwise(np.cumsum([0, *(count for count, _ in shapes)]).tolist()))
    # A loop of one round would be unrolled.
    unrolled = max(1, min(UNROLLED, len(sizes) // 2))
    alone = len(sizes) % unrolled

    @ops.custom_gradient
    def summed(flat):
        rows = ops.add(ids, firsts)

        def with_next(start, total, count):
            for table in range(count):
                total = ops.add(total, ops.take(flat, rows[start + table], axis=0))
            return total

        def next_round(number, total):
            return with_next(alone + number * unrolled, total, unrolled)

        total = ops.zeros((ops.shape(ids)[1], width), flat.dtype)
        total = with_next(0, total, alone)
        total = ops.fori_loop(0, len(sizes) // unrolled, next_round, total)

        def gradient(*args, upstream=None):
            (upstream,) = args if upstream is None else (upstream,)
            parts = []
            for (start, stop), (_, num_rows) in zip(bounds, shapes, strict=True):
                by_table = ops.map(
                    lambda own, size=num_rows: ops.segment_sum(upstream, own, size),
                    ids[start:stop],
                )
                parts.append(ops.reshape(by_table, (-1, width)))
            return ops.concatenate(parts, axis=0)

        return total, gradient

    flat = ops.concatenate([ops.reshape(t, (-1, width)) for t in tables], axis=0)
    # Many terms are added, as a matrix product does it under mixed precision.
    return ops.cast(summed(ops.cast(flat, "float32")), flat.dtype)
