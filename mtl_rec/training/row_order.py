"""Rows in an order that is a function of seed and epoch, from memory or from files."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

import numpy as np

from mtl_rec.models.layers.request_rows import REQUEST_OF_ROW
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.schema.stored_arrays import read_rows
from mtl_rec.training.requests import mixed_order, request_numbers

BLOCK_ROWS = 4096
"""Rows that are read in one piece."""

BUFFER_BLOCKS = 32
"""Blocks whose rows are mixed; two such buffers are in memory."""

Arrays = dict[str, np.ndarray]
Rows = tuple[Arrays, Arrays]
"""Inputs by name, and training labels by task."""


class RowOrder(Protocol):
    """All rows of a split, each epoch in another order."""

    def rows(self, epoch: int, start: int, stop: int) -> Rows:
        """The rows from `start` to `stop` of an epoch's order."""
        ...


def order_rows(
    exposures: EncodedExposures, seed: int, groups_requests: bool = False
) -> RowOrder:
    """The order that suits where the rows are.

    Args:
        exposures: The rows.
        seed: With the epoch, decides the order.
        groups_requests: Whether rows of a request follow each other. Their numbers are
            then one more input, `REQUEST_OF_ROW`.
    """
    kind = BlockShuffle if exposures.is_stored else FullShuffle
    return kind(exposures, seed, groups_requests)


class FullShuffle:
    """Every epoch is a permutation of all rows in memory.

    Args:
        exposures: The rows.
        seed: With the epoch, decides the order.
        groups_requests: As in `order_rows`.
    """

    def __init__(
        self, exposures: EncodedExposures, seed: int, groups_requests: bool = False
    ) -> None:
        inputs = dict(exposures.inputs)
        if groups_requests:
            inputs[REQUEST_OF_ROW] = request_numbers(inputs, exposures.schema)
        self._all = inputs, exposures.training_labels()
        self._num_rows, self._seed = len(exposures), seed
        self._epoch, self._order = -1, np.empty(0, int)

    def rows(self, epoch: int, start: int, stop: int) -> Rows:
        """The rows from `start` to `stop` of an epoch's order."""
        if epoch != self._epoch:
            random = np.random.default_rng([self._seed, epoch])
            self._epoch, self._order = epoch, _order(random, self._all, self._num_rows)
        taken = self._order[start:stop]
        return _each(self._all, lambda array: array[taken])


class BlockShuffle:
    """Every epoch permutes blocks of rows in files, and the rows of some at a time.

    A disk reads blocks many times faster than rows. Blocks from anywhere fill a buffer
    in which all rows are mixed, while a thread fills the next one.

    Args:
        exposures: Stored rows.
        seed: With the epoch, decides the order.
        groups_requests: As in `order_rows`; of those that lie in one buffer.
        block_rows: Rows that are read in one piece.
        buffer_blocks: Blocks whose rows are mixed.
    """

    def __init__(
        self,
        exposures: EncodedExposures,
        seed: int,
        groups_requests: bool = False,
        block_rows: int = BLOCK_ROWS,
        buffer_blocks: int = BUFFER_BLOCKS,
    ) -> None:
        self._exposures, self._seed = exposures, seed
        self._groups_requests = groups_requests
        self._block_rows, self._buffer_rows = block_rows, block_rows * buffer_blocks
        self._thread = ThreadPoolExecutor(1, "read-ahead")
        self._place, self._buffer = (-1, -1), (Arrays(), Arrays())
        self._ahead: tuple[tuple[int, int], Future[Rows]] | None = None

    def rows(self, epoch: int, start: int, stop: int) -> Rows:
        """The rows from `start` to `stop` of an epoch's order."""
        parts: list[Rows] = []
        while start < stop:
            number, first = divmod(start, self._buffer_rows)
            self._load(epoch, number)
            own = slice(first, min(first + stop - start, self._buffer_rows))
            inputs, labels = _each(self._buffer, lambda a, own=own: a[own])
            if self._groups_requests:
                # The buffers count their requests alike.
                inputs[REQUEST_OF_ROW] += number * self._buffer_rows
            parts.append((inputs, labels))
            start += own.stop - own.start
        return parts[0] if len(parts) == 1 else _joined(parts)

    def _load(self, epoch: int, number: int) -> None:
        """Makes a buffer the present one and lets the thread begin with the next."""
        if self._place == (epoch, number):
            return
        if self._ahead and self._ahead[0] == (epoch, number):
            self._buffer = self._ahead[1].result()
        else:
            self._buffer = self._filled(epoch, number)
        self._place = (epoch, number)
        is_last = (number + 1) * self._buffer_rows >= len(self._exposures)
        following = (epoch + 1, 0) if is_last else (epoch, number + 1)
        self._ahead = following, self._thread.submit(self._filled, *following)

    def _filled(self, epoch: int, number: int) -> Rows:
        """Rows of the buffer of this number, mixed."""
        first = number * self._buffer_rows
        stop = min(first + self._buffer_rows, len(self._exposures))
        pieces = self._pieces(epoch, first, stop)
        arrays = {
            name: _read(array, pieces, stop - first)
            for name, array in self._exposures.arrays().items()
        }
        read = EncodedExposures.from_arrays(self._exposures.schema, arrays)
        inputs = dict(read.inputs)
        if self._groups_requests:
            inputs[REQUEST_OF_ROW] = request_numbers(inputs, read.schema)
        rows = inputs, read.training_labels()
        random = np.random.default_rng([self._seed, epoch, number])
        order = _order(random, rows, stop - first)
        return _each(rows, lambda array: array[order])

    def _pieces(self, epoch: int, first: int, stop: int) -> list[tuple[int, int]]:
        """First and last + 1 of the rows that lie at these places of the order."""
        starts = np.arange(0, len(self._exposures), self._block_rows)
        random = np.random.default_rng([self._seed, epoch])
        starts = random.permutation(starts)
        sizes = np.minimum(self._block_rows, len(self._exposures) - starts)
        ends = np.cumsum(sizes)
        # The last block is shorter, and may leave another in two buffers.
        skipped = np.clip(first - (ends - sizes), 0, sizes)
        taken = np.clip(stop - (ends - sizes), 0, sizes)
        own = taken > skipped
        begins, stops = starts[own] + skipped[own], starts[own] + taken[own]
        return list(zip(begins.tolist(), stops.tolist(), strict=True))


def _order(random: np.random.Generator, rows: Rows, num_rows: int) -> np.ndarray:
    """Rows in random order, by request where they have one."""
    numbers = rows[0].get(REQUEST_OF_ROW)
    if numbers is None:
        return random.permutation(num_rows)
    return mixed_order(random, numbers)


def _read(
    array: np.ndarray, pieces: list[tuple[int, int]], num_rows: int
) -> np.ndarray:
    rows = np.empty((num_rows, *array.shape[1:]), array.dtype)
    place = 0
    for start, stop in pieces:
        read_rows(array, start, stop, rows[place : place + stop - start])
        place += stop - start
    return rows


def _each(rows: Rows, function: Callable[[np.ndarray], np.ndarray]) -> Rows:
    inputs, labels = rows
    return (
        {name: function(array) for name, array in inputs.items()},
        {name: function(array) for name, array in labels.items()},
    )


def _joined(parts: list[Rows]) -> Rows:
    inputs, labels = zip(*parts, strict=True)
    return _concatenated(inputs), _concatenated(labels)


def _concatenated(parts: tuple[Mapping[str, np.ndarray], ...]) -> Arrays:
    return {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
