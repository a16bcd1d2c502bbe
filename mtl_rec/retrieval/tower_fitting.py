"""Trains towers: until the validation users' recall gets no better, then once more."""

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from mtl_rec.config.retrieval import Content, MatrixFactorization, Retrieval
from mtl_rec.retrieval.asked_users import AskedUsers
from mtl_rec.retrieval.counted import item_weights
from mtl_rec.retrieval.encoded_events import EncodedEvents
from mtl_rec.retrieval.event_batches import EventBatches
from mtl_rec.retrieval.id_fields import PRIOR_ID, num_ids_of
from mtl_rec.retrieval.interactions import Events, Interactions
from mtl_rec.retrieval.tower_callbacks import FiniteTowers, ValidationRecall
from mtl_rec.retrieval.tower_design import TowerDesign
from mtl_rec.retrieval.tower_inputs import TowerInputs
from mtl_rec.retrieval.towers import build_joint, build_towers, set_prior
from mtl_rec.retrieval.trainable_towers import hidden_ids, trainable_towers
from mtl_rec.training.epoch_logs import EpochLogs

Callbacks = Sequence[keras.callbacks.Callback]


class TowerFitting:
    """Fits the towers of a run.

    Args:
        config: The `retrieval` section, of an architecture with towers.
        design: What the towers are built from.
        inputs: What they read.
        interactions: What to learn from.
        seed: Decides initial weights, orders and draws.
        discount: Power of an item's number of events that their weights are divided by.

    Attributes:
        towers: As they were trained last.
        asked: The users of the validation part.
        is_for_cold_items: Whether the recall of these says which epoch is best.
        best_recall: Of the validation users, after the best epoch of `fit`.

    Raises:
        ArtifactError: Vectors or a language model can't be read.
        ConfigError: A language model does not fit, or the extra `text` is missing.
    """

    leaves = ("history.json", "logs")
    """What `fit` leaves in its folder."""

    def __init__(
        self,
        config: Retrieval,
        design: TowerDesign,
        inputs: TowerInputs,
        interactions: Interactions,
        seed: int,
        discount: float = 0.0,
    ) -> None:
        self._config, self._design, self._inputs = config, design, inputs
        self._interactions, self._seed = interactions, seed
        self._discount = discount
        self.towers = build_towers(design)
        self.asked = AskedUsers(
            interactions.queries["validation"],
            inputs.asking,
            inputs.catalogue,
            max(config.cutoffs),
            config.exclude_seen,
        )
        cold_items: np.ndarray | None = None
        if isinstance(design.config, Content):
            cold_items = interactions.cold_items["validation"]
        self._measured = ValidationRecall(self.towers, self.asked, cold_items)
        self.is_for_cold_items = self._measured.is_of_cold_items
        self.best_recall, self._best_epoch = 0.0, 0

    def fit(self, folder: Path, callbacks: Callbacks = ()) -> None:
        """Trains on the training rows until the validation users find no more.

        `history.json` and TensorBoard's `logs/` are left in the folder.

        Raises:
            ConfigError: The extra `retrieval` is not installed.
            TrainingError: The loss is no longer a number.
        """
        settings, train = self._config.training, self._inputs.train
        joint = self._joint(train.events)
        stopping = keras.callbacks.EarlyStopping(
            self._measured.metric,
            mode="max",
            patience=settings.patience,
            restore_best_weights=True,
        )
        history, logs = (folder / name for name in self.leaves)
        board = keras.callbacks.TensorBoard(logs, write_graph=False)
        own = [self._measured, EpochLogs(history), stopping, board, *callbacks]
        known = self._interactions.known_items["train"]
        self._run(joint, train, known, settings.epochs, own)
        self.best_recall = float(stopping.best)
        self._best_epoch = stopping.best_epoch
        self.towers.take(joint)

    def refit(self, callbacks: Callbacks = ()) -> None:
        """Trains anew, on training and validation rows, for as long as was best.

        Raises:
            TrainingError: The loss is no longer a number.
        """
        everything = self._inputs.train.joined(self._inputs.validation)
        known = self._interactions.known_items
        known = known["train"] | known["validation"]
        joint = self._joint(everything.events)
        self._run(joint, everything, known, self._best_epoch + 1, callbacks)
        self.towers.take(joint)

    def _joint(self, events: Events) -> keras.Model:
        keras.utils.set_random_seed(self._seed)
        joint, item_id = build_joint(self._design), self._design.ids.item
        if item_id is not None:
            weights = item_weights(events, len(self._interactions.catalogue))
            ids = self._inputs.catalogue[PRIOR_ID][:, 0]
            num_ids = num_ids_of(self._design.schema, item_id)
            # Of items that have no id of their own, the mean.
            num_items = np.maximum(np.bincount(ids, minlength=num_ids), 1)
            set_prior(joint, np.bincount(ids, weights, num_ids) / num_items)
        return joint

    def _run(
        self,
        joint: keras.Model,
        encoded: EncodedEvents,
        known_items: np.ndarray,
        epochs: int,
        callbacks: Callbacks,
    ) -> None:
        settings = self._config.training
        batches = EventBatches(
            encoded,
            self._inputs.catalogue,
            np.flatnonzero(known_items),
            settings,
            self._config.exclude_seen,
            self._seed,
            self._discount,
        )
        has_more = not isinstance(self._design.config, MatrixFactorization)
        rate = settings.id_dropout if has_more else 0.0
        hidden = hidden_ids(self._design.schema, self._design.ids, rate)
        model = trainable_towers(joint, settings, len(batches.events), hidden)
        model.fit(
            batches,
            epochs=epochs,
            shuffle=False,
            verbose=0,
            callbacks=[FiniteTowers(), *callbacks],
        )
