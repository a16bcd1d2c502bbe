"""The logs of every epoch, those before an interruption included."""

from pathlib import Path
from typing import Any

import keras

from mtl_rec.whole_files import write_json


class EpochLogs(keras.callbacks.Callback):
    """Collects what Keras says of each epoch, as Keras' history does for one `fit`.

    Args:
        path: JSON file that has them after every epoch.

    Attributes:
        epochs: The logs of each, first to last.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.epochs: list[dict[str, float]] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        self.epochs.append({name: float(value) for name, value in (logs or {}).items()})
        write_json(self._path, self.epochs)

    def state(self) -> dict[str, Any]:
        """What `restore` takes, as JSON knows it."""
        return {"epochs": self.epochs}

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a state."""
        self.epochs = list(state["epochs"])
