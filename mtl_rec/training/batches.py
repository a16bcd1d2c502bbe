"""Batches of encoded exposures in an order that is a function of seed and epoch."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import keras
import numpy as np

from mtl_rec.errors import SchemaError
from mtl_rec.models.layers.request_rows import REQUEST_OF_ROW
from mtl_rec.schema.encoded import EncodedExposures, read_in_training
from mtl_rec.schema.encoded_checks import require_valid_inputs
from mtl_rec.training.distinct_texts import (
    SAMPLE_BATCHES,
    text_inputs,
    usual_texts,
    with_distinct_texts,
)
from mtl_rec.training.requests import (
    by_request,
    requests_per_row,
    usual_capacity,
)
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
        groups_requests: Whether rows whose user has the same inputs come together, with
            these inputs once. A `TrainableModel` then encodes a user's history once
            for all of them.
        shares_texts: Whether texts that a language model reads have a row each, however
            many rows of a batch they have. A `TrainableModel` then reads each once.

    Raises:
        SchemaError: There are no rows, or inputs are not what their schema says.
    """

    def __init__(
        self,
        exposures: EncodedExposures,
        batch_size: int,
        seed: int = 0,
        first_epoch: int = 0,
        steps_per_call: int = 1,
        groups_requests: bool = False,
        shares_texts: bool = False,
    ) -> None:
        super().__init__()
        if not len(exposures):
            raise SchemaError("The training split must have rows. Received: none.")
        if not exposures.is_stored:
            # Those in files were looked at when they were written.
            require_valid_inputs(exposures, exposures.schema.inputs())
        inputs = read_in_training(exposures.schema, exposures.inputs)
        exposures = replace(exposures, inputs=inputs)
        self._order = order_rows(exposures, seed, groups_requests)
        self._num_rows, self._schema = len(exposures), exposures.schema
        self._seed = seed
        self.batch_size = min(batch_size, self._num_rows)
        self.steps_per_call = min(steps_per_call, self._num_rows // self.batch_size)
        self._capacity = None
        if groups_requests:
            share = requests_per_row(exposures)
            self._capacity = usual_capacity(self.batch_size, share)
        self._texts: dict[str, int] = {}
        if shares_texts:
            self._texts = self._usual_texts()
        # Whether an epoch has begun, and whether its items have places for all rows.
        self._has_begun, self._is_widest = False, False
        self.begin(first_epoch)
        # Gathers the next item while the present one is trained on.
        self._thread = ThreadPoolExecutor(1, "batches")
        self._ahead: tuple[tuple[int, int], Future] | None = None
        self._ready_at: dict[tuple[int, int], float] = {}

    @property
    def num_items(self) -> int:
        """Items of a whole epoch."""
        return self._num_rows // (self.batch_size * self.steps_per_call)

    @property
    def layout(self) -> dict[str, int]:
        """What decides, with the rows and the seed, which rows an item has."""
        return {
            "rows": self._num_rows,
            "seed": self._seed,
            "batch_size": self.batch_size,
            "steps_per_call": self.steps_per_call,
        }

    def begin(self, epoch: int, first_item: int = 0) -> None:
        """Makes this the epoch that is read, without its first items."""
        self._epoch, self._first_item = epoch, first_item

    def item(self, epoch: int, index: int):
        """One item of any epoch."""
        return self._thread.submit(self._item, epoch, index).result()

    def __len__(self) -> int:
        return self.num_items - self._first_item

    def __getitem__(self, index: int):
        is_packed = self._capacity is not None or self._texts
        if is_packed and not self._has_begun and index < 2:
            return self._looked_at(index)
        index += self._first_item
        wanted, ahead = (self._epoch, index), self._ahead
        if ahead is None or ahead[0] != wanted:
            ahead = wanted, self._thread.submit(self._gathered, *wanted)
        is_last = index + 1 == self.num_items
        following = (self._epoch + 1, 0) if is_last else (self._epoch, index + 1)
        self._ahead = following, self._thread.submit(self._gathered, *following)
        return ahead[1].result()

    def _looked_at(self, index: int):
        """What Keras sees before the first epoch, to know the shapes of all items.

        It holds an axis to be of one size that is so in the first two. Requests and
        texts differ in number, if seldom by more than the places that an item has for
        them: so the second shows the most places there may be. Where there is no
        second, all have the most.
        """
        self._is_widest = len(self) == 1
        place = self._epoch, self._first_item + index
        return self._thread.submit(self._item, *place, index == 1).result()

    def ready_at(self, index: int) -> float | None:
        """When an item of this epoch was gathered, by `time.perf_counter`.

        A step had to wait for its item if that was after the end of the step before,
        however far ahead Keras asks for items. None for an item nobody asked for.
        """
        return self._ready_at.get((self._epoch, self._first_item + index))

    def _gathered(self, epoch: int, index: int):
        """Gathers an item and notes when; only the thread calls it."""
        item = self._item(epoch, index)
        if index == 0:
            recent = [at for at in self._ready_at.items() if at[0][0] >= epoch - 1]
            self._ready_at = dict(recent)
        self._ready_at[epoch, index] = time.perf_counter()
        return item

    def _usual_texts(self) -> dict[str, int]:
        """By input that a language model reads, texts of a batch."""
        names = text_inputs(self._schema)
        if not names:
            return {}
        last = self._num_rows - self.batch_size
        starts = np.linspace(0, last, SAMPLE_BATCHES).astype(int).tolist()
        sample = [
            self._order.rows(0, start, start + self.batch_size)[0]
            for start in dict.fromkeys(starts)
        ]
        return {name: usual_texts(sample, name) for name in names}

    def _item(self, epoch: int, index: int, has_all_places: bool = False):
        """The rows of an item; requests and texts may have as many places as rows."""
        has_all_places |= self._is_widest
        size = self.batch_size * self.steps_per_call
        inputs, labels = self._order.rows(epoch, index * size, (index + 1) * size)
        if self._capacity is not None:
            numbers = inputs.pop(REQUEST_OF_ROW)
            capacity = self.batch_size if has_all_places else self._capacity
            inputs = by_request(
                inputs, numbers, self._schema, self.steps_per_call, capacity
            )
        else:
            inputs = self._stacked(inputs)
        texts = self._texts
        if has_all_places:
            texts = dict.fromkeys(texts, self.batch_size)
        inputs = with_distinct_texts(inputs, texts)
        labels = self._stacked(labels)
        if self.steps_per_call > 1:
            return inputs, labels
        return tuple(
            {name: array[0] for name, array in group.items()}
            for group in (inputs, labels)
        )

    def _stacked(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        shape = (self.steps_per_call, self.batch_size, -1)
        return {name: array.reshape(shape) for name, array in arrays.items()}

    def on_epoch_begin(self) -> None:
        """Called by Keras, after it has looked at items."""
        self._has_begun = True

    def on_epoch_end(self) -> None:
        """Called by Keras: the next epoch's order.

        It calls this once before the first epoch too; `Checkpoints` begins each epoch
        by its number.
        """
        self._has_begun = False
        self.begin(self._epoch + 1)


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
