"""Times in any spelling as microseconds since 1970 in UTC."""

from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.events import EventLog
from mtl_rec.data.events.reading.ids import read_ids
from mtl_rec.errors import SchemaError

MICROSECONDS = {"s": 1_000_000, "ms": 1000, "us": 1}
DAY = 86_400 * MICROSECONDS["s"]
# Further from 1970 than this, a shift by a time zone might not fit 64 bits.
FAR = 2**62
MICROSECOND_DIGITS = len("2000-01-01T00:00:00.000000")
ISO = (
    r"^(?P<moment>\d{4}-\d\d-\d\d(?:[ T]\d\d(?::\d\d(?::\d\d(?:\.\d{1,9})?)?)?)?)"
    r"(?: ?(?:(?P<utc>Z|UTC)|(?P<sign>[+-])(?P<hours>[01]\d|2[0-3])"
    r"(?::?(?P<minutes>[0-5]\d))?))?$"
)


def is_time_type(kind: pa.DataType) -> bool:
    """Whether `read_moments` takes values of a plain type."""
    return any(
        is_kind(kind)
        for is_kind in (
            pa.types.is_string,
            pa.types.is_integer,
            # Seconds since 1970 are off by a minute in a float of 32 bits.
            pa.types.is_float64,
            pa.types.is_decimal,
            pa.types.is_date,
            pa.types.is_timestamp,
            pa.types.is_null,
        )
    )


def read_moments(array: pa.Array, log: EventLog) -> pa.Array:
    """Times as int64 microseconds, null where there is none that can be read.

    Args:
        array: Numbers, dates, timestamps, or strings; no dictionary.
        log: Says what numbers count, how text is written, and the zone of times
            without one. Text without a year is of 1900, and a `time_format` is also
            that of numbers.

    Raises:
        SchemaError: The log's `time_format` is none.
    """
    kind = array.type
    if pa.types.is_null(kind):
        return pa.nulls(len(array), pa.int64())
    if pa.types.is_string(kind):
        return _from_text(array, log)
    if pa.types.is_timestamp(kind):
        counts = array.cast(pa.int64())
        if kind.unit == "ns":
            moments = _array(counts, _integers(counts) // 1000)
        else:
            moments = _scaled(counts, MICROSECONDS[kind.unit])
        return moments if kind.tz else _in_zone(moments, log.timezone)
    if pa.types.is_date32(kind):
        return _in_zone(_scaled(array.cast(pa.int32()), DAY), log.timezone)
    if pa.types.is_date64(kind):
        return _in_zone(_scaled(array.cast(pa.int64()), 1000), log.timezone)
    if log.time_format:
        return _from_text(read_ids(array), log)
    if pa.types.is_integer(kind):
        return _scaled(array, MICROSECONDS[log.time_unit])
    return _rounded(array.cast(pa.float64()), MICROSECONDS[log.time_unit])


def _scaled(counts: pa.Array, factor: int) -> pa.Array:
    """Whole numbers times the factor, null where that is too large."""
    values = _integers(counts)
    limit = (2**63 - 1) // factor
    fits = (values >= -limit) & (values <= limit)
    return _array(counts, np.where(fits, values, 0).astype(np.int64) * factor, fits)


def _rounded(numbers: pa.Array, factor: int) -> pa.Array:
    with np.errstate(over="ignore"):  # Infinite is too large, as what fits says.
        scaled = np.rint(pc.fill_null(numbers, np.nan).to_numpy() * float(factor))
    fits = np.abs(scaled) < 2.0**63
    return _array(numbers, np.where(fits, scaled, 0).astype(np.int64), fits)


def _integers(array: pa.Array) -> np.ndarray:
    return pc.fill_null(array, 0).to_numpy()


def _array(
    source: pa.Array, values: np.ndarray, is_known: np.ndarray | None = None
) -> pa.Array:
    """Values where the source has some and they are known, null elsewhere."""
    moments = pa.array(values, mask=None if is_known is None else ~is_known)
    return (
        pc.if_else(source.is_valid(), moments, None) if source.null_count else moments
    )


def _in_zone(moments: pa.Array, timezone: str) -> pa.Array:
    if timezone == "UTC":
        return moments
    values = _integers(moments)
    near = _array(moments, values, (values > -FAR) & (values < FAR))
    # A clock that is set back shows times twice, one that is set forward skips some.
    zoned = pc.assume_timezone(
        near.cast(pa.timestamp("us")),
        timezone,
        ambiguous="earliest",
        nonexistent="latest",
    )
    return zoned.cast(pa.int64())


def _from_text(text: pa.Array, log: EventLog) -> pa.Array:
    if log.time_format is None:
        try:
            # That a chunk of other text is not numbers shows slowly.
            text.slice(0, 1).cast(pa.float64())
            return _rounded(text.cast(pa.float64()), MICROSECONDS[log.time_unit])
        except pa.ArrowInvalid:
            pass
    # Events share times: a second has many of them.
    encoded = pc.utf8_trim_whitespace(text).dictionary_encode()
    distinct = encoded.dictionary
    if log.time_format is None:
        moments = pc.coalesce(
            _from_iso(distinct, log.timezone),
            _rounded(_numbers(distinct), MICROSECONDS[log.time_unit]),
        )
    else:
        moments = _from_format(distinct, log.time_format, log.timezone)
    return moments.take(encoded.indices)


def _numbers(text: pa.Array) -> pa.Array:
    is_number = pc.match_substring_regex(
        text, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
    )
    return pc.if_else(is_number, text, None).cast(pa.float64())


def _from_iso(text: pa.Array, timezone: str) -> pa.Array:
    parts = pc.extract_regex(text, ISO)
    moment, utc, sign, hours, minutes = (
        pc.if_else(pc.equal(part, ""), None, part) for part in parts.flatten()
    )
    # A digit beyond microseconds would have pandas count nanoseconds, for all of them.
    times = _parsed(pc.utf8_slice_codeunits(moment, 0, MICROSECOND_DIGITS), "ISO8601")
    offset = pc.add(
        pc.multiply(hours.cast(pa.int64()), 3600),
        pc.multiply(pc.fill_null(minutes, "0").cast(pa.int64()), 60),
    )
    offset = pc.if_else(pc.equal(sign, "-"), pc.negate(offset), offset)
    offset = pc.if_else(utc.is_valid(), 0, offset)
    zoned = pc.subtract(times, pc.multiply(offset, MICROSECONDS["s"]))
    return pc.if_else(offset.is_valid(), zoned, _in_zone(times, timezone))


def _from_format(text: pa.Array, time_format: str, timezone: str) -> pa.Array:
    example = datetime(2000, 10, 10).strftime(time_format)
    if example.isdigit():
        # A log that keeps 0829 as a number has 829.
        text = pc.utf8_lpad(text, len(example), "0")
    if "%z" in time_format or "%Z" in time_format:
        return _parsed(text, time_format, utc=True)
    return _in_zone(_parsed(text, time_format), timezone)


def _parsed(text: pa.Array, time_format: str, utc: bool = False) -> pa.Array:
    strings = pd.Series(text.to_pandas(), dtype=object)
    try:
        times = pd.to_datetime(strings, format=time_format, errors="coerce", utc=utc)
    except ValueError as error:
        raise SchemaError(
            "`data.source.time_format` must be written as in Python's `strptime`. "
            f"Received: '{time_format}' ({error})."
        ) from error
    values = times.dt.tz_localize(None).to_numpy("datetime64[us]")
    return pa.array(values).cast(pa.int64())
