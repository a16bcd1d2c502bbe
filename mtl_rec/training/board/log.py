"""The runs of TensorBoard that one training writes."""

from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np

from mtl_rec.training.board.events import EventFile
from mtl_rec.training.board.summaries import scalars

TRAIN, VALIDATION, RESULT = "train", "validation", "result"
"""Folders of the runs. Curves of one tag share a chart. Of `result` the HParams
dashboard pairs all curves with the hyper-parameters, so it has but few; the texts and
the projector are there too, as each run costs one of TensorBoard's seven colours."""


class BoardLog:
    """Three runs of one training, whose steps are the exposures trained on so far.

    Args:
        folder: Gets the runs.
        rows_per_step: Exposures of an optimizer's step.
    """

    def __init__(self, folder: Path, rows_per_step: int) -> None:
        self.folder = folder
        self.rows_per_step = rows_per_step
        self._files: dict[str, EventFile] = {}

    def open(self, steps_before: int) -> None:
        """Begins new files.

        Args:
            steps_before: Steps that the optimizer has taken. What earlier files say of
                later ones is no longer shown.
        """
        first = steps_before * self.rows_per_step + 1 if steps_before else 0
        for run in (TRAIN, VALIDATION, RESULT):
            self._files[run] = EventFile(self.folder / run, first)

    def __getitem__(self, run: str) -> EventFile:
        return self._files[run]

    def exposures(self, model: keras.Model) -> int:
        """Exposures that a model was trained on, between epochs."""
        return steps_taken(model) * self.rows_per_step

    def add_scalars(self, run: str, step: int, values: Mapping[str, float]) -> None:
        """Adds points of curves, by tag."""
        self[run].add(step, *scalars(values))

    def flush(self) -> None:
        """Lets readers see what was added."""
        for file in self._files.values():
            file.flush()


def steps_taken(model: keras.Model) -> int:
    """Steps that the optimizer has counted; on JAX it counts them at epoch ends."""
    return int(np.asarray(keras.ops.convert_to_numpy(model.optimizer.iterations)))
