"""Metrics of values: labels such as an order value or a rating against predictions.

Arrays are `(rows,)`. A metric that is not defined is NaN; all are without rows.
"""

import numpy as np


def rmse(labels: np.ndarray, predictions: np.ndarray) -> float:
    """Root of the mean squared error: `sqrt(mean((prediction - label)^2))`."""
    return float(np.sqrt(mean(_errors(labels, predictions) ** 2)))


def mae(labels: np.ndarray, predictions: np.ndarray) -> float:
    """Mean absolute error: `mean(|prediction - label|)`."""
    return mean(np.abs(_errors(labels, predictions)))


def r_squared(labels: np.ndarray, predictions: np.ndarray) -> float:
    """Share of the labels' variance that the predictions explain.

    `1 - sum((prediction - label)^2) / sum((label - mean label)^2)`: 0 for always
    predicting the mean, below 0 for worse. NaN if all labels are equal.
    """
    errors = _errors(labels, predictions)
    # Equal labels may differ from their own mean by rounding.
    if not len(labels) or labels.min() == labels.max():
        return float("nan")
    deviations = labels.astype(np.float64) - mean(labels)
    return float(1.0 - np.sum(errors**2) / np.sum(deviations**2))


def calibration_ratio(labels: np.ndarray, predictions: np.ndarray) -> float:
    """Mean prediction over mean label; NaN if the mean label is 0."""
    require_pairs(labels, predictions)
    mean_label = mean(labels)
    return mean(predictions) / mean_label if mean_label else float("nan")


def mean(values: np.ndarray) -> float:
    """Mean in float64, whatever the values are stored in."""
    return float(np.mean(values, dtype=np.float64)) if len(values) else float("nan")


def require_pairs(labels: np.ndarray, predictions: np.ndarray) -> None:
    """Refuses arrays that are not both `(rows,)`, and what is not a finite number."""
    # Shapes that broadcast, `(rows,)` and `(rows, 1)`, would compare all with all.
    if labels.ndim != 1 or labels.shape != predictions.shape:
        raise ValueError(
            "`labels` and predictions must both be `(rows,)`. "
            f"Received: {labels.shape} and {predictions.shape}."
        )
    unusable = ~(np.isfinite(labels) & np.isfinite(predictions))
    if unusable.any():
        raise ValueError(
            "`labels` and predictions must be finite. Received: NaN or infinity on "
            f"{np.count_nonzero(unusable)} of {len(labels)} rows."
        )


def _errors(labels: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    require_pairs(labels, predictions)
    return predictions.astype(np.float64) - labels
