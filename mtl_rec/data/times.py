"""Times of exposures as numbers that can be compared, and where to cut them."""

from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.errors import SchemaError

Sort = Literal["numbers", "timestamps"]

# Counts are merged once this many new times wait, or as many as are known already.
MERGE_AT = 1_000_000


def read_times(array: pa.Array, column: str) -> tuple[Sort | None, np.ndarray]:
    """Times as float64, NaN where missing, and whether they are plain numbers.

    Args:
        array: Numbers, dates, timestamps, or strings of numbers or ISO 8601.
        column: Its name, for errors.

    Raises:
        SchemaError: It holds something else.
    """
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        array = _parse(array, column)
    kind = array.type
    if pa.types.is_null(kind):
        return None, np.full(len(array), np.nan)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        # Microseconds since 1970 are exact in a float64 until the year 2255.
        unit = pa.timestamp("us", tz=getattr(kind, "tz", None))
        return "timestamps", _floats(array.cast(unit, safe=False).cast(pa.int64()))
    if not any(
        is_number(kind)
        for is_number in (
            pa.types.is_integer,
            pa.types.is_floating,
            pa.types.is_decimal,
        )
    ):
        raise _not_times(column, str(kind))
    return "numbers", _floats(array)


def count_times(
    arrays: Iterable[pa.Array], column: str
) -> tuple[np.ndarray, np.ndarray]:
    """The distinct times in order, and the rows of each; memory follows their number.

    Raises:
        SchemaError: A row has no time, or the times are not of one sort.
    """
    times, counts = np.empty(0), np.empty(0)
    waiting: list[np.ndarray] = []
    sorts: set[Sort] = set()
    num_missing = num_rows = num_waiting = 0
    for array in arrays:
        sort, values = read_times(array, column)
        sorts |= {sort} if sort else set()
        num_rows += len(values)
        num_missing += int((~np.isfinite(values)).sum())
        waiting.append(values)
        num_waiting += len(values)
        if num_waiting > max(MERGE_AT, len(times)):
            times, counts = _merge(times, counts, waiting)
            waiting, num_waiting = [], 0
    if num_missing:
        raise SchemaError(
            f"Column '{column}' of `data.split` must hold a time on every row. "
            f"Received: {num_missing} of {num_rows} rows without one."
        )
    if len(sorts) > 1:
        raise _not_times(column, "both")
    return _merge(times, counts, waiting)


def boundaries(
    times: np.ndarray, counts: np.ndarray, shares: Sequence[float]
) -> np.ndarray:
    """For each share the time with nearest to that share of the rows before it.

    Args:
        times: Distinct, in order.
        counts: Rows of each.
        shares: Each in (0, 1).
    """
    rows_before = np.cumsum(counts) - counts
    wanted = np.sum(counts) * np.asarray(shares)
    return times[[int(np.argmin(np.abs(rows_before - rank))) for rank in wanted]]


def _parse(text: pa.Array, column: str) -> pa.Array:
    text = pc.utf8_trim_whitespace(text.cast(pa.string()))
    text = pc.if_else(pc.equal(text, ""), None, text)
    if text.null_count == len(text):
        return pa.nulls(len(text))
    parsed = _cast(text)
    if parsed is not None:
        return parsed
    for value in text.drop_null():
        if _cast(pa.array([value.as_py()])) is None:
            raise _not_times(column, repr(value.as_py()))
    raise _not_times(column, "several ways to write them")


def _cast(text: pa.Array) -> pa.Array | None:
    # BigQuery and the logs made with it write the zone as a word.
    zoned = pc.replace_substring_regex(text, " UTC$", "Z")
    ways = (
        (text, pa.float64()),
        (text, pa.timestamp("ns")),
        (zoned, pa.timestamp("ns", tz="UTC")),
    )
    for values, kind in ways:
        try:
            return values.cast(kind)
        except pa.ArrowInvalid:
            continue
    return None


def _floats(array: pa.Array) -> np.ndarray:
    floats = array.cast(pa.float64(), safe=False)
    return pc.fill_null(floats, float("nan")).to_numpy(zero_copy_only=False)


def _merge(
    times: np.ndarray, counts: np.ndarray, arrivals: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    everything = np.concatenate([times, *arrivals])
    weights = np.concatenate([counts, np.ones(len(everything) - len(counts))])
    distinct, positions = np.unique(everything, return_inverse=True)
    return distinct, np.bincount(positions, weights, minlength=len(distinct))


def _not_times(column: str, received: str) -> SchemaError:
    return SchemaError(
        f"Column '{column}' of `data.split` must hold numbers, or dates and timestamps "
        f"(ISO 8601 where they are text), all of one sort. Received: {received}."
    )
