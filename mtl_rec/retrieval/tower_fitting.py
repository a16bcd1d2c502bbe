"""Trains towers: until the validation users' recall gets no better, then once more."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from mtl_rec.config.retrieval import Retrieval, Towers
from mtl_rec.errors import TrainingError
from mtl_rec.preprocess import Preprocessor
from mtl_rec.retrieval.counted import ids_of_values, item_weights, num_ids_of
from mtl_rec.retrieval.encoding import Inputs, encode_side
from mtl_rec.retrieval.event_batches import EventBatches
from mtl_rec.retrieval.interactions import Events, Interactions
from mtl_rec.retrieval.lists import best_items
from mtl_rec.retrieval.queries import Queries
from mtl_rec.retrieval.towers import TwoTowers, build_towers, set_prior
from mtl_rec.retrieval.trainable_towers import trainable_towers
from mtl_rec.training.epoch_logs import EpochLogs

PREDICT_ROWS = 4096

Callbacks = Sequence[keras.callbacks.Callback]


class TowerFitting:
    """Fits the towers of a run.

    Args:
        config: The `retrieval` section, of an architecture with towers.
        architecture: That of the section.
        embedding_dim: Width of embeddings whose feature does not state its own.
        preprocessor: Fitted on what the architecture reads.
        interactions: What to learn from.
        item_id: The feature of the item's id, if the architecture reads it.
        seed: Decides initial weights, orders and draws.
    """

    def __init__(
        self,
        config: Retrieval,
        architecture: Towers,
        embedding_dim: int,
        preprocessor: Preprocessor,
        interactions: Interactions,
        item_id: str | None,
        seed: int,
    ) -> None:
        self._config, self._architecture = config, architecture
        self._embedding_dim = embedding_dim
        self._preprocessor, self._interactions = preprocessor, interactions
        self._seed = seed
        self._item_id = item_id
        rows = interactions.catalogue.rows
        self.catalogue = encode_side(preprocessor, rows, "item")

    def fit(self, folder: Path, callbacks: Callbacks = ()) -> TwoTowers:
        """Trains, and leaves `history.json` and TensorBoard's `logs/` in the folder.

        Raises:
            TrainingError: The loss is no longer a number.
        """
        settings, data = self._config.training, self._interactions
        towers = self._new(data.train)
        measured = ValidationRecall(
            towers,
            encode_side(self._preprocessor, data.query_rows["validation"], "user"),
            self.catalogue,
            data.queries["validation"],
            max(self._config.cutoffs),
            self._config.exclude_seen,
        )
        stopping = keras.callbacks.EarlyStopping(
            measured.metric,
            mode="max",
            patience=settings.patience,
            restore_best_weights=True,
        )
        board = keras.callbacks.TensorBoard(folder / "logs", write_graph=False)
        logs = EpochLogs(folder / "history.json")
        own = [measured, logs, stopping, board, *callbacks]
        self._run(towers, data.train, settings.epochs, own)
        if settings.refit:
            everything = data.train.joined(data.validation)
            towers = self._new(everything)
            self._run(towers, everything, stopping.best_epoch + 1, callbacks)
        return towers

    def _new(self, events: Events) -> TwoTowers:
        keras.utils.set_random_seed(self._seed)
        schema, item_id = self._preprocessor.schema, self._item_id
        towers = build_towers(self._architecture, schema, self._embedding_dim, item_id)
        if item_id is not None:
            weights = item_weights(events, len(self._interactions.catalogue))
            ids = ids_of_values(schema, item_id, self.catalogue)
            set_prior(towers, np.bincount(ids, weights, num_ids_of(schema, item_id)))
        return towers

    def _run(
        self, towers: TwoTowers, events: Events, epochs: int, callbacks: Callbacks
    ) -> None:
        settings = self._config.training
        batches = EventBatches(
            encode_side(self._preprocessor, events.rows, "user"),
            encode_side(self._preprocessor, events.rows, "item"),
            events.items,
            events.weights,
            self.catalogue,
            settings,
            self._seed,
        )
        model = trainable_towers(towers, settings, len(events))
        model.fit(
            batches,
            epochs=epochs,
            shuffle=False,
            verbose=0,
            callbacks=[FiniteTowers(), *callbacks],
        )


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


def vectors(tower: keras.Model, inputs: Inputs) -> np.ndarray:
    """What a tower makes of rows, `(rows, dim)` float32."""
    return np.asarray(tower.predict(inputs, batch_size=PREDICT_ROWS, verbose=0))
