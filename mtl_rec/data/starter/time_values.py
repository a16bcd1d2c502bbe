"""Whether values are times, and how they are written."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Unit = Literal["s", "ms", "us", "ns"]

UNITS: dict[Unit, float] = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
EARLIEST, LATEST = (
    datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (1990, 2045)
)
FORMATS = (
    *("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y%m%d", "%Y%m%d%H%M%S"),
    *("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%m/%d/%Y %H:%M:%S"),
    *("%m/%d/%Y %H:%M", "%m/%d/%Y", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M"),
    *("%d.%m.%Y", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y"),
    *("%d-%b-%Y %H:%M:%S", "%d-%b-%Y", "%d %b %Y %H:%M:%S", "%d %b %Y"),
    *("%b %d, %Y %H:%M:%S", "%b %d, %Y", "%a %b %d %H:%M:%S %Y"),
    *("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%Y-%m-%d %I:%M:%S %p"),
    *("%d/%b/%Y:%H:%M:%S %z", "%a, %d %b %Y %H:%M:%S %z"),
)
MONTH_AND_DAY = "%m%d"
ISO = (
    r"^\d{4}-\d\d-\d\d([ T]\d\d(:?\d\d(:?\d\d([.,]\d{1,9})?)?)?)?"
    r"( ?(Z|UTC|[+-]\d\d(:?\d\d)?))?$"
)
LOOKED_AT = 2000


@dataclass(frozen=True)
class TimeSort:
    """How times are written.

    Attributes:
        unit: Of numbers.
        format: Of texts that are not ISO 8601, as in Python's `strptime`.
        seconds: Since 1970 of every row, NaN where there is none, `(rows,)`.
    """

    unit: Unit | None
    format: str | None
    seconds: np.ndarray


def time_sort(array: pa.Array) -> TimeSort | None:
    """How times are written; None if the values are none.

    Args:
        array: Plain values; null where missing.
    """
    kind = array.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        unit = pa.timestamp("us", tz=getattr(kind, "tz", None))
        counts = array.cast(unit, safe=False).cast(pa.int64())
        return TimeSort(None, None, _floats(counts) / 1e6)
    if pa.types.is_string(kind):
        return _of_text(array)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _of_numbers(_floats(array))
    return None


def _of_numbers(numbers: np.ndarray) -> TimeSort | None:
    known = numbers[np.isfinite(numbers)]
    if not len(known):
        return None
    middle = float(np.median(known))
    for unit, factor in UNITS.items():
        if EARLIEST <= middle / factor <= LATEST:
            share = np.mean((known / factor >= 0) & (known / factor <= 2 * LATEST))
            return TimeSort(unit, None, numbers / factor) if share > 0.99 else None
    if 19900101 <= middle <= 20450101 and bool((known == np.trunc(known)).all()):
        whole = pa.array(numbers, mask=~np.isfinite(numbers)).cast(pa.int64())
        return _of_format(whole.cast(pa.string()))
    if known.min() >= 101 and known.max() <= 1231 and len(np.unique(known)) >= 20:
        # Months and days, as numbers that have lost their leading zeros.
        text = pa.array([f"{n:04.0f}" for n in np.nan_to_num(numbers, nan=0.0)])
        return _of_format(text, (MONTH_AND_DAY,))
    return None


def _of_text(array: pa.Array) -> TimeSort | None:
    distinct = array.dictionary_encode()
    texts = pc.utf8_trim_whitespace(distinct.dictionary)
    matches = pc.match_substring_regex(texts, ISO)
    if len(texts) and pc.mean(matches).as_py() > 0.98:
        plain = pc.replace_substring_regex(texts, " UTC$", "Z")
        moments = pd.to_datetime(
            pd.Series(plain.to_pandas(), dtype=object),
            format="ISO8601",
            errors="coerce",
            utc=True,
        )
        return TimeSort(None, None, _seconds(moments, distinct.indices))
    try:
        numbers = texts.cast(pa.float64())
    except pa.ArrowInvalid:
        return _of_format(array)
    return _of_numbers(_floats(numbers.take(distinct.indices)))


def _of_format(array: pa.Array, formats: tuple[str, ...] = FORMATS) -> TimeSort | None:
    distinct = array.dictionary_encode()
    trimmed = pc.utf8_trim_whitespace(distinct.dictionary)
    texts = pd.Series(trimmed.to_pandas(), dtype=object)
    known = texts.dropna()
    some = known.iloc[:: max(1, len(known) // LOOKED_AT)]
    for written in formats if len(some) else ():
        if pd.to_datetime(some, format=written, errors="coerce").notna().mean() > 0.98:
            moments = pd.to_datetime(texts, format=written, errors="coerce", utc=True)
            return TimeSort(None, written, _seconds(moments, distinct.indices))
    return None


def _seconds(moments: pd.Series, indices: pa.Array) -> np.ndarray:
    values = moments.dt.tz_localize(None).to_numpy("datetime64[us]").astype(np.float64)
    values = np.where(moments.isna(), np.nan, values / 1e6)
    positions = pc.fill_null(indices, -1).to_numpy(zero_copy_only=False)
    return np.append(values, np.nan)[positions]


def _floats(array: pa.Array) -> np.ndarray:
    floats = pc.fill_null(array.cast(pa.float64(), safe=False), np.nan)
    return floats.to_numpy(zero_copy_only=False)
