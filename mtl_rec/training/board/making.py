"""All callbacks of the board."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import keras

from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.training.batches import Batches
from mtl_rec.training.board.cards import data_card
from mtl_rec.training.board.epochs import EpochBoard
from mtl_rec.training.board.log import RESULT, BoardLog, steps_taken
from mtl_rec.training.board.notes import BoardNotes
from mtl_rec.training.board.projector import Projector
from mtl_rec.training.board.result import ResultBoard
from mtl_rec.training.board.summaries import text
from mtl_rec.training.board.throughput import Throughput
from mtl_rec.training.validation import ValidationMetrics


def board_callbacks(
    folder: str | os.PathLike[str],
    batches: Batches,
    train: EncodedExposures,
    validation: ValidationMetrics | EncodedExposures,
    notes: BoardNotes | None = None,
    metric: str = "val_loss",
    earlier_epochs: Iterable[Mapping[str, float]] = (),
    resumed_at: int | None = None,
) -> list[keras.callbacks.Callback]:
    """Callbacks that write TensorBoard's dashboards of a run, on every backend.

    The steps of all curves are the exposures trained on so far, so that runs with other
    batch sizes can be compared. Nothing is written before `fit` begins.

    Args:
        folder: Gets the runs `train`, `validation` and `result`.
        batches: What `fit` trains on.
        train: The split that the batches are of.
        validation: The callback that measures this split, which must stand before
            these; of plain rows one is made, the first of what is returned.
        notes: Hyper-parameters, pages of text, and labels of embeddings.
        metric: Of the logs; says which epoch is best.
        earlier_epochs: Logs of the epochs before, where a run goes on.
        resumed_at: Optimizer steps taken before `fit`; as the optimizer has counted
            them where not given. Points of later steps, which a killed process left,
            are no longer shown.

    Returns:
        In the order in which Keras must call them.
    """
    made = not isinstance(validation, ValidationMetrics)
    measured = ValidationMetrics(validation) if made else validation
    notes = notes or BoardNotes()
    if "data" not in notes.texts:
        splits = {"train": train, "validation": measured.exposures}
        texts = {**notes.texts, "data": data_card(splits)}
        notes = BoardNotes(notes.name, notes.hyperparameters, texts, notes.labels)
    log = BoardLog(Path(folder), batches.batch_size)
    projector = Projector(Path(folder) / RESULT, train.schema, notes.labels)
    return [
        *([measured] if made else []),
        _Opening(log, notes, resumed_at),
        Throughput(log, batches),
        EpochBoard(log, train, measured, batches.batch_size),
        ResultBoard(log, notes, projector, metric, earlier_epochs),
    ]


class _Opening(keras.callbacks.Callback):
    """Opens the files before others write to them, and writes the pages of text."""

    def __init__(
        self, log: BoardLog, notes: BoardNotes, resumed_at: int | None
    ) -> None:
        super().__init__()
        self._log, self._notes, self._resumed_at = log, notes, resumed_at

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        steps = self._resumed_at
        if steps is None:
            steps = steps_taken(self.model)
        self._log.open(steps)
        if not steps:
            pages = (text(title, page) for title, page in self._notes.texts.items())
            self._log[RESULT].add(0, *pages)
            self._log.flush()
