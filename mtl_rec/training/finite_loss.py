"""Stop at the first batch whose loss is not a number, and say where it came from."""

import math
from pathlib import Path
from typing import Any

import keras
import numpy as np

from mtl_rec.errors import TrainingError
from mtl_rec.schema.schema import Schema
from mtl_rec.training.batches import Batches
from mtl_rec.training.checkpoints import Checkpoints
from mtl_rec.whole_files import written_whole

FAILED_BATCH = "failed_batch.npz"
LARGE = 1000.0
"""Absolute value above which no number of a batch is standardised."""

_LOSS = "_loss"


class FiniteLoss(keras.callbacks.Callback):
    """Raises once a loss is NaN or infinite; the call of several batches ends at it.

    The batch is kept in a file, and the newest checkpoint is of the time before.

    Args:
        batches: What is trained on.
        checkpoints: Knows the place in them; stands after this callback.
        folder: Gets the batch.
        schema: Names features and tasks.
    """

    def __init__(
        self, batches: Batches, checkpoints: Checkpoints, folder: Path, schema: Schema
    ) -> None:
        super().__init__()
        self._batches, self._checkpoints = batches, checkpoints
        self._folder, self._schema = folder, schema

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Called by Keras after every item."""
        losses = {n: float(v) for n, v in (logs or {}).items() if n.endswith("loss")}
        odd = {
            name: value for name, value in losses.items() if not math.isfinite(value)
        }
        if odd:
            raise TrainingError(self._explained(odd))

    def _explained(self, odd: dict[str, float]) -> str:
        place, steps = self._checkpoints.position, self._batches.steps_per_call
        before = (place.epoch * self._batches.num_items + place.item) * steps
        # The step that fails is counted and none after it.
        number = int(self.model.optimizer.iterations) - before - 1
        inputs, labels = self._batches.item(place.epoch, place.item)
        if steps > 1:
            inputs, labels = (
                {name: array[number] for name, array in group.items()}
                for group in (inputs, labels)
            )
        path = self._folder / FAILED_BATCH
        _write(path, {"inputs": inputs, "labels": labels})
        tasks = [f"'{name.removesuffix(_LOSS)}'" for name in odd if name != "loss"]
        of_tasks = f" of {' and '.join(tasks)}" if tasks else ""
        return (
            f"The loss{of_tasks} must be a number. Received: "
            f"{next(iter(odd.values()))} in epoch {place.epoch + 1}, batch "
            f"{place.item * steps + number + 1} of {self._batches.num_items * steps}. "
            f"{self._cause(inputs)} The batch is in '{path}'; the checkpoints are of "
            "the time before it."
        )

    def _cause(self, inputs: dict[str, np.ndarray]) -> str:
        odd = [
            f"{value:g} of feature '{name}'"
            for name, value in _largest_numbers(inputs, self._schema).items()
            if not value <= LARGE
        ]
        if odd:
            return (
                f"The batch holds numbers that nothing standardised: {', '.join(odd)}."
            )
        return (
            "The batch's numbers are standardised, so the weights have diverged: lower "
            "`training.optimizer.learning_rate`, or set "
            "`training.optimizer.global_clipnorm`."
        )


def _largest_numbers(inputs: dict[str, np.ndarray], schema: Schema) -> dict[str, float]:
    """The largest absolute value of every number, by the name of its field."""
    largest = {}
    for name, fields in schema.number_names().items():
        values = np.abs(inputs[name]).max(axis=0).tolist()
        largest |= dict(zip(fields, values, strict=True))
    return largest


def _write(path: Path, groups: dict[str, dict[str, np.ndarray]]) -> None:
    arrays = {
        f"{group}.{name}": array
        for group, own in groups.items()
        for name, array in own.items()
    }
    with written_whole(path) as unfinished, unfinished.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
