"""Keep the state of a training, so that it goes on exactly where it was killed."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np

from mtl_rec.config.training import CheckpointCadence
from mtl_rec.errors import ArtifactError
from mtl_rec.training.batches import Batches
from mtl_rec.training.checkpoint_files import CheckpointFiles, TrainingState
from mtl_rec.training.training_state import (
    restore_arrays,
    restore_metrics,
    state_arrays,
)
from mtl_rec.training.weight_average import WeightAverage


class Resumable(Protocol):
    """What else must go on as it was, such as the best value so far."""

    def state(self) -> dict[str, Any]:
        """What `restore` takes, as JSON knows it."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a state."""
        ...


@dataclass(frozen=True)
class Position:
    """Where a training stands.

    Attributes:
        epoch: Counted from 0.
        item: Items of `Batches` that are done in it.
        is_over: Whether no epoch follows, as the training was stopped.
    """

    epoch: int = 0
    item: int = 0
    is_over: bool = False


class Checkpoints(keras.callbacks.Callback):
    """Saves all that a training is made of, at the end of epochs and in between.

    Weights and their average, the optimizer's slots, running metrics, the state of
    dropout and the place in the data: a training that is killed and started again ends
    with the same bits as one that was not. It must stand last among the callbacks, and
    `fit_on` runs the fit.

    Args:
        folder: Gets the files.
        batches: What is trained on; their order is a function of seed and epoch.
        cadence: When to save, and how many files to keep.
        others: Callbacks whose state belongs to it, by name.
        average: Of the weights, if there is one.

    Attributes:
        position: Where the newest checkpoint stands; where training begins, if none.

    Raises:
        ArtifactError: The newest checkpoint is of other batches.
    """

    def __init__(
        self,
        folder: Path,
        batches: Batches,
        cadence: CheckpointCadence | None = None,
        others: Mapping[str, Resumable] | None = None,
        average: WeightAverage | None = None,
    ) -> None:
        super().__init__()
        self._cadence = cadence or CheckpointCadence()
        self._files = CheckpointFiles(folder, self._cadence.keep)
        self._batches = batches
        self._others, self._average = dict(others or {}), average
        self._found: TrainingState | None = self._files.newest()
        self._metrics: dict[str, np.ndarray] = {}
        self.position = Position()
        if self._found is not None:
            self._require_same_batches(self._found.progress["batches_of"])
            self.position = Position(**self._found.progress["position"])
            for name, other in self._others.items():
                other.restore(self._found.progress[name])

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras, which has just reset the metrics."""
        if self.position.epoch != epoch:
            self.position = Position(epoch)
        if self._metrics and self.position.item:
            restore_metrics(self.model, self._metrics)
        self._metrics = {}
        self._batches.begin(epoch, self.position.item)
        self._saved_item, self._saved_at = self.position.item, time.monotonic()

    def restore(self, model: keras.Model) -> None:
        """Puts the newest checkpoint into a model, once and if there is one.

        Raises:
            ArtifactError: The checkpoint is another model's.
        """
        if self._found is None:
            return
        # Keras makes the losses' running means when it sees the first batch.
        model._symbolic_build(data_batch=self._batches.item(0, 0))
        arrays = self._found.arrays
        if self._average is not None:
            arrays = self._average.restore(arrays)
        restore_arrays(model, arrays)
        self._metrics, self._found = arrays, None

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Called by Keras after every item."""
        item = self.position.item + 1
        self.position = Position(self.position.epoch, item)
        if item < self._batches.num_items and self._is_due(item):
            self._save()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        self.position = Position(epoch + 1, is_over=bool(self.model.stop_training))
        self._save()

    def _require_same_batches(self, layout: dict[str, int]) -> None:
        if layout != self._batches.layout:
            raise ArtifactError(
                "A checkpoint must be of the batches that training goes on with: "
                f"{self._batches.layout}. Received: one of {layout} in "
                f"'{self._files.folder}'. Start afresh, in another folder."
            )

    def _is_due(self, item: int) -> bool:
        every_steps, every_minutes = (
            self._cadence.every_steps,
            self._cadence.every_minutes,
        )
        steps = (item - self._saved_item) * self._batches.steps_per_call
        seconds = time.monotonic() - self._saved_at
        return (every_steps is not None and steps >= every_steps) or (
            every_minutes is not None and seconds >= 60 * every_minutes
        )

    def _save(self) -> None:
        progress = {name: other.state() for name, other in self._others.items()}
        batches = self.position.item * self._batches.steps_per_call
        progress |= {
            "position": asdict(self.position),
            "batches": batches,
            "batches_of": self._batches.layout,
        }
        whole = self._batches.num_items * self._batches.steps_per_call
        step = self.position.epoch * whole + batches
        averages = self._average.arrays() if self._average is not None else ()
        self._files.write(step, chain(state_arrays(self.model), averages), progress)
        self._saved_item, self._saved_at = self.position.item, time.monotonic()


def fit_on(
    model: keras.Model,
    batches: Batches,
    epochs: int,
    checkpoints: Checkpoints,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> None:
    """Fits from where the newest checkpoint stands to the last epoch.

    An epoch that was left half done is one `fit`, the epochs after it are another.

    Args:
        model: Compiled.
        batches: What `checkpoints` knows.
        epochs: In all, those before the checkpoint included.
        checkpoints: From which folder to go on.
        callbacks: Called before `checkpoints`.
    """
    checkpoints.restore(model)
    while checkpoints.position.epoch < epochs and not checkpoints.position.is_over:
        start = checkpoints.position
        batches.begin(start.epoch, start.item)
        # Made here, so that callbacks are told of all epochs, not of this fit's.
        told = keras.callbacks.CallbackList(
            [*callbacks, checkpoints],
            add_history=True,
            model=model,
            epochs=epochs,
            steps=len(batches),
            verbose=0,
        )
        model.fit(
            batches,
            initial_epoch=start.epoch,
            epochs=start.epoch + 1 if start.item else epochs,
            shuffle=False,
            verbose=0,
            callbacks=told,
        )
