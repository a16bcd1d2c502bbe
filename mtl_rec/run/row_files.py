"""Rows to predict: CSV, JSONL and Parquet files, read and written in chunks."""

import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from mtl_rec.errors import ArtifactError
from mtl_rec.schema.rows import as_table
from mtl_rec.whole_files import written_whole

CHUNK_ROWS = 65_536
ENDINGS = (".csv", ".jsonl", ".parquet")


def read_rows(path: Path) -> Iterator[pa.Table]:
    """Chunks of a file; values of a CSV stay text until their feature is known.

    Raises:
        ArtifactError: There is no such file, it is damaged, or its ending is unknown.
    """
    require_ending(path)
    if not path.is_file():
        raise ArtifactError(f"There is no file '{path}'.")
    return _chunks(path)


def _chunks(path: Path) -> Iterator[pa.Table]:
    num_rows = 0
    with closing(_open(path)) as chunks:
        while (chunk := _next(chunks, path)) is not None:
            num_rows += len(chunk)
            if len(chunk):
                yield chunk
    if not num_rows:
        raise ArtifactError(f"'{path}' has no rows.")


def _next(chunks: Iterator[pa.Table], path: Path) -> pa.Table | None:
    """Guards the reading alone: what the caller does with a chunk is not ours."""
    try:
        return next(chunks, None)
    except (pa.ArrowException, ValueError, OSError) as error:
        raise ArtifactError(f"'{path}' can't be read: {error}") from error


def _open(path: Path) -> Generator[pa.Table, None, None]:
    match path.suffix:
        case ".csv":
            reader = pd.read_csv(
                path, chunksize=CHUNK_ROWS, dtype=str, keep_default_na=False
            )
        case ".jsonl":
            # `dtype=False` keeps text that looks like numbers; pandas' types forget it.
            reader = pd.read_json(  # pyright: ignore[reportCallIssue]
                path,
                chunksize=CHUNK_ROWS,
                dtype=False,  # pyright: ignore[reportArgumentType]
                lines=True,
            )
        case _:
            with pyarrow.parquet.ParquetFile(path) as file:
                for batch in file.iter_batches(CHUNK_ROWS):
                    yield pa.Table.from_batches([batch])
            return
    with reader:
        yield from map(as_table, reader)


def write_rows(tables: Iterator[pa.Table], path: Path | None) -> None:
    """Writes a file that is there whole or not at all.

    Args:
        tables: At least one, all with the same columns.
        path: The ending says the format; None writes JSONL to standard output.
    """
    if path is None:
        for table in tables:
            sys.stdout.write(_json_lines(table))
        return
    require_ending(path)
    with written_whole(path) as unfinished:
        _write(tables, unfinished, path.suffix)


def _write(tables: Iterator[pa.Table], path: Path, ending: str) -> None:
    if ending == ".jsonl":
        with path.open("w", encoding="utf-8") as file:
            file.writelines(_json_lines(table) for table in tables)
        return
    first = next(tables)
    writer: Any
    if ending == ".csv":
        _require_no_lists(first)
        writer = pyarrow.csv.CSVWriter(path, first.schema)
    else:
        writer = pyarrow.parquet.ParquetWriter(path, first.schema)
    with writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)


def _require_no_lists(table: pa.Table) -> None:
    lists = [own.name for own in table.schema if pa.types.is_list(own.type)]
    if lists:
        raise ArtifactError(
            f"A CSV file can't hold lists. Received: {lists}. Name the output with the "
            "ending .jsonl or .parquet."
        )


def _json_lines(table: pa.Table) -> str:
    return table.to_pandas().to_json(orient="records", lines=True, force_ascii=False)


def require_ending(path: Path) -> None:
    """Refuses a file whose format its name does not tell."""
    if path.suffix not in ENDINGS:
        raise ArtifactError(
            f"The name of a file of rows must end in one of {list(ENDINGS)}. "
            f"Received: '{path}'."
        )
