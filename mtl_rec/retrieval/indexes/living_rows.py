"""Which rows faiss may find: it forgets none that was added."""

from typing import Any

import faiss
import numpy as np


class LivingRows:
    """Rows in the order in which faiss was given them.

    Args:
        alive: `(rows,)`, whether each may be found.
    """

    def __init__(self, alive: np.ndarray) -> None:
        self._alive = alive.copy()
        self._changed()

    def __len__(self) -> int:
        """Returns the number of rows, dead ones too."""
        return len(self._alive)

    @property
    def num_alive(self) -> int:
        """Rows that may be found."""
        return self._num_alive

    @property
    def selector(self) -> Any:
        """What faiss asks about a row; None where all are alive."""
        if self._selector is None and self._num_alive < len(self._alive):
            bits = np.packbits(self._alive, bitorder="little")
            self._selector = faiss.IDSelectorBitmap(bits)
        return self._selector

    def add(self, number: int) -> None:
        """So many more rows, alive."""
        self._alive = np.concatenate([self._alive, np.ones(number, bool)])
        self._changed()

    def remove(self, rows: np.ndarray) -> None:
        """Rows that are dead from now on."""
        self._alive[rows] = False
        self._changed()

    def _changed(self) -> None:
        self._num_alive, self._selector = int(np.count_nonzero(self._alive)), None
