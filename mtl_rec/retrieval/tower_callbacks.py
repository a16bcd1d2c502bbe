"""What watches the training of towers: what they find, and whether they still learn."""

from typing import Any

import keras
import numpy as np

from mtl_rec.errors import TrainingError
from mtl_rec.retrieval.encoding import Inputs
from mtl_rec.retrieval.lists import best_items
from mtl_rec.retrieval.queries import Queries
from mtl_rec.retrieval.two_towers import TwoTowers, vectors


class ValidationRecall(keras.callbacks.Callback):
    """Adds recall@k of the validation users to the logs of an epoch.

    Args:
        towers: That are trained.
        users: Packed inputs of the queries.
        catalogue: Packed inputs of all items.
        queries: Whom to ask for.
        cutoff: k.
        exclude_seen: Whether lists leave out what the user had an event with before.
    """

    def __init__(
        self,
        towers: TwoTowers,
        users: Inputs,
        catalogue: Inputs,
        queries: Queries,
        cutoff: int,
        exclude_seen: bool,
    ) -> None:
        super().__init__()
        self._towers, self._users, self._catalogue = towers, users, catalogue
        self._queries, self._cutoff = queries, cutoff
        self._seen = queries.seen if exclude_seen else None
        self.metric = f"val_recall_{cutoff}"

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        self._towers.take(self.model)
        users = vectors(self._towers.query, self._users)
        items = vectors(self._towers.candidate, self._catalogue)
        lists = best_items(
            lambda queries: users[queries] @ items.T,
            len(users),
            len(items),
            self._cutoff,
            self._seen,
        )
        wanted = self._queries.relevant
        found = wanted.has(lists).sum(axis=1) / wanted.lengths
        if logs is not None:
            logs[self.metric] = float(found.mean())


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
