"""Batches of encoded exposures in an order that is a function of seed and epoch."""

from typing import TYPE_CHECKING

import keras
import numpy as np

if TYPE_CHECKING:
    from mtl_rec.schema.encoded import EncodedExposures


class Batches(keras.utils.PyDataset):
    """Shuffled training batches, for `fit(..., shuffle=False)`.

    Every epoch is a new permutation of all rows. The rows that do not fill a last
    batch are left to another epoch's chance: a batch of another size would compile the
    step once more.

    Args:
        exposures: The training split.
        batch_size: Rows per batch; all rows at most.
        seed: With the epoch, decides the order.
        first_epoch: Epoch to start with.
    """

    def __init__(
        self,
        exposures: "EncodedExposures",
        batch_size: int,
        seed: int = 0,
        first_epoch: int = 0,
    ) -> None:
        super().__init__()
        self._inputs = exposures.inputs
        self._labels = exposures.training_labels()
        self._num_rows = len(exposures)
        self.batch_size = min(batch_size, self._num_rows)
        self._seed = seed
        self._epoch = first_epoch
        self._order = self._permutation()

    def __len__(self) -> int:
        return self._num_rows // self.batch_size

    def __getitem__(self, index: int):
        start = index * self.batch_size
        rows = self._order[start : start + self.batch_size]
        inputs = {name: array[rows] for name, array in self._inputs.items()}
        return inputs, {name: array[rows] for name, array in self._labels.items()}

    def on_epoch_end(self) -> None:
        """Called by Keras: the next epoch's order."""
        self._epoch += 1
        self._order = self._permutation()

    def _permutation(self) -> np.ndarray:
        return np.random.default_rng([self._seed, self._epoch]).permutation(
            self._num_rows
        )
