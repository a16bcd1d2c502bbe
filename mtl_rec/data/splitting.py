"""Which rows are for training, validation and testing."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.checks import suggestion
from mtl_rec.config.data import (
    ColumnSplit,
    FractionSplit,
    RandomSplit,
    Split,
    TimeSplit,
    UserSplit,
    utc,
)
from mtl_rec.config.log_columns import WINDOW_END
from mtl_rec.data.draws import draws_for_names, draws_for_rows
from mtl_rec.data.sources import RawRows
from mtl_rec.data.times import boundaries, count_times, read_times
from mtl_rec.errors import SchemaError

PARTS = ("train", "validation", "test")

LEFT_OUT = -1
"""In the place of a part: the row is of none."""

Assign = Callable[[pa.RecordBatch, int], np.ndarray]
"""From a batch and the number of its first row to a position in `PARTS` for each row,
or `LEFT_OUT`.

It looks at each row on its own, so that the size of batches changes nothing.
"""


def split_columns(split: Split, source: RawRows) -> tuple[str, ...]:
    """The columns that decide; by time, the window's end is one where it is known."""
    if isinstance(split, RandomSplit):
        return ()
    if isinstance(split, TimeSplit) and _has_windows(source):
        return split.column, WINDOW_END
    return (split.column,)


def require_split_columns(split: Split, source: RawRows) -> None:
    """Refuses data that lacks the column that decides.

    Raises:
        SchemaError: A file has no such column.
    """
    for place, names in source.headers.items():
        for column in split_columns(split, source):
            if column not in names:
                raise SchemaError(
                    f"`data.split.column` must name a column of '{place}'. Received: "
                    f"'{column}'.{suggestion(column, names)} Columns: {sorted(names)}."
                )


def open_split(split: Split, source: RawRows, max_rows: int) -> Assign:
    """The rule of a split; to split by time, the times are read once.

    Args:
        split: How to split.
        source: What to split.
        max_rows: Rows to read at a time.

    Raises:
        SchemaError: Rows have no time, or too few different times to cut between.
    """
    match split:
        case TimeSplit():
            cuts = _time_cuts(split, source, max_rows)
            return partial(_by_time, split, cuts, _has_windows(source))
        case UserSplit():
            return partial(_by_user, split)
        case RandomSplit():
            return partial(_by_row_number, split)
        case ColumnSplit():
            return partial(_by_name, split)


def part_sizes(parts: np.ndarray) -> np.ndarray:
    """Rows of each of `PARTS`, and of those that are left out, `(4,)`."""
    return np.bincount(parts % (len(PARTS) + 1), minlength=len(PARTS) + 1)


def refuse_empty(sizes: np.ndarray) -> None:
    """Refuses a split that leaves a part without rows.

    Args:
        sizes: From `part_sizes`.

    Raises:
        SchemaError: A part is empty.
    """
    *kept, left_out = sizes.astype(int)
    empty = [part for part, size in zip(PARTS, kept, strict=True) if not size]
    if empty:
        received = ", ".join(f"{p} {n}" for p, n in zip(PARTS, kept, strict=True))
        windows = (
            f"; the label windows of {left_out} more cross a cut between parts"
            if left_out
            else ""
        )
        raise SchemaError(
            f"`data.split` must leave rows for {' and '.join(empty)}. "
            f"Received: {received} rows{windows}. Change the split or add data."
        )


def _has_windows(source: RawRows) -> bool:
    return all(WINDOW_END in names for names in source.headers.values())


def _time_cuts(split: TimeSplit, source: RawRows, max_rows: int) -> np.ndarray:
    if split.validation_from and split.test_from:
        starts = [utc(split.validation_from), utc(split.test_from)]
        return read_times(pa.array(starts), split.column)[1]
    batches = source.batches([split.column], max_rows)
    columns = (batch.column(split.column) for batch in batches)
    times, counts = count_times(columns, split.column)
    cuts = boundaries(times, counts, _shares(split))
    sizes = np.bincount(_part_of(times, cuts), counts, minlength=len(PARTS) + 1)
    refuse_empty(sizes)
    return cuts


def _shares(split: FractionSplit) -> list[float]:
    """Where validation and test begin when rows are lined up from 0 to 1."""
    test = 1 - split.test_fraction
    return [test - split.validation_fraction, test]


def _part_of(values: np.ndarray, cuts: np.ndarray | list[float]) -> np.ndarray:
    return np.searchsorted(cuts, values, side="right")


def _by_time(
    split: TimeSplit,
    cuts: np.ndarray,
    has_windows: bool,
    batch: pa.RecordBatch,
    _: int,
) -> np.ndarray:
    sort, times = read_times(batch.column(split.column), split.column)
    if split.test_from and sort == "numbers":
        raise SchemaError(
            f"Column '{split.column}' of `data.split` must hold timestamps where "
            "`test_from` is one. Received: numbers."
        )
    parts = _part_of(times, cuts)
    if has_windows:
        # Until a window ends its labels are not known: a model trained on the part
        # before a cut could not have had them.
        ends = read_times(batch.column(WINDOW_END), WINDOW_END)[1]
        crosses = np.searchsorted(cuts, ends, side="left") > parts
        parts = np.where(crosses, LEFT_OUT, parts)
    return parts


def _by_user(split: UserSplit, batch: pa.RecordBatch, first_row: int) -> np.ndarray:
    users = _as_strings(batch, split.column)
    if users.null_count:
        row = first_row + pc.index(users.is_null(), True).as_py()
        raise SchemaError(
            f"Column '{split.column}' of `data.split` must hold a user's id on every "
            f"row. Received: none on row {row}, counted from 0."
        )
    return _part_of(draws_for_names(users, split.seed), _shares(split))


def _by_row_number(
    split: RandomSplit, batch: pa.RecordBatch, first_row: int
) -> np.ndarray:
    draws = draws_for_rows(first_row, batch.num_rows, split.seed)
    return _part_of(draws, _shares(split))


def _by_name(split: ColumnSplit, batch: pa.RecordBatch, _: int) -> np.ndarray:
    names = _as_strings(batch, split.column)
    allowed = [split.train, split.validation, split.test]
    parts = pc.index_in(names, pa.array(allowed))
    if parts.null_count:
        name = names.filter(parts.is_null())[0].as_py()
        raise SchemaError(
            f"Column '{split.column}' of `data.split` must hold one of {allowed}. "
            f"Received: {'nothing' if name is None else repr(name)}."
        )
    return parts.to_numpy()


def _as_strings(batch: pa.RecordBatch, column: str) -> pa.Array:
    array = batch.column(column)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    try:
        if pa.types.is_floating(array.type):
            # Whole numbers become floats as soon as one of them is missing.
            array = pc.if_else(pc.is_nan(array), None, array).cast(pa.int64())
        text = array.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise SchemaError(
            f"Column '{column}' of `data.split` must hold text or whole numbers. "
            f"Received: {array.type}."
        ) from error
    return pc.if_else(pc.equal(text, ""), None, text)
