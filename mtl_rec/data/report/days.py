"""The days that a report counts by."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.data import TimeSplit
from mtl_rec.config.events import EventLog
from mtl_rec.data.exposures import Splits
from mtl_rec.data.times import read_times

NUM_STRETCHES = 30
"""Equal stretches that numbers are divided into which are no times of a clock."""

# Numbers that all lie in the years 2000 to 2100 are taken for Unix times.
_FIRST_SECOND, _LAST_SECOND = 946_684_800, 4_102_444_800
_MICROSECONDS_PER_UNIT = (1e6, 1e3, 1.0)

_MICROSECONDS_PER_DAY = 86_400_000_000


@dataclass(frozen=True)
class Days:
    """Days of the column that the data is split by, or stretches of its numbers.

    Attributes:
        column: Its name.
        kind: `days`, or `stretches` of numbers that are no Unix times.
        zone: Whose midnights divide the days.
        first: Day of the first row, since 1970, or the smallest number.
        width: Days, or length of a stretch, to the next one.
        number: How many there are, without gaps.
        to_microseconds: Of a unit of the column, where it holds Unix times.
    """

    column: str
    kind: Literal["days", "stretches"]
    zone: str
    first: float
    width: float
    number: int
    to_microseconds: float

    def of(self, batch: pa.RecordBatch) -> np.ndarray:
        """The day of each row, counted from 0."""
        times = read_times(batch.column(self.column), self.column)[1]
        days = (self._scaled(times) - self.first) // self.width
        # The last stretch holds its end.
        return days.clip(0, self.number - 1).astype(np.int64)

    def names(self) -> list[str]:
        """What each is called: its date, or the number it starts with."""
        starts = self.first + self.width * np.arange(self.number)
        if self.kind == "stretches":
            return [f"{start:.6g}" for start in starts]
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        return [f"{epoch + timedelta(days=int(day)):%Y-%m-%d}" for day in starts]

    def _scaled(self, times: np.ndarray) -> np.ndarray:
        if self.kind == "stretches":
            return times
        return _day_numbers(times * self.to_microseconds, self.zone)


def find_days(splits: Splits) -> Days | None:
    """Reads the times once; None where the split is not by time.

    Raises:
        SchemaError: Rows hold something else than times.
    """
    data, source = splits.train.data, splits.train.source
    if not isinstance(data.split, TimeSplit):
        return None
    column = data.split.column
    sorts, ends = set(), []
    for batch in source.batches([column], data.chunk_rows):
        sort, times = read_times(batch.column(column), column)
        if len(times):
            sorts.add(sort)
            ends += [times.min(), times.max()]
    low, high = min(ends), max(ends)
    zone = data.source.timezone if isinstance(data.source, EventLog) else "UTC"
    unit = 1.0 if "timestamps" in sorts else _unix_unit(low, high)
    if unit is None:
        width = (high - low) / NUM_STRETCHES or 1.0
        return Days(column, "stretches", zone, low, width, NUM_STRETCHES, 1.0)
    first, last = _day_numbers(np.array([low, high]) * unit, zone)
    return Days(column, "days", zone, first, 1.0, int(last - first) + 1, unit)


def _unix_unit(low: float, high: float) -> float | None:
    """Microseconds in the unit of the times; None where they are none of Unix."""
    for unit in _MICROSECONDS_PER_UNIT:
        if low * unit / 1e6 >= _FIRST_SECOND and high * unit / 1e6 <= _LAST_SECOND:
            return unit
    return None


def _day_numbers(microseconds: np.ndarray, zone: str) -> np.ndarray:
    times = pa.array(microseconds.astype(np.int64), pa.timestamp("us", tz=zone))
    local = pc.local_timestamp(times).cast(pa.int64()).to_numpy()
    return local // _MICROSECONDS_PER_DAY
