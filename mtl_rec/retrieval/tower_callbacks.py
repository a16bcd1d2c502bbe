"""What watches the training of towers: what they find, and whether they still learn."""

from typing import Any

import keras
import numpy as np

from mtl_rec.errors import TrainingError
from mtl_rec.retrieval.asked_users import AskedUsers
from mtl_rec.retrieval.two_towers import TwoTowers


class ValidationRecall(keras.callbacks.Callback):
    """Adds recall@k of the validation users to the logs of an epoch.

    Args:
        towers: That are trained.
        asked: Whom to ask for.
    """

    def __init__(self, towers: TwoTowers, asked: AskedUsers) -> None:
        super().__init__()
        self._towers, self._asked = towers, asked
        self.metric = f"val_recall_{asked.cutoff}"

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        self._towers.take(self.model)
        if logs is not None:
            logs[self.metric] = self._asked.recall(self._towers)


class FiniteTowers(keras.callbacks.Callback):
    """Ends a training whose loss is no longer a number."""

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Called by Keras."""
        loss = (logs or {}).get("loss", 0.0)
        if not np.isfinite(loss):
            raise TrainingError(
                f"The loss of batch {batch} is {loss}. Lower "
                "`retrieval.training.learning_rate`."
            )
