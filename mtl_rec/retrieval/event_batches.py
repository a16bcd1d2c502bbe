"""Batches of events, each with candidates that are nobody's beside its own."""

import keras
import numpy as np

from mtl_rec.config.retrieval import RetrievalTraining
from mtl_rec.retrieval.encoded_events import EncodedEvents
from mtl_rec.retrieval.encoding import Inputs
from mtl_rec.retrieval.seen_items import SeenItems
from mtl_rec.retrieval.trainable_towers import IS_NEW, ITEM, PROBABILITY


class EventBatches(keras.utils.PyDataset):
    """Inputs, candidates and weights, a batch an item, in another order each epoch.

    A last batch that is not full is left out: another size would compile anew.

    Args:
        encoded: To learn from.
        catalogue: Inputs of the candidate tower, `(items, width)` each.
        known: Places of the items that others are drawn from: those that were there to
            be chosen.
        config: Sizes.
        exclude_seen: Whether what a user had an event with before is nothing to learn
            of, see `SeenItems`.
        seed: Decides orders and draws.
        discount: Power of the number of an item's events that the weight of each is
            divided by.

    Attributes:
        events: Numbers of the events that are learned from.
    """

    def __init__(
        self,
        encoded: EncodedEvents,
        catalogue: Inputs,
        known: np.ndarray,
        config: RetrievalTraining,
        exclude_seen: bool,
        seed: int,
        discount: float = 0.0,
    ) -> None:
        super().__init__()
        self._encoded, self._catalogue, self._known = encoded, catalogue, known
        users, items = encoded.events.users, encoded.events.items
        num_items = len(next(iter(catalogue.values())))
        self._seen = SeenItems(users, items, num_items) if exclude_seen else None
        self.events = self._seen.first_events if self._seen else np.arange(len(items))
        self._batch_size = min(config.batch_size, len(self.events))
        self._num_uniform = config.uniform_negatives
        self._random = np.random.default_rng(seed)
        self._weights = self._discounted(discount, num_items)
        drawn = np.bincount(items[self.events], minlength=num_items) / len(self.events)
        drawn *= self._batch_size
        drawn[known] += self._num_uniform / len(known)
        drawn /= self._batch_size + self._num_uniform
        self._probabilities = drawn.astype(np.float32)
        self._order = self._random.permutation(self.events)

    def __len__(self) -> int:
        """Returns the number of batches."""
        return len(self.events) // self._batch_size

    def __getitem__(self, index: int) -> tuple[Inputs, Inputs, np.ndarray]:
        """Returns a batch as `fit` takes it."""
        start = index * self._batch_size
        rows = self._order[start : start + self._batch_size]
        uniform = self._random.choice(self._known, self._num_uniform)
        events = self._encoded.events
        x = {name: values[rows] for name, values in self._encoded.users.items()}
        for name, values in self._encoded.items.items():
            drawn = self._catalogue[name][uniform]
            x[name] = np.concatenate([values[rows], drawn])
        candidates = np.concatenate([events.items[rows], uniform]).astype(np.int32)
        y = {ITEM: candidates, PROBABILITY: self._probabilities[candidates]}
        if self._seen:
            y[IS_NEW] = self._seen.is_new(rows, candidates)
        return x, y, self._weights[rows]

    def _discounted(self, power: float, num_items: int) -> np.ndarray:
        events = self._encoded.events
        counts = np.bincount(events.items[self.events], minlength=num_items)
        often = np.maximum(counts, 1).astype(np.float32) ** power
        return events.weights / often[events.items]

    def on_epoch_end(self) -> None:
        """Called by Keras."""
        self._random.shuffle(self._order)
