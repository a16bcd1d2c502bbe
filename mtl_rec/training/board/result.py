"""What runs are compared by: hyper-parameters with the metrics of the best epoch."""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import keras

from mtl_rec.config.checks import mode_of
from mtl_rec.training.board.events import EventFile
from mtl_rec.training.board.log import RESULT, BoardLog
from mtl_rec.training.board.notes import BoardNotes
from mtl_rec.training.board.projector import Projector
from mtl_rec.training.board.summaries import hyperparameters, scalars, session_end

_COMPARED = ("val_loss", "_auc", "_rmse")


class ResultBoard(keras.callbacks.Callback):
    """Writes the hyper-parameters, and what each epoch is that is the best so far.

    Args:
        log: Gets the validation metrics.
        notes: Has the hyper-parameters.
        projector: Gets the embeddings.
        metric: Says which epoch is best.
        earlier_epochs: Logs of epochs before this `fit`.
    """

    def __init__(
        self,
        log: BoardLog,
        notes: BoardNotes,
        projector: Projector,
        metric: str,
        earlier_epochs: Iterable[Mapping[str, float]],
    ) -> None:
        super().__init__()
        self._log, self._notes, self._projector = log, notes, projector
        self._metric = metric
        self._sign = 1.0 if mode_of(metric) == "max" else -1.0
        self._best = -math.inf
        self._shown: dict[str, float] = {}
        for epoch, logs in enumerate(earlier_epochs):
            self._improves(epoch, logs)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        name = self._notes.name or str(self._log.folder)
        row = hyperparameters(self._notes.hyperparameters, name)
        self._log[RESULT].add(0, row)
        self._log.flush()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        improves = self._improves(epoch, logs or {})
        # Again at every epoch, so that runs can be compared at any of them.
        self._log.add_scalars(RESULT, self._log.exposures(self.model), self._shown)
        self._log.flush()
        if improves:
            self._projector.write(self.model)

    def _improves(self, epoch: int, logs: Mapping[str, float]) -> bool:
        """Whether an epoch is the first or the best; later ones must then beat it."""
        value = self._sign * logs.get(self._metric, math.nan)
        if self._shown and not value > self._best:
            return False
        self._best = value if math.isfinite(value) else self._best
        self._shown = {
            f"best/{name}": metric
            for name, metric in logs.items()
            if name.startswith("val_") and name.endswith(_COMPARED)
        }
        self._shown["best/epoch"] = epoch + 1
        return True

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        self._log[RESULT].add(0, session_end())
        self._log.flush()


def add_results(folder: Path, values: Mapping[str, float], step: int = 0) -> None:
    """Adds metrics to a run's row among hyper-parameters, such as those of a test.

    Args:
        folder: The board's, that training wrote.
        values: By name, such as `test/click_auc`; those that are not defined are left
            out.
        step: Exposures that the model was trained on.
    """
    file = EventFile(folder / RESULT)
    file.add(step, *scalars(values))
    file.flush()
