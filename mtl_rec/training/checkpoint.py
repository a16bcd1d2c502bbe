"""Keep the weights of the best epoch."""

import math
from pathlib import Path
from typing import Any

import keras

from mtl_rec.whole_files import written_whole


class BestCheckpoint(keras.callbacks.Callback):
    """Saves the weights whenever the metric is better than ever before.

    Args:
        path: A file that ends in `.weights.h5`; replaced whole or not at all.
        metric: Name in the logs of an epoch.
        mode: `max` where more is better, else `min`.

    Attributes:
        best_epoch: Counted from 0; None before the first.
    """

    def __init__(self, path: Path, metric: str, mode: str) -> None:
        super().__init__()
        self._path = path
        self._metric = metric
        self._sign = 1.0 if mode == "max" else -1.0
        self._best = -math.inf
        self.best_epoch: int | None = None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        value = self._sign * (logs or {}).get(self._metric, math.nan)
        # The first epoch is kept even where the metric is not defined.
        if self.best_epoch is None or value > self._best:
            self._best = value if math.isfinite(value) else self._best
            self.best_epoch = epoch
            with written_whole(self._path) as unfinished:
                self.model.save_weights(unfinished)


def mode_of(metric: str) -> str:
    """`max` for AUC, `min` for losses and errors."""
    return "max" if metric.endswith("_auc") else "min"
