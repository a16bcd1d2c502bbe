"""Encoded exposures: the arrays that models are trained and evaluated on."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mtl_rec.schema.schema import Schema


@dataclass(frozen=True)
class EncodedExposures:
    """Packed inputs and labels of one split.

    Attributes:
        schema: What the columns mean.
        inputs: By name of the model's input, `(rows, width)` int32 or float32.
        labels: By task, `(rows, 1)` float32; NaN where the label is not defined, as
            an order value is without an order.
    """

    schema: Schema
    inputs: Mapping[str, np.ndarray]
    labels: Mapping[str, np.ndarray]

    def __len__(self) -> int:
        return len(next(iter(self.inputs.values())))

    def training_labels(self) -> dict[str, np.ndarray]:
        """Labels with NaN on rows that a task does not learn from.

        A task trained where its parent happened has no label elsewhere; a value that
        did not come to be counts as 0 where it is learned from all exposures.
        """
        labels = {}
        for task in self.schema.tasks:
            label = self.labels[task.name]
            if task.after is not None:
                happened = self.labels[task.after] > 0
                if task.is_conditional:
                    label = np.where(happened, label, np.nan)
                elif task.kind == "regression":
                    label = np.where(happened, label, 0.0)
            labels[task.name] = label.astype(np.float32)
        return labels

    def fingerprint(self) -> str:
        """A hash of every input and label, equal for equal data."""
        digest = hashlib.blake2b(digest_size=16)
        for group in (self.inputs, self.labels):
            for name, array in sorted(group.items()):
                digest.update(f"{name}:{array.dtype}:{array.shape}".encode())
                digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()
