"""Rows that count as several, or as a part of one."""

import numpy as np


def row_weights(labels: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    """What each row counts, `(rows,)`."""
    return np.ones(len(labels)) if weights is None else weights


def counted(values: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    """Values, as often as their rows count."""
    return values if weights is None else values * weights
