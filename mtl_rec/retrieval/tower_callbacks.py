"""What watches the training of towers: what they find, and whether they still learn."""

from typing import Any

import keras
import numpy as np

from mtl_rec.errors import TrainingError
from mtl_rec.retrieval.asked_users import AskedUsers
from mtl_rec.retrieval.epoch_metrics import recall_name
from mtl_rec.retrieval.queries import enough_want
from mtl_rec.retrieval.two_towers import TwoTowers


class ValidationRecall(keras.callbacks.Callback):
    """Adds recall@k of the validation users to the logs of an epoch.

    Args:
        towers: That are trained.
        asked: Whom to ask for.
        cold_items: `(items,)`, those whose recall counts, in lists of these alone; of
            all if not given.

    Attributes:
        metric: What says which epoch is best: the recall of all items, too, where too
            few users should find one that counts.
        is_of_cold_items: Whether it is the recall of those.
    """

    def __init__(
        self,
        towers: TwoTowers,
        asked: AskedUsers,
        cold_items: np.ndarray | None = None,
    ) -> None:
        super().__init__()
        self._towers, self._asked = towers, asked
        self._measured: dict[str, np.ndarray | None] = {recall_name(asked.cutoff): None}
        relevant = asked.queries.relevant
        if cold_items is not None and enough_want(relevant, cold_items):
            self._measured[recall_name(asked.cutoff, True)] = cold_items
        self.metric = list(self._measured)[-1]
        self.is_of_cold_items = len(self._measured) > 1

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        self._towers.take(self.model)
        if logs is None:
            return
        vectors = self._asked.vectors(self._towers)
        for name, among in self._measured.items():
            recalls = self._asked.recalls_of(*vectors, among)
            logs[name] = float(np.nanmean(recalls))


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
