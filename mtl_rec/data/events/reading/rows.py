"""Which rows of a log are events, and what is wrong with the others."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.events import EventLog
from mtl_rec.data.events.calendar import microseconds
from mtl_rec.data.events.reading.escapes import ESCAPE, shown
from mtl_rec.data.events.reading.ids import is_missing, plain, read_ids
from mtl_rec.data.events.reading.moments import read_moments
from mtl_rec.data.events.reading.rejected import Place, RejectedRows

CHUNK_ROWS = 131_072
MAX_SHOWN = 40


@dataclass(frozen=True)
class Chunk:
    """Raw rows that follow one another.

    Args:
        columns: The log's columns that are used.
        numbers: Of the rows in their file, counted from 1.
        place: Where they are.
        expected_rows: About how many the log has.
    """

    columns: pa.Table
    numbers: np.ndarray
    place: Place
    expected_rows: float


def used_columns(log: EventLog) -> list[str]:
    """The log's columns that are not ignored."""
    return [*log.columns.names, *log.item_columns, *log.context_columns]


def usable_events(
    chunk: Chunk,
    types: Mapping[str, pa.DataType],
    log: EventLog,
    rejected: RejectedRows,
) -> pa.Table:
    """The events among the rows.

    Args:
        chunk: The rows.
        types: Plain types that the columns have where they are not empty.
        log: What they must hold.
        rejected: Gets the other rows, each with the first thing that is wrong with it.
    """
    raw = {name: plain(chunk.columns[name]) for name in used_columns(log)}
    for name, values in raw.items():
        if pa.types.is_null(values.type):
            raw[name] = values.cast(types[name])
    verdict = _Verdict(len(chunk.numbers))
    for name, values in raw.items():
        if pa.types.is_string(values.type):
            verdict.reject(
                pc.match_substring(values, ESCAPE), f"'{name}' is not valid UTF-8"
            )
    for name in log.columns.names:
        verdict.reject(is_missing(raw[name]), f"'{name}' is missing")
    user, item, event, time = log.columns.names
    ids = {"user": read_ids(raw[user]), "item": read_ids(raw[item])}
    for name, values in zip((user, item), ids.values(), strict=True):
        verdict.reject(values.is_null(), f"'{name}' is not an id")
    events = _event_codes(raw[event], log, verdict)
    times = read_moments(raw[time], log)
    verdict.reject(times.is_null(), f"'{time}' can't be read as a time")
    if log.starts:
        starts = microseconds(log.starts, log.timezone)
        verdict.reject(pc.less(times, starts), f"'{time}' is before `starts`")
    if log.ends:
        ends = microseconds(log.ends, log.timezone)
        verdict.reject(pc.greater_equal(times, ends), f"'{time}' is not before `ends`")
    rejected.saw(len(chunk.numbers))
    _keep(verdict, pa.table(raw), chunk, rejected)
    table = pa.table({**ids, "event": events, "time": times})
    for name in (*log.item_columns, *log.context_columns):
        table = table.append_column(name, raw[name])
    return table.filter(pa.array(verdict.codes == 0)) if verdict.codes.any() else table


class _Verdict:
    """What is wrong with each of several rows: places in `reasons`, 0 if nothing is."""

    def __init__(self, num_rows: int) -> None:
        self.reasons: list[str] = [""]
        self.codes = np.zeros(num_rows, np.int32)

    def reject(self, bad: pa.Array | np.ndarray, reason: str) -> None:
        if isinstance(bad, pa.Array):
            bad = pc.fill_null(bad, False).to_numpy(zero_copy_only=False)
        self.reject_each(bad, [reason], np.zeros(len(bad), np.int32))

    def reject_each(
        self, bad: np.ndarray, reasons: list[str], codes: np.ndarray
    ) -> None:
        """Rejects rows for different reasons, given by their place in a list."""
        if bad.any():
            new = bad & (self.codes == 0)
            self.codes[new] = codes[new] + len(self.reasons)
            self.reasons += reasons


def _event_codes(values: pa.Array, log: EventLog, verdict: _Verdict) -> pa.Array:
    """Places in `event_names`, int8; any where the row is rejected."""
    encoded = values.dictionary_encode()
    words = read_ids(encoded.dictionary)
    kinds = pc.index_in(words, pa.array(list(log.event_types)))
    places = [log.event_names.index(name) for name in log.event_types.values()]
    of_kind = pc.take(pa.array(places, pa.int8()), kinds)
    indices = pc.fill_null(encoded.indices, 0).to_numpy()
    if kinds.null_count:
        reasons = [
            f"'{log.columns.event}' is {shown(str(word))[:MAX_SHOWN]!r}, which "
            "`event_types` does not name"
            for word in encoded.dictionary.cast(pa.string()).to_pylist()
        ]
        unknown = kinds.is_null().to_numpy(zero_copy_only=False)
        verdict.reject_each(unknown[indices], reasons, indices)
    return of_kind.take(encoded.indices)


def _keep(
    verdict: _Verdict, rows: pa.Table, chunk: Chunk, rejected: RejectedRows
) -> None:
    bad = np.flatnonzero(verdict.codes)
    if not len(bad):
        return
    texts = {
        name: _texts(column)
        for name, column in zip(
            rows.column_names, rows.take(pa.array(bad)).columns, strict=True
        )
    }
    for place, row in enumerate(bad):
        content = {name: values[place] for name, values in texts.items()}
        rejected.add(
            chunk.place,
            int(chunk.numbers[row]),
            verdict.reasons[verdict.codes[row]],
            json.dumps(content, ensure_ascii=False),
        )


def _texts(column: pa.ChunkedArray) -> list[str | None]:
    try:
        # Not `to_pylist` at once: Python has no dates after the year 9999.
        texts = column.cast(pa.string()).to_pylist()
    except pa.ArrowException:
        texts = [None if v is None else str(v) for v in column.to_pylist()]
    return [None if text is None else shown(text) for text in texts]
