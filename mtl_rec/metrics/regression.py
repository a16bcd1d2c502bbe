"""Metrics of values: labels such as an order value or a rating against predictions.

Arrays are `(rows,)`. A metric that is not defined is NaN; all are without rows. With
`weights` each row counts as so many equal ones, whole or not.
"""

import numpy as np


def rmse(
    labels: np.ndarray, predictions: np.ndarray, *, weights: np.ndarray | None = None
) -> float:
    """Root of the mean squared error: `sqrt(mean((prediction - label)^2))`."""
    return float(np.sqrt(mean(_errors(labels, predictions) ** 2, weights=weights)))


def mae(
    labels: np.ndarray, predictions: np.ndarray, *, weights: np.ndarray | None = None
) -> float:
    """Mean absolute error: `mean(|prediction - label|)`."""
    return mean(np.abs(_errors(labels, predictions)), weights=weights)


def r_squared(
    labels: np.ndarray, predictions: np.ndarray, *, weights: np.ndarray | None = None
) -> float:
    """Share of the labels' variance that the predictions explain.

    `1 - sum((prediction - label)^2) / sum((label - mean label)^2)`: 0 for always
    predicting the mean, below 0 for worse. NaN if all labels are equal.
    """
    errors = _errors(labels, predictions)
    # Equal labels may differ from their own mean by rounding.
    if not len(labels) or labels.min() == labels.max():
        return float("nan")
    deviations = labels.astype(np.float64) - mean(labels, weights=weights)
    counts = 1.0 if weights is None else weights
    return float(1.0 - np.sum(counts * errors**2) / np.sum(counts * deviations**2))


def calibration_ratio(
    labels: np.ndarray, predictions: np.ndarray, *, weights: np.ndarray | None = None
) -> float:
    """Mean prediction over mean label; NaN if the mean label is 0."""
    require_pairs(labels, predictions)
    mean_label = mean(labels, weights=weights)
    if not mean_label:
        return float("nan")
    return mean(predictions, weights=weights) / mean_label


def mean(values: np.ndarray, *, weights: np.ndarray | None = None) -> float:
    """Mean in float64, whatever the values are stored in."""
    if not len(values):
        return float("nan")
    if weights is None:
        return float(np.mean(values, dtype=np.float64))
    require_weights(weights, values)
    return float(np.average(values.astype(np.float64), weights=weights))


def require_weights(weights: np.ndarray, values: np.ndarray) -> None:
    """Refuses weights that are not one positive, finite number for each value."""
    if weights.shape != values.shape:
        raise ValueError(
            f"`weights` must have the shape {values.shape}, one for each row. "
            f"Received: {weights.shape}."
        )
    unusable = ~(np.isfinite(weights) & (weights > 0))
    if unusable.any():
        raise ValueError(
            f"`weights` must be positive and finite. Received: {weights[unusable][0]}."
        )


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
