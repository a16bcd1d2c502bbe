"""The labels of the funnel's outputs, row by row."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from mtl_rec.config.tasks import Task
from mtl_rec.schema.funnel import Funnel, FunnelOutput


def labels_of(
    rows: pa.Table, output: FunnelOutput, tasks: Sequence[Task]
) -> tuple[np.ndarray, np.ndarray]:
    """An output's labels, and the rows that it speaks of.

    A value that did not come to be counts as 0, as it does in the metrics.

    Args:
        rows: Canonical.
        output: Of the funnel.
        tasks: The funnel.

    Returns:
        `(rows,)` both: float32, finite where the second is true.
    """
    task = Funnel(tuple(tasks)).task(output.task)
    labels = rows[task.name].to_numpy()
    if task.kind == "regression" and task.after:
        labels = np.where(rows[task.after].to_numpy() > 0, labels, 0.0)
    is_meant = np.isfinite(labels)
    if output.given:
        is_meant &= rows[output.given].to_numpy() > 0
    return labels, is_meant
