"""Rows in an order that says nothing of the items."""

import numpy as np


def shuffled_rows(num_rows: int) -> np.ndarray:
    """`(rows,)` int64: the same for as many rows.

    Catalogues come sorted by category. A graph to which one category after another is
    added has no way from one to the next, and searches end where they began.
    """
    return np.random.default_rng(num_rows).permutation(num_rows)
