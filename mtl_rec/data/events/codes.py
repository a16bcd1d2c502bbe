"""Values as small numbers: what is repeated millions of times is stored once."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MISSING = -1


class Codes:
    """The distinct values of a column, numbered as they come, then by their order.

    While a log is read, a value's number depends on what came before it; `ranks` turns
    the numbers into places in the sorted values, which values met later do not reorder.
    """

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}
        self._kinds: set[pa.DataType] = set()

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, values: pa.ChunkedArray | pa.Array) -> np.ndarray:
        """Numbers of values, `(n,)` int32; `MISSING` where they are null or NaN."""
        encoded = pc.dictionary_encode(_whole(values))
        distinct = encoded.dictionary
        if not pa.types.is_null(distinct.type):
            self._kinds.add(distinct.type)
        numbers = self._numbers
        table = [
            MISSING
            if value is None or value != value
            # `setdefault` looks up once what `in` and `[]` would look up twice.
            else numbers.setdefault(value, len(numbers))
            for value in distinct.to_pylist()
        ]
        # Null is an index that is missing: the last entry.
        table.append(MISSING)
        indices = pc.fill_null(encoded.indices, len(table) - 1).to_numpy()
        return np.array(table, np.int32)[indices]

    def ranks(self) -> np.ndarray:
        """For each number the place of its value in `values()`."""
        order = np.array(pc.sort_indices(self._array()))
        ranks = np.empty(len(order), np.int32)
        ranks[order] = np.arange(len(order), dtype=np.int32)
        return ranks

    def values(self) -> pa.Array:
        """The distinct values in order."""
        array = self._array()
        return array.take(pc.sort_indices(array))

    def _array(self) -> pa.Array:
        # A column without any value has no type of its own.
        kind = next(iter(self._kinds), pa.string())
        return pa.array(list(self._numbers), kind)


def recoded(codes: np.ndarray, ranks: np.ndarray) -> np.ndarray:
    """Codes by their ranks; missing ones stay so."""
    return np.append(ranks, np.int32(MISSING))[codes]


def missing_last(codes: np.ndarray) -> np.ndarray:
    """Codes to sort by, so that a value that is known goes before none."""
    return np.where(codes == MISSING, np.iinfo(np.int32).max, codes)


def taken(values: pa.Array, codes: np.ndarray) -> pa.Array:
    """What codes stand for, null where they are `MISSING`; texts as a dictionary."""
    places = pa.array(codes, mask=codes == MISSING)
    if pa.types.is_string(values.type):
        # Parquet, too, keeps texts as places in a list of the distinct ones.
        return pa.DictionaryArray.from_arrays(places, values)
    return values.take(places)


def _whole(values: pa.ChunkedArray | pa.Array) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
