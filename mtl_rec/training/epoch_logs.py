"""The logs of every epoch, those before an interruption included."""

from typing import Any

import keras


class EpochLogs(keras.callbacks.Callback):
    """Collects what Keras says of each epoch, as Keras' history does for one `fit`.

    Attributes:
        epochs: The logs of each, first to last.
    """

    def __init__(self) -> None:
        super().__init__()
        self.epochs: list[dict[str, float]] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        self.epochs.append({name: float(value) for name, value in (logs or {}).items()})

    def state(self) -> dict[str, Any]:
        """What `restore` takes, as JSON knows it."""
        return {"epochs": self.epochs}

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a state."""
        self.epochs = list(state["epochs"])
