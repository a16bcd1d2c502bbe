"""What predictions say of each task, on validation rows and on training rows alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mtl_rec.config.tasks import Task
from mtl_rec.metrics.binary import auc
from mtl_rec.metrics.regression import calibration_ratio, rmse

Losses = Mapping[str, Callable[[Any, Any], Any]]
Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class TaskMetrics:
    """Metrics of one task; NaN where one is not defined.

    Attributes:
        loss: Mean over all rows; those without a label count as 0.
        calibration: Mean prediction over mean label, where there is a label.
        auc: Of an event; None for a value.
        rmse: Of a value, in units of its label; None for an event.
    """

    loss: float
    calibration: float
    auc: float | None = None
    rmse: float | None = None


def measure_tasks(
    tasks: Sequence[Task], losses: Losses, labels: Arrays, outputs: Arrays
) -> dict[str, TaskMetrics]:
    """Metrics by task.

    Args:
        tasks: The funnel.
        losses: By task, as a compiled model has them.
        labels: By task, `(rows, 1)`, NaN on rows that it does not learn from.
        outputs: By task, what the model gives.
    """
    metrics = {}
    for task in tasks:
        loss = float(losses[task.name](labels[task.name], outputs[task.name]))
        label, prediction = known_rows(task, labels, outputs)
        if not np.isfinite(loss):
            # Of outputs that are not numbers nothing else is defined.
            label, prediction = label[:0], prediction[:0]
        if task.kind == "binary":
            own = {"auc": auc(label, prediction)}
        else:
            own = {"rmse": rmse(label, prediction)}
        calibration = calibration_ratio(label, prediction)
        metrics[task.name] = TaskMetrics(loss, calibration, **own)
    return metrics


def known_rows(
    task: Task, labels: Arrays, outputs: Arrays
) -> tuple[np.ndarray, np.ndarray]:
    """Labels of a task and its predictions, `(rows,)`, on the rows that have a label.

    Args:
        task: One of the funnel.
        labels: As in `measure_tasks`.
        outputs: As in `measure_tasks`.

    Returns:
        Of an event its labels and probabilities in float64, of a value both in units of
        the label.
    """
    label = labels[task.name][:, 0]
    known = np.isfinite(label)
    prediction = outputs[task.name][known, 0]
    if task.kind == "binary":
        prediction = np.exp(prediction.astype(np.float64))
    return label[known], prediction
