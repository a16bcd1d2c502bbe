"""Steps of the real model on real rows, with a watch beside them."""

import time
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from mtl_rec.config.training import Training
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.training.batches import Batches, usual_steps_per_call
from mtl_rec.training.trainable import TrainableModel
from mtl_rec.training.validation import ValidationMetrics

SECONDS = 6.0
"""To train for, at least, once the step is compiled."""

MOST_EPOCHS = 200


@dataclass(frozen=True)
class Speed:
    """How fast the model is.

    Attributes:
        compile_seconds: Until the first call was done.
        train_seconds_a_row: Of a training step.
        validate_seconds_a_row: Of the metrics after an epoch.
        rows_timed: Rows that were trained on with the watch running.
        batch_bytes: Inputs and labels of one compiled call.
    """

    compile_seconds: float
    train_seconds_a_row: float
    validate_seconds_a_row: float
    rows_timed: int
    batch_bytes: int


def time_steps(
    model: TrainableModel, rows: EncodedExposures, config: Training, num_rows: int
) -> Speed:
    """Trains for a few seconds, which changes the model.

    Args:
        model: Compiled.
        rows: To train on, again and again.
        config: The `training` section of a run.
        num_rows: Of the training split, which sets how many batches a call takes.
    """
    calls = config.steps_per_call or usual_steps_per_call(num_rows, config.batch_size)
    batches = Batches(
        rows,
        config.batch_size,
        steps_per_call=max(1, min(calls, len(rows) // config.batch_size)),
        groups_requests=config.group_requests,
    )
    watch = _Watch(batches.batch_size * batches.steps_per_call)
    model.fit(batches, epochs=MOST_EPOCHS, shuffle=False, verbose=0, callbacks=[watch])
    validation = ValidationMetrics(rows)
    validation.set_model(model)
    validation.measure()
    started = time.perf_counter()
    validation.measure()
    seconds = time.perf_counter() - started
    share = batches.batch_size * batches.steps_per_call / len(rows)
    return Speed(
        watch.compile_seconds,
        watch.seconds_a_row,
        seconds / len(rows),
        watch.rows,
        round(rows.num_bytes * share),
    )


class _Watch(keras.callbacks.Callback):
    """Times the calls after the first two, which compile, for some seconds."""

    def __init__(self, rows_a_call: int) -> None:
        super().__init__()
        self.rows_a_call = rows_a_call
        self.calls = 0
        self.compile_seconds = 0.0
        self.durations: list[float] = []

    @property
    def rows(self) -> int:
        """Rows of the calls that were timed."""
        return len(self.durations) * self.rows_a_call

    @property
    def seconds_a_row(self) -> float:
        """By the middle call: what else the machine does slows some of them."""
        durations = self.durations or [self.compile_seconds]
        return float(np.median(durations)) / self.rows_a_call

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self.started = time.perf_counter()

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        now = time.perf_counter()
        self.calls += 1
        if self.calls <= 2:
            self.compile_seconds += now - self.started
        else:
            self.durations.append(now - self.started)
        self.started = now

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if sum(self.durations) >= SECONDS:
            self.model.stop_training = True
