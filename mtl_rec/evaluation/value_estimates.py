"""Every metric of a value, such as that of an order."""

import numpy as np

from mtl_rec.evaluation.event_estimates import Estimates
from mtl_rec.evaluation.output_rows import OutputRows
from mtl_rec.metrics import regression
from mtl_rec.metrics.estimate import Estimate, Totals
from mtl_rec.metrics.row_weights import row_weights
from mtl_rec.metrics.ties import divided


def value_estimates(rows: OutputRows) -> Estimates:
    """Metrics of predictions of a value.

    Args:
        rows: Of a task that is a regression.
    """
    labels, predictions = rows.labels.astype(np.float64), rows.predictions
    weights, resamples = rows.weights, rows.resamples
    counts = row_weights(labels, weights)
    errors = predictions.astype(np.float64) - labels
    # About any one number the variance is the same; about this one it is exact.
    centred = labels - regression.mean(labels, weights=weights)
    totals = Totals.of(
        resamples,
        rows=counts,
        labels=counts * labels,
        predicted=counts * predictions,
        squares=counts * errors**2,
        distances=counts * np.abs(errors),
        centred=counts * centred,
        spread=counts * centred**2,
    )
    squares = totals.ratio("squares", "rows").resampled
    offset = totals.ratio("centred", "rows").resampled
    variance = np.maximum(totals.ratio("spread", "rows").resampled - offset**2, 0)
    rmse = regression.rmse(labels, predictions, weights=weights)
    r_squared = regression.r_squared(labels, predictions, weights=weights)
    return {
        "label_mean": totals.ratio("labels", "rows"),
        "mean_prediction": totals.ratio("predicted", "rows"),
        "rmse": Estimate(rmse, np.sqrt(squares)),
        "mae": totals.ratio("distances", "rows"),
        "r_squared": Estimate(r_squared, 1 - divided(squares, variance)),
        "calibration_ratio": totals.ratio("predicted", "labels"),
    }
