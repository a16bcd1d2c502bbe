"""From predictions and labels to metrics, for every output of the funnel."""

import math
from collections.abc import Mapping

import numpy as np

from mtl_rec.evaluation.report import Metrics
from mtl_rec.metrics import binary, regression
from mtl_rec.schema import EncodedExposures, FunnelOutput


def evaluate_predictions(
    predictions: Mapping[str, np.ndarray], exposures: EncodedExposures
) -> Metrics:
    """Scores each output on the rows it speaks of.

    What is given the exposure is scored on all rows, `purchase_given_click` on those
    with a click. A value without its event counts as 0, so that `order_value` is scored
    as the expected value of an exposure. Rows whose label is NaN are left out.

    Where negatives were sampled, all but `rows` and `positives` describes the
    `population_rows` that the rows stand for by their `sampling_weights`.

    Args:
        predictions: By name of the funnel's output, `(rows,)`.
        exposures: Rows in the same order; their labels are compared with.

    Returns:
        By name of the output, the metrics of its kind of task. A metric that is not
        defined, as AUC is without a positive, is None.
    """
    outputs = exposures.schema.funnel.outputs()
    _require_outputs(predictions, [output.name for output in outputs])
    return {
        output.name: _evaluate(output, predictions[output.name], exposures)
        for output in outputs
    }


def _evaluate(
    output: FunnelOutput, prediction: np.ndarray, exposures: EncodedExposures
) -> dict[str, float | int | None]:
    task = exposures.schema.funnel.task(output.task)
    label = exposures.joint_label(task)[:, 0]
    _require_finite_rows(output.name, prediction, len(label))
    is_scored = ~np.isnan(label)
    if output.given:
        is_scored &= exposures.labels[output.given][:, 0] > 0
    label, prediction = label[is_scored], prediction[is_scored]
    weights = exposures.sampling_weights
    weights = None if weights is None else weights[is_scored, 0]
    match task.kind:
        case "binary":
            metrics = _event_metrics(label, prediction, weights)
        case "regression":
            metrics = _value_metrics(label, prediction, weights)
    if weights is not None:
        metrics["population_rows"] = float(weights.sum())
    return {name: _or_none(value) for name, value in metrics.items()}


def _event_metrics(
    label: np.ndarray, probability: np.ndarray, weights: np.ndarray | None
) -> dict[str, float]:
    return {
        "rows": len(label),
        "positives": int(np.count_nonzero(label)),
        "label_rate": binary.label_rate(label, weights=weights),
        "mean_prediction": regression.mean(probability, weights=weights),
        "auc": binary.auc(label, probability, weights=weights),
        "pr_auc": binary.pr_auc(label, probability, weights=weights),
        "log_loss": binary.log_loss(label, probability, weights=weights),
        "normalised_entropy": binary.normalised_entropy(
            label, probability, weights=weights
        ),
        "calibration_ratio": binary.calibration_ratio(
            label, probability, weights=weights
        ),
    }


def _value_metrics(
    label: np.ndarray, prediction: np.ndarray, weights: np.ndarray | None
) -> dict[str, float]:
    return {
        "rows": len(label),
        "label_mean": regression.mean(label, weights=weights),
        "mean_prediction": regression.mean(prediction, weights=weights),
        "rmse": regression.rmse(label, prediction, weights=weights),
        "mae": regression.mae(label, prediction, weights=weights),
        "r_squared": regression.r_squared(label, prediction, weights=weights),
        "calibration_ratio": regression.calibration_ratio(
            label, prediction, weights=weights
        ),
    }


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value


def _require_outputs(predictions: Mapping[str, np.ndarray], names: list[str]) -> None:
    missing = [name for name in names if name not in predictions]
    if missing:
        raise ValueError(
            f"`predictions` must have every output of the funnel. Missing: {missing}. "
            f"Received: {sorted(predictions)}."
        )


def _require_finite_rows(name: str, prediction: np.ndarray, rows: int) -> None:
    if prediction.shape != (rows,):
        raise ValueError(
            f"`predictions['{name}']` must have the shape ({rows},), one for each row. "
            f"Received: {prediction.shape}."
        )
    if not np.isfinite(prediction).all():
        wrong = np.count_nonzero(~np.isfinite(prediction))
        raise ValueError(
            f"`predictions['{name}']` must be finite. "
            f"Received: NaN or infinity on {wrong} of {rows} rows."
        )
