"""Whether the values of one column follow from those of another."""

import numpy as np

from mtl_rec.data.starter.profile import Column

FEWEST_ROWS = 20
"""Rows that share their owner with others; with fewer, nothing can be said."""


def determined_share(column: Column, owner: Column) -> float:
    """Share of rows whose value is their owner's first one; NaN with too few rows.

    Args:
        column: Whose values may follow.
        owner: Of the values; rows of owners with one row are left out, as are rows
            without a value.
    """
    groups, codes = owner.codes, column.codes
    if column.kind in ("list", "nested"):
        return float("nan")
    known = (groups >= 0) & (codes >= 0)
    groups, codes = groups[known], codes[known]
    sizes = np.bincount(groups) if len(groups) else np.zeros(0, int)
    repeated = sizes[groups] > 1
    groups, codes = groups[repeated], codes[repeated]
    if len(groups) < FEWEST_ROWS:
        return float("nan")
    first = np.zeros(len(sizes), np.int64)
    # Written from the last row to the first, the first one stays.
    first[groups[::-1]] = codes[::-1]
    return float(np.mean(first[groups] == codes))
