"""Encoded exposures: the arrays that models are trained and evaluated on."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mtl_rec.config.tasks import Task
from mtl_rec.schema.schema import Schema


@dataclass(frozen=True)
class EncodedExposures:
    """Packed inputs and labels of one split.

    Attributes:
        schema: What the columns mean.
        inputs: By name of the model's input, `(rows, width)` int32 or float32.
        labels: By task, `(rows, 1)` float32; NaN where the label is not defined, as
            an order value is without an order.
        sampling_weights: `(rows, 1)`, how many rows each stands for in what the data
            was sampled from; None for data without sampled negatives.
    """

    schema: Schema
    inputs: Mapping[str, np.ndarray]
    labels: Mapping[str, np.ndarray]
    sampling_weights: np.ndarray | None = None

    def __len__(self) -> int:
        return len(next(iter(self.inputs.values())))

    def training_labels(self) -> dict[str, np.ndarray]:
        """Labels with NaN on rows that a task does not learn from.

        A task trained where its parent happened has no label elsewhere; a value that
        did not come to be counts as 0 where it is learned from all exposures.
        """
        labels = {}
        for task in self.schema.tasks:
            label = self.joint_label(task)
            if task.after is not None and task.is_conditional:
                happened = self.labels[task.after] > 0
                label = np.where(happened, self.labels[task.name], np.nan)
            labels[task.name] = label.astype(np.float32)
        return labels

    def joint_label(self, task: Task) -> np.ndarray:
        """What a task's label says of every exposure, `(rows, 1)`.

        A value that did not come to be counts as 0.
        """
        label = self.labels[task.name]
        if task.kind == "regression" and task.after:
            return np.where(self.labels[task.after] > 0, label, 0.0)
        return label

    def fingerprint(self) -> str:
        """A hash of every input, label and weight, equal for equal data."""
        digest = hashlib.blake2b(digest_size=16)
        weights = self.sampling_weights
        named = {} if weights is None else {"sampling_weights": weights}
        for group in (self.inputs, self.labels, named):
            for name, array in sorted(group.items()):
                digest.update(f"{name}:{array.dtype}:{array.shape}".encode())
                digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()
