"""Checks of labels, while they stream by."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mtl_rec.config.tasks import Task
from mtl_rec.errors import SchemaError

ROWS_OF = {
    "train": "training rows",
    "validation": "validation rows",
    "test": "test rows",
}


@dataclass
class _Totals:
    """What was seen of one label so far."""

    num_rows: int = 0
    num_ones: int = 0
    num_defined: int = 0
    """Rows on which the label must have a proper value."""
    num_bad: int = 0
    first_bad: float = 0.0
    num_without_parent: int = 0
    num_before_parent: int = 0
    """Rows without the parent event that have this one."""


class LabelCheck:
    """Running totals of every label of one part.

    Args:
        tasks: Tasks whose labels to check, parents first.
        part: `train`, `validation` or `test`.
    """

    def __init__(self, tasks: Sequence[Task], part: str) -> None:
        self.tasks = tasks
        self.part = part
        self.totals = {task.name: _Totals() for task in tasks}

    def add(self, chunk: pa.Table) -> None:
        """Counts a chunk in."""
        for task in self.tasks:
            totals = self.totals[task.name]
            labels = chunk[task.name].to_numpy()
            parent = chunk[task.after].to_numpy() if task.after else None
            totals.num_rows += len(labels)
            if task.kind == "regression":
                defined = labels if parent is None else labels[parent == 1]
                _count_bad(totals, defined, np.isfinite(defined))
                continue
            _count_bad(totals, labels, (labels == 0) | (labels == 1))
            totals.num_ones += int((labels == 1).sum())
            if parent is not None:
                totals.num_without_parent += int((parent == 0).sum())
                totals.num_before_parent += int(((labels == 1) & (parent == 0)).sum())

    def finish(self) -> None:
        """Raises what was wrong.

        Raises:
            SchemaError: A label has a value it must not have, comes before its parent,
                or is the same on all training rows.
        """
        for task in self.tasks:
            totals = self.totals[task.name]
            if totals.num_bad:
                raise self._bad_value(task, totals)
            if totals.num_before_parent:
                raise SchemaError(
                    f"`{task.name}` is 1 on {totals.num_before_parent} of "
                    f"{totals.num_without_parent} rows where `{task.after}` is 0. "
                    "A label must not be 1 before its funnel step `after`."
                )
        for task in self.tasks:
            totals = self.totals[task.name]
            is_constant = totals.num_ones in (0, totals.num_rows)
            if self.part == "train" and task.kind == "binary" and is_constant:
                raise SchemaError(
                    f"`{task.name}` must be 0 on some training rows and 1 on others. "
                    f"Received: {int(totals.num_ones > 0)} on all {totals.num_rows}. "
                    "Remove the task, or train on rows that have both."
                )

    def _bad_value(self, task: Task, totals: _Totals) -> SchemaError:
        allowed = "0 or 1" if task.kind == "binary" else "a finite number"
        where = "on every row"
        if task.kind == "regression" and task.after:
            where = f"where `{task.after}` is 1"
        received = "none" if np.isnan(totals.first_bad) else f"{totals.first_bad:g}"
        return SchemaError(
            f"`{task.name}` must be {allowed} {where}. Received: {received}, the first "
            f"of {totals.num_bad} such values on {totals.num_defined} "
            f"{ROWS_OF[self.part]} (column '{task.label_column}')."
        )


def _count_bad(totals: _Totals, labels: np.ndarray, is_good: np.ndarray) -> None:
    bad = labels[~is_good]
    if len(bad) and not totals.num_bad:
        totals.first_bad = float(bad[0])
    totals.num_bad += len(bad)
    totals.num_defined += len(labels)
