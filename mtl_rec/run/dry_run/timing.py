"""Steps of the real model on real rows, with a watch beside them."""

import tempfile
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

CALLS = 12
"""Compiled calls at least, of which the first ones compile."""

MOST_SECONDS = 20.0
"""To train for where calls are so slow that fewer must do: of language models."""

MOST_EPOCHS = 200


@dataclass(frozen=True)
class Speed:
    """How fast the model is.

    Attributes:
        compile_seconds: Until the first call was done.
        train_seconds_a_row: Of a training step.
        validate_seconds_a_row: Of the metrics after an epoch.
        save_seconds: Of keeping the weights after an epoch.
        rows_timed: Rows that were trained on with the watch running.
        batch_bytes: Inputs and labels of one compiled call.
    """

    compile_seconds: float
    train_seconds_a_row: float
    validate_seconds_a_row: float
    save_seconds: float
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
        shares_texts=True,
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
        _save_seconds(model),
        watch.rows,
        round(rows.num_bytes * share),
    )


def _save_seconds(model: TrainableModel) -> float:
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        model.save_weights(f"{folder}/kept.weights.h5")
    return time.perf_counter() - started


class _Watch(keras.callbacks.Callback):
    """Times every call, until there are enough of them."""

    def __init__(self, rows_a_call: int) -> None:
        super().__init__()
        self.rows_a_call = rows_a_call
        self.durations: list[float] = []

    @property
    def usual(self) -> float:
        """Seconds of a call, once all is compiled."""
        later = self.durations[len(self.durations) // 2 :]
        return float(np.median(later))

    @property
    def num_compiling(self) -> int:
        """The first calls, which are slow."""
        are_slow = [seconds > 3 * self.usual for seconds in self.durations]
        return next((n for n, is_slow in enumerate(are_slow) if not is_slow), 1)

    @property
    def compile_seconds(self) -> float:
        """What the first calls took longer than others."""
        return (
            sum(self.durations[: self.num_compiling]) - self.num_compiling * self.usual
        )

    @property
    def rows(self) -> int:
        """Rows of the calls that count."""
        return len(self._counted) * self.rows_a_call

    @property
    def seconds_a_row(self) -> float:
        """Without the slowest tenth of the calls: the machine did something else."""
        counted = sorted(self._counted)
        kept = counted[: max(1, round(0.9 * len(counted)))]
        return float(np.mean(kept)) / self.rows_a_call

    @property
    def _counted(self) -> list[float]:
        return self.durations[self.num_compiling :] or self.durations

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self.started = time.perf_counter()

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        now = time.perf_counter()
        self.durations.append(now - self.started)
        self.started = now

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        # The first two compile, and take what they take.
        seconds = sum(self.durations[2:])
        is_enough = seconds >= SECONDS and len(self.durations) >= CALLS
        if is_enough or seconds >= MOST_SECONDS:
            self.model.stop_training = True
