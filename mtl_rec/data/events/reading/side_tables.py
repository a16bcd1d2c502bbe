"""What is known of items, or of users, beside the log."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.checks import suggestion
from mtl_rec.config.data import Table
from mtl_rec.config.events import EventLog
from mtl_rec.config.log_parts import SideTable
from mtl_rec.data.events.reading.escapes import ESCAPE
from mtl_rec.data.events.reading.ids import is_id_type, is_missing, plain, read_ids
from mtl_rec.data.events.reading.moments import is_time_type, read_moments
from mtl_rec.data.reading import TableFiles, open_table
from mtl_rec.errors import SchemaError

ALWAYS = np.iinfo(np.int64).min
BATCH_ROWS = 131_072


def read_side_table(table: SideTable, what: str, log: EventLog) -> pa.Table:
    """A whole table, in order of key and time.

    Columns: `key` (string), `valid_from` (int64, microseconds since 1970 in UTC, the
    least number where the table declares none), and the declared ones, as strings
    from CSV and in their own types from Parquet.

    Args:
        table: Where it is and what it holds. Columns it does not name are left out.
        what: Its place in `data.source`, for errors: `items` or `users`.
        log: Says how times are written, as in the log.

    Raises:
        ArtifactError: There are no such files, or one is damaged.
        SchemaError: Columns are missing or of types that can't be used, rows lack a
            key or a time, or two rows have the same.
    """
    columns = [table.key, *([table.valid_from] if table.valid_from else [])]
    columns += table.columns
    source = open_table(Table(kind="table", path=table.path, format=table.format))
    _require_columns(source, columns, what)
    raw = _read(source, list(dict.fromkeys(columns)), what)
    keys = _keys(plain(raw[table.key]), table.key, what)
    starts = pa.array(np.full(len(keys), ALWAYS))
    if table.valid_from:
        starts = _starts(plain(raw[table.valid_from]), table.valid_from, what, log)
    rows = pa.table({"key": keys, "valid_from": starts})
    _require_distinct(rows, table, what)
    for name in table.columns:
        rows = rows.append_column(name, raw[name])
    return rows.sort_by([("key", "ascending"), ("valid_from", "ascending")])


def _require_columns(source: TableFiles, columns: list[str], what: str) -> None:
    problems = [
        f"'{file}' has no column '{column}' for `data.source.{what}`."
        + suggestion(column, names)
        for file, names in source.headers.items()
        for column in columns
        if column not in names
    ]
    if problems:
        raise SchemaError(" ".join(problems))


def _read(source: TableFiles, columns: list[str], what: str) -> pa.Table:
    tables = [
        pa.table(
            {name: plain(pa.chunked_array([batch.column(name)])) for name in columns}
        )
        for batch in source.batches(columns, BATCH_ROWS)
    ]
    try:
        # The type of a column that is empty in a file is what it is in another.
        table = pa.concat_tables(tables, promote_options="default")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise SchemaError(
            f"The files of `data.source.{what}` must have columns of the same types. "
            f"Received: {error}."
        ) from error
    for name in columns:
        is_text = pa.types.is_string(table[name].type)
        if is_text and pc.any(pc.match_substring(table[name], ESCAPE)).as_py():
            raise SchemaError(
                f"Column '{name}' of `data.source.{what}` must be valid UTF-8. "
                "Received: other bytes."
            )
    return table


def _keys(values: pa.Array, column: str, what: str) -> pa.Array:
    place = f"Column '{column}' of `data.source.{what}`"
    if not is_id_type(values.type):
        raise SchemaError(
            f"{place} must hold text or whole numbers. Received: {values.type}."
        )
    keys = read_ids(values)
    missing = is_missing(values) | keys.is_null().to_numpy(zero_copy_only=False)
    if missing.any():
        raise SchemaError(
            f"{place} must hold an id on every row. Received: none on {missing.sum()} "
            f"of {len(values)} rows. Remove them or give them one."
        )
    return keys


def _starts(values: pa.Array, column: str, what: str, log: EventLog) -> pa.Array:
    place = f"Column '{column}' of `data.source.{what}`"
    if not is_time_type(values.type):
        raise SchemaError(f"{place} must hold times. Received: {values.type}.")
    starts = read_moments(values, log)
    if starts.null_count:
        example = values.filter(starts.is_null())[0]
        raise SchemaError(
            f"{place} must hold a time on every row. Received: none that can be read "
            f"on {starts.null_count} of {len(values)} rows, such as "
            f"{example.cast(pa.string()).as_py()!r}."
        )
    return starts


def _require_distinct(rows: pa.Table, table: SideTable, what: str) -> None:
    groups = rows.group_by(["key", "valid_from"]).aggregate([([], "count_all")])
    repeated = groups.filter(pc.greater(groups["count_all"], 1)).sort_by("key")
    if not repeated.num_rows:
        return
    once, advice = "each key once for each time", "Keep one of them."
    if table.valid_from is None:
        once = "each key once"
        advice = (
            "Keep one of them, or name as `valid_from` the column of the time from "
            "which each holds."
        )
    raise SchemaError(
        f"`data.source.{what}` must hold {once}. Received: {repeated['count_all'][0]} "
        f"rows of '{repeated['key'][0]}' in column '{table.key}', the first of "
        f"{repeated.num_rows} such keys. {advice}"
    )
