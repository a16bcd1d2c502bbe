"""Which rows faiss may find."""

from typing import Any

import faiss
import numpy as np


def selector(alive: np.ndarray) -> Any:
    """Of the rows that are alive, `(rows,)`; None if all are."""
    if alive.all():
        return None
    return faiss.IDSelectorBitmap(np.packbits(alive, bitorder="little"))
