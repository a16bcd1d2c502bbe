"""How fast training is, and how long it waits for its input."""

import time
from typing import Any

import keras

from mtl_rec.training.batches import Batches
from mtl_rec.training.board.log import TRAIN, BoardLog

POINTS_PER_EPOCH = 50
"""Points of the curve of the running loss: an epoch may take hours."""


class Throughput(keras.callbacks.Callback):
    """Writes exposures per second, the share of time spent waiting, and running losses.

    A call of the step waits if its item is gathered after the end of the call before:
    the device then has nothing to do. The first call of a `fit` also compiles, so it
    is left out where there are others.

    Args:
        log: Gets the curves.
        batches: What is trained on.
    """

    def __init__(self, log: BoardLog, batches: Batches) -> None:
        super().__init__()
        self._log, self._batches = log, batches
        self._rows_per_call = batches.batch_size * batches.steps_per_call

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        self._is_first_call = True

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        self._exposures_before = self._log.exposures(self.model)
        self._begun = self._ended = time.perf_counter()
        self._calls, self._counted_calls, self._waited = 0, 0, 0.0
        self._every = max(1, len(self._batches) // POINTS_PER_EPOCH)

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Called by Keras, with logs it has waited for."""
        now = time.perf_counter()
        self._calls += 1
        if self._is_first_call and len(self._batches) > 1:
            self._begun = now
        else:
            ready = self._batches.ready_at(batch) or self._ended
            self._waited += min(max(ready, self._ended), now) - self._ended
            self._counted_calls += 1
        self._ended, self._is_first_call = now, False
        if self._calls % self._every == 0 and logs:
            step = self._exposures_before + self._calls * self._rows_per_call
            running = {_tag(name): value for name, value in logs.items()}
            self._log.add_scalars(TRAIN, step, running)
            self._log[TRAIN].flush()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        seconds = self._ended - self._begun
        if not self._counted_calls:
            return
        exposures = self._counted_calls * self._rows_per_call
        values = {
            "speed/exposures_per_second": exposures / seconds,
            "speed/input_wait_share": self._waited / seconds,
            "speed/seconds_of_training": seconds,
        }
        self._log.add_scalars(TRAIN, self._log.exposures(self.model), values)


def _tag(name: str) -> str:
    """`loss` and `click_loss` to `running_loss/all` and `running_loss/click`."""
    task = name.removesuffix("loss").rstrip("_") or "all"
    return f"running_loss/{task}" if name.endswith("loss") else f"running/{name}"
