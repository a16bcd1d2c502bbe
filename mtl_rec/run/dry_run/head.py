"""The first rows of a run's data, and about how many there are."""

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from mtl_rec.config.complete_journey import CompleteJourney
from mtl_rec.config.data import CensusIncome, SyntheticShop, Table
from mtl_rec.config.events import EventLog
from mtl_rec.config.run import RunConfig
from mtl_rec.data.events.building import Job, build_files
from mtl_rec.data.events.log_input import open_log
from mtl_rec.data.events.prepared import PART_FILES
from mtl_rec.data.events.progress import unseen
from mtl_rec.data.events.reading import RejectedRows
from mtl_rec.data.events.reading.csv_files import CODECS
from mtl_rec.data.files import find_files
from mtl_rec.data.sources import (
    RawRows,
    RowsInMemory,
    open_source,
    require_all_columns,
)
from mtl_rec.data.splitting import split_columns
from mtl_rec.schema.rows import says_how_sampled

ROWS = 60_000
"""Rows that are looked at."""


@dataclass(frozen=True)
class Head:
    """Rows of a source.

    Attributes:
        rows: The first ones, with the columns that the run reads.
        num_rows: Of the whole source, about, where these are not all.
        is_whole: Whether these are all.
        seconds: About what reading all rows takes, as often as a run reads them, and
            making them where they are made.
    """

    rows: RowsInMemory
    num_rows: int
    is_whole: bool
    seconds: float


def read_head(config: RunConfig) -> Head:
    """Reads the first rows of a run's data; nothing is kept.

    Raises:
        ArtifactError: The data can't be read.
        SchemaError: Columns are missing, or the log is not what its rules say.
    """
    source = config.data.source
    started = time.perf_counter()
    if isinstance(source, EventLog):
        table, share = _of_log(source, config)
    else:
        lists = [f.source_column for f in config.features if hasattr(f, "separator")]
        names = [feature.source_column for feature in config.features]
        raw = open_source(source, names, config.tasks, unseen, lists)
        require_all_columns(raw, config.features, config.tasks)
        table = pa.Table.from_batches(list(_first(raw, _columns(config, raw))))
        share = _share_of(source, raw, table)
    seconds = time.perf_counter() - started
    if isinstance(source, EventLog):
        seconds /= share
    elif not isinstance(source, SyntheticShop):
        # Once to learn, and once to encode.
        seconds *= 2 / share
    num_rows = max(table.num_rows, round(table.num_rows / share))
    rows = RowsInMemory("the first rows", table)
    return Head(rows, num_rows, share >= 1, seconds)


def _columns(config: RunConfig, raw: RawRows) -> list[str]:
    names = [feature.source_column for feature in config.features]
    names += [task.label_column for task in config.tasks]
    names += split_columns(config.data.split, raw)
    header = next(iter(raw.headers.values()))
    if says_how_sampled(header):
        names += ["is_sampled", "log_sampling_rate"]
    return list(dict.fromkeys(names))


def _first(raw: RawRows, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    left = ROWS
    for batch in raw.batches(columns, min(ROWS, 16_384)):
        yield batch.slice(0, left)
        left -= batch.num_rows
        if left <= 0:
            return


def _share_of(source: object, raw: RawRows, table: pa.Table) -> float:
    """Share of all rows that a table has."""
    if table.num_rows < ROWS:
        return 1.0
    match source:
        case Table():
            file_format, files = find_files(
                source.path, source.format, ("csv", "parquet", "tfrecord")
            )
            if file_format == "parquet":
                total = sum(pq.read_metadata(file).num_rows for file in files)
                return min(1.0, table.num_rows / total)
            return min(1.0, ROWS * _bytes_a_line(files[0]) / _num_bytes(files))
        case CensusIncome():
            path = Path(source.path)
            return min(1.0, ROWS * _bytes_a_line(path) / _num_bytes([path]))
        case _:
            total = sum(b.num_rows for b in raw.batches([], 131_072)) or table.num_rows
            return table.num_rows / total


def _of_log(log: EventLog, config: RunConfig) -> tuple[pa.Table, float]:
    """Exposures of a log's first events, and the share that these events are."""
    given = open_log(log)
    names = [feature.source_column for feature in config.features]
    events = 0
    with tempfile.TemporaryDirectory() as place:
        rejected = RejectedRows(Path(place) / "rejected.csv", 1.0)
        with rejected:
            chunks = given.chunks(rejected)
            taken = list(islice(chunks, 1))
            is_all = next(iter(chunks), None) is None
            events = sum(chunk.num_rows for chunk in taken)
            sides = (given.item_table, given.user_table)
            job = Job(log, config.tasks, sorted(set(names)), *sides)
            build_files(job, taken, 1, Path(place), unseen)
        parts = [pq.read_table(file) for file in sorted(Path(place).glob(PART_FILES))]
    table = pa.concat_tables(parts)
    if is_all or isinstance(log, CompleteJourney):
        return table, 1.0
    file_format, files = find_files(log.path, log.format)
    if file_format == "parquet":
        total = sum(pq.read_metadata(file).num_rows for file in files)
    else:
        total = round(_num_bytes(files) / _bytes_a_line(files[0]))
    return table, min(1.0, events / max(1, total))


def _num_bytes(files: Sequence[Path]) -> float:
    """Of text, once it is decompressed."""
    return sum(os.path.getsize(file) * _expansion(file) for file in files)


def _expansion(file: Path) -> float:
    """Bytes of text for each byte of a file, by its beginning."""
    codec = CODECS.get(file.suffix.lower())
    if codec is None:
        return 1.0
    with pa.OSFile(str(file)) as raw, pa.input_stream(raw, compression=codec) as stream:
        return max(1.0, len(stream.read(2**23)) / max(1, raw.tell()))


def _bytes_a_line(file: Path) -> float:
    with pa.input_stream(file) as stream:
        start = stream.read(2**20)
    return len(start) / max(1, start.count(b"\n"))
