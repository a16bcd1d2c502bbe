"""Batches of encoded exposures in an order that is a function of seed and epoch."""

import keras

from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.training.row_order import order_rows

ROWS_PER_CALL = 16_384
"""Enough for what a call costs beside its steps to be little."""


class Batches(keras.utils.PyDataset):
    """Shuffled training batches, for `fit(..., shuffle=False)`.

    Every epoch is a new permutation of all rows, in blocks where the rows are in files.
    The rows that do not fill a last item are left to another epoch's chance: an item of
    another size would compile the step once more.

    Args:
        exposures: The training split.
        batch_size: Rows per batch; all rows at most.
        seed: With the epoch, decides the order.
        first_epoch: Epoch to start with.
        steps_per_call: Batches in an item, stacked on a new first axis, which a
            `TrainableModel` trains on one after the other in one compiled call.
    """

    def __init__(
        self,
        exposures: EncodedExposures,
        batch_size: int,
        seed: int = 0,
        first_epoch: int = 0,
        steps_per_call: int = 1,
    ) -> None:
        super().__init__()
        self._order = order_rows(exposures, seed)
        self._num_rows = len(exposures)
        self.batch_size = min(batch_size, self._num_rows)
        self.steps_per_call = min(steps_per_call, self._num_rows // self.batch_size)
        self._epoch = first_epoch

    def __len__(self) -> int:
        return self._num_rows // (self.batch_size * self.steps_per_call)

    def __getitem__(self, index: int):
        size = self.batch_size * self.steps_per_call
        rows = self._order.rows(self._epoch, index * size, (index + 1) * size)
        if self.steps_per_call == 1:
            return rows
        stacked = (self.steps_per_call, self.batch_size)
        inputs, labels = (
            {name: array.reshape(*stacked, -1) for name, array in group.items()}
            for group in rows
        )
        return inputs, labels

    def on_epoch_end(self) -> None:
        """Called by Keras: the next epoch's order."""
        self._epoch += 1


def usual_steps_per_call(num_rows: int, batch_size: int) -> int:
    """Batches for one call: about `ROWS_PER_CALL` rows, and few batches left over.

    Args:
        num_rows: Of the training split.
        batch_size: Rows per batch.
    """
    num_batches = max(1, num_rows // batch_size)
    usual = max(1, ROWS_PER_CALL // batch_size)
    if num_batches <= usual:
        return num_batches
    allowed = range(max(1, usual // 2), min(2 * usual, num_batches) + 1)
    return min(allowed, key=lambda steps: (num_batches % steps, abs(steps - usual)))
