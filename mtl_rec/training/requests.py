"""Exposures of one request: the same user at the same moment, encoded once."""

from collections.abc import Mapping

import numpy as np

from mtl_rec.models.layers.request_rows import REQUEST_OF_ROW
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.schema.fields import IdListField, VectorField
from mtl_rec.schema.schema import Schema

MOST_TOGETHER = 32
"""Rows that stay together. More would make batches of few users, which learn worse."""

SAMPLE_ROWS = 2**16
"""Rows from which the size of requests is judged."""

_ROUNDED_TO = 16

Arrays = dict[str, np.ndarray]


def user_inputs(schema: Schema) -> list[str]:
    """Inputs that are the same for all exposures of a request."""
    lists = [field.name for field in schema.fields_of(IdListField, "user")]
    lists += [field.name for field in schema.fields_of(VectorField, "user")]
    return [n for n in schema.inputs() if n in ("user_ids", "user_numbers", *lists)]


def request_numbers(inputs: Mapping[str, np.ndarray], schema: Schema) -> np.ndarray:
    """A number for each request, at every row that belongs to it, `(rows,)` int64.

    Rows belong together if all inputs of their user are the same; of those with more
    than `MOST_TOGETHER` rows each so many count as a request.
    """
    words = [
        np.ascontiguousarray(inputs[name]).view(np.uint32)
        for name in user_inputs(schema)
    ]
    hashes = np.zeros(len(words[0]), np.uint64)
    random = np.random.default_rng(0)
    for array in words:
        odd = 2 * random.integers(0, 2**63, array.shape[1], dtype=np.uint64) + 1
        hashes += array.astype(np.uint64) @ odd
    _, first, numbers = np.unique(hashes, return_index=True, return_inverse=True)
    is_same = np.ones(len(numbers), bool)
    for array in words:
        is_same &= (array == array[first[numbers]]).all(axis=1)
    # Rows whose hash is that of another by chance stay alone.
    numbers[~is_same] = len(first) + np.arange(np.count_nonzero(~is_same))
    return _divided(numbers)


def _divided(numbers: np.ndarray) -> np.ndarray:
    """Compact numbers of groups that have at most `MOST_TOGETHER` rows."""
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[starts, len(ordered)])
    rank = np.arange(len(ordered)) - np.repeat(starts, sizes)
    divided = np.empty(len(numbers), np.int64)
    divided[order] = np.cumsum(rank % MOST_TOGETHER == 0) - 1
    return divided


def requests_per_row(exposures: EncodedExposures) -> float:
    """How many requests there are for each row, judged from the first rows."""
    rows = exposures.rows(0, min(SAMPLE_ROWS, len(exposures)))
    numbers = request_numbers(rows.inputs, exposures.schema)
    return (numbers.max() + 1) / len(numbers)


def usual_capacity(batch_size: int, share: float) -> int:
    """Requests that a batch has at most, but for rare ones.

    Args:
        batch_size: Rows of a batch.
        share: From `requests_per_row`.
    """
    mean = batch_size * share
    most = mean + 8 * mean**0.5 + 2
    return min(batch_size, rounded_up(most))


def rounded_up(most: float) -> int:
    """So that few sizes are compiled."""
    return -(-int(most) // _ROUNDED_TO) * _ROUNDED_TO


def mixed_order(random: np.random.Generator, numbers: np.ndarray) -> np.ndarray:
    """Rows in random order, those of a request one after the other."""
    rows = random.permutation(len(numbers))
    places = random.permutation(int(numbers.max()) + 1)
    return rows[np.argsort(places[numbers[rows]], kind="stable")]


def by_request(
    inputs: Mapping[str, np.ndarray],
    numbers: np.ndarray,
    schema: Schema,
    num_batches: int,
    capacity: int,
) -> Arrays:
    """Batches whose user's inputs have a row for each request.

    Args:
        inputs: Rows of all batches, those of a request one after the other.
        numbers: Their requests.
        schema: Says which inputs are the user's.
        num_batches: Batches to divide the rows into.
        capacity: Requests of a batch; where one has more, as many as it has rows.

    Returns:
        `(num_batches, rows or requests, width)` each, and `REQUEST_OF_ROW`. Places that
        no request needs repeat the last.
    """
    stacked = numbers.reshape(num_batches, -1)
    is_new = np.ones(stacked.shape, bool)
    is_new[:, 1:] = stacked[:, 1:] != stacked[:, :-1]
    places = np.cumsum(is_new, axis=1) - 1
    batch_size, most = stacked.shape[1], places[:, -1].max() + 1
    size = capacity if most <= capacity else batch_size
    firsts = np.zeros((num_batches, size), np.int64)
    batch, row = np.nonzero(is_new)
    firsts[batch, places[batch, row]] = batch * batch_size + row
    firsts = np.maximum.accumulate(firsts, axis=1)
    shared = set(user_inputs(schema))
    packed = {
        name: array[firsts]
        if name in shared
        else array.reshape(num_batches, batch_size, -1)
        for name, array in inputs.items()
    }
    return packed | {REQUEST_OF_ROW: places.astype(np.int32)[..., None]}
