"""Keep the weights of the best epoch, and stop when none is better for long."""

import math
from pathlib import Path
from typing import Any

import keras

from mtl_rec.config.checks import mode_of
from mtl_rec.config.training import EarlyStopping
from mtl_rec.whole_files import written_whole


class BestEpoch(keras.callbacks.Callback):
    """Saves the weights of the best epoch and ends a training that gets no better.

    As Keras' `ModelCheckpoint` and `EarlyStopping`, with a state that a checkpoint can
    hold.

    Args:
        path: A file that ends in `.weights.h5`; replaced whole or not at all.
        stopping: Which metric decides, and how long it may fail to get better.

    Attributes:
        best_epoch: Counted from 0; None before the first.
    """

    def __init__(self, path: Path, stopping: EarlyStopping) -> None:
        super().__init__()
        self._path = path
        self._stopping = stopping
        self._sign = 1.0 if mode_of(stopping.metric) == "max" else -1.0
        self._best = self._better = -math.inf
        self._epochs_waited = 0
        self.best_epoch: int | None = None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        value = self._sign * (logs or {}).get(self._stopping.metric, math.nan)
        # The first epoch is kept even where the metric is not defined.
        if self.best_epoch is None or value > self._best:
            self._best = value if math.isfinite(value) else self._best
            self.best_epoch = epoch
            with written_whole(self._path) as unfinished:
                self.model.save_weights(unfinished)
        if value > self._better + self._stopping.min_delta:
            self._better, self._epochs_waited = value, 0
            return
        self._epochs_waited += 1
        if self._epochs_waited >= self._stopping.patience and epoch > 0:
            self.model.stop_training = True

    def state(self) -> dict[str, Any]:
        """What `restore` takes, as JSON knows it."""
        return {
            "best": self._best,
            "better": self._better,
            "epochs_waited": self._epochs_waited,
            "best_epoch": self.best_epoch,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a state."""
        self._best, self._better = state["best"], state["better"]
        self._epochs_waited = state["epochs_waited"]
        self.best_epoch = state["best_epoch"]
