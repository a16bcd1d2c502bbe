"""Trains towers: until the validation users' recall gets no better, then once more."""

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import pyarrow as pa

from mtl_rec.config.retrieval import MatrixFactorization, Retrieval
from mtl_rec.preprocess import Preprocessor
from mtl_rec.retrieval.counted import item_weights
from mtl_rec.retrieval.encoded_events import EncodedEvents
from mtl_rec.retrieval.encoding import Inputs, encode_side
from mtl_rec.retrieval.event_batches import EventBatches
from mtl_rec.retrieval.id_fields import PRIOR_ID, num_ids_of, with_prior_ids
from mtl_rec.retrieval.interactions import Events, Interactions
from mtl_rec.retrieval.tower_callbacks import FiniteTowers, ValidationRecall
from mtl_rec.retrieval.tower_design import TowerDesign
from mtl_rec.retrieval.towers import build_joint, build_towers, set_prior
from mtl_rec.retrieval.trainable_towers import hidden_ids, trainable_towers
from mtl_rec.retrieval.two_towers import TwoTowers
from mtl_rec.schema.encoded import read_in_training
from mtl_rec.training.epoch_logs import EpochLogs

Callbacks = Sequence[keras.callbacks.Callback]


class TowerFitting:
    """Fits the towers of a run.

    Args:
        config: The `retrieval` section, of an architecture with towers.
        design: What the towers are built from.
        preprocessor: Fitted on what the architecture reads.
        interactions: What to learn from.
        seed: Decides initial weights, orders and draws.

    Attributes:
        catalogue: Inputs of the candidate tower, `(items, width)` each.
    """

    def __init__(
        self,
        config: Retrieval,
        design: TowerDesign,
        preprocessor: Preprocessor,
        interactions: Interactions,
        seed: int,
    ) -> None:
        self._config, self._design = config, design
        self._preprocessor, self._interactions = preprocessor, interactions
        self._ids, self._seed = design.ids, seed
        self.catalogue = self._encode_items(interactions.catalogue.rows)

    def fit(self, folder: Path, callbacks: Callbacks = ()) -> TwoTowers:
        """Trains, and leaves `history.json` and TensorBoard's `logs/` in the folder.

        Raises:
            ArtifactError: Vectors or a language model can't be read.
            ConfigError: The extra `retrieval` is not installed.
            TrainingError: The loss is no longer a number.
        """
        settings, data = self._config.training, self._interactions
        towers = build_towers(self._design)
        joint, train = self._joint(data.train), self._encoded(data.train)
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
        known = data.known_items["train"]
        self._run(joint, train, known, settings.epochs, own)
        if settings.refit:
            everything = train.joined(self._encoded(data.validation))
            known = known | data.known_items["validation"]
            epochs = stopping.best_epoch + 1
            joint = self._joint(everything.events)
            self._run(joint, everything, known, epochs, callbacks)
        towers.take(joint)
        return towers

    def _joint(self, events: Events) -> keras.Model:
        keras.utils.set_random_seed(self._seed)
        joint, item_id = build_joint(self._design), self._ids.item
        if item_id is not None:
            weights = item_weights(events, len(self._interactions.catalogue))
            ids = self.catalogue[PRIOR_ID][:, 0]
            num_ids = num_ids_of(self._design.schema, item_id)
            # Of items that have no id of their own, the mean.
            num_items = np.maximum(np.bincount(ids, minlength=num_ids), 1)
            set_prior(joint, np.bincount(ids, weights, num_ids) / num_items)
        return joint

    def _encoded(self, events: Events) -> EncodedEvents:
        users = encode_side(self._preprocessor, events.rows, "user")
        sides = users, self._encode_items(events.rows)
        schema = self._design.schema
        return EncodedEvents(events, *(read_in_training(schema, own) for own in sides))

    def _encode_items(self, rows: pa.Table) -> Inputs:
        packed = encode_side(self._preprocessor, rows, "item")
        return with_prior_ids(packed, self._design.schema, self._ids.item)

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
            self.catalogue,
            np.flatnonzero(known_items),
            settings,
            self._config.exclude_seen,
            self._seed,
        )
        has_more = not isinstance(self._design.config, MatrixFactorization)
        rate = settings.id_dropout if has_more else 0.0
        hidden = hidden_ids(self._design.schema, self._ids, rate)
        model = trainable_towers(joint, settings, len(batches.events), hidden)
        model.fit(
            batches,
            epochs=epochs,
            shuffle=False,
            verbose=0,
            callbacks=[FiniteTowers(), *callbacks],
        )
