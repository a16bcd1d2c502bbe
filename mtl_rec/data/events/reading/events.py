"""Event logs to usable events: damage is counted and kept, never passed on."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from mtl_rec.config.events import EventLog
from mtl_rec.data.events.reading.columns import (
    csv_schema,
    files_by_type,
    parquet_schema,
    require_declared,
)
from mtl_rec.data.events.reading.csv_files import csv_chunks
from mtl_rec.data.events.reading.parquet_files import parquet_chunks
from mtl_rec.data.events.reading.rejected import Place, RejectedRows
from mtl_rec.data.events.reading.rows import (
    CHUNK_ROWS,
    Chunk,
    usable_events,
    used_columns,
)
from mtl_rec.data.files import find_files
from mtl_rec.errors import SchemaError
from mtl_rec.schema.rows import as_table

IN_MEMORY = "rows in memory"


def read_events(log: EventLog, rejected: RejectedRows) -> Iterator[pa.Table]:
    """The usable events of a log's files, chunk by chunk, in the order of the files.

    Columns: `user` and `item` (string), `event` (int8, the place in `event_names`) and
    `time` (int64, microseconds since 1970 in UTC), none of them null; then the log's
    `item_columns` and `context_columns` under their own names, as strings from CSV
    and in their own types from Parquet.

    Args:
        log: Where the files are and what they hold. Headers are checked at once, rows
            as they are asked for.
        rejected: Gets the other rows.

    Raises:
        ArtifactError: There are no such files, or one can't be read to its end.
        SchemaError: The columns are not the declared ones, too many rows are rejected,
            or none is usable.
    """
    file_format, files = find_files(log.path, log.format)
    if file_format == "csv":
        schemas = {str(file): csv_schema(file, log) for file in files}
        chunks = csv_chunks(files, log, rejected)
    else:
        schemas = {str(file): parquet_schema(file) for file in files}
        chunks = parquet_chunks(files, log, rejected)
    require_declared(schemas, log)
    return _events(chunks, schemas, log, rejected)


def events_from_rows(
    rows: pa.Table | pd.DataFrame, log: EventLog, rejected: RejectedRows
) -> Iterator[pa.Table]:
    """Like `read_events`, from rows in memory.

    Args:
        rows: With exactly the declared columns.
        log: What they hold.
        rejected: Gets the rows that are not usable.

    Raises:
        SchemaError: As `read_events`.
    """
    table = as_table(rows)
    schemas = {IN_MEMORY: table.schema}
    require_declared(schemas, log)
    return _events(_slices(table, log), schemas, log, rejected)


def _events(
    chunks: Iterable[Chunk],
    schemas: Mapping[str, pa.Schema],
    log: EventLog,
    rejected: RejectedRows,
) -> Iterator[pa.Table]:
    kinds = files_by_type(schemas, used_columns(log))
    # A file in which a column is empty may not know the column's type.
    types = {name: next(iter(kinds[name]), pa.null()) for name in kinds}
    has_events = False
    for chunk in chunks:
        events = usable_events(chunk, types, log, rejected)
        if rejected.is_hopeless(chunk.expected_rows):
            rejected.stop()
        if events.num_rows:
            has_events = True
            yield events
    rejected.check()
    if not has_events:
        raise SchemaError(
            "A log must hold usable events. Received: none on "
            f"{rejected.num_rows} rows."
        )


def _slices(table: pa.Table, log: EventLog) -> Iterator[Chunk]:
    columns = table.select(used_columns(log))
    for start in range(0, table.num_rows, CHUNK_ROWS):
        part = columns.slice(start, CHUNK_ROWS)
        end = start + part.num_rows
        numbers = np.arange(start + 1, end + 1)
        yield Chunk(part, numbers, Place(IN_MEMORY), table.num_rows)
