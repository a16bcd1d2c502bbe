"""Batches of encoded exposures in an order that is a function of seed and epoch."""

import keras

from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.training.row_order import order_rows


class Batches(keras.utils.PyDataset):
    """Shuffled training batches, for `fit(..., shuffle=False)`.

    Every epoch is a new permutation of all rows, in blocks where the rows are in files.
    The rows that do not fill a last
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
        exposures: EncodedExposures,
        batch_size: int,
        seed: int = 0,
        first_epoch: int = 0,
    ) -> None:
        super().__init__()
        self._order = order_rows(exposures, seed)
        self._num_rows = len(exposures)
        self.batch_size = min(batch_size, self._num_rows)
        self._epoch = first_epoch

    def __len__(self) -> int:
        return self._num_rows // self.batch_size

    def __getitem__(self, index: int):
        start = index * self.batch_size
        return self._order.rows(self._epoch, start, start + self.batch_size)

    def on_epoch_end(self) -> None:
        """Called by Keras: the next epoch's order."""
        self._epoch += 1
