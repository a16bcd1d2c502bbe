"""Parquet files of a log, read one row group after the other."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mtl_rec.config.events import EventLog
from mtl_rec.data.events.reading.rejected import Place, RejectedRows
from mtl_rec.data.events.reading.rows import CHUNK_ROWS, Chunk, used_columns
from mtl_rec.data.files import readable
from mtl_rec.data.reading import READ_BYTES

# A row group with more rows is decoded twice rather than held in memory.
HELD_ROWS = 2**20


def parquet_chunks(
    files: Sequence[Path], log: EventLog, rejected: RejectedRows
) -> Iterator[Chunk]:
    """Rows in the files' own types.

    Args:
        files: All with the columns that are used.
        log: Says which columns those are.
        rejected: Gets row groups that can't be decoded, each whole.

    Raises:
        ArtifactError: A file has no readable footer.
        SchemaError: Too many rows are lost.
    """
    total = 0
    for file in files:
        with readable(file, "parquet"):
            total += pq.read_metadata(file).num_rows
    for file in files:
        with readable(file, "parquet"), _opened(file) as parquet:
            row = 0
            for group in range(parquet.num_row_groups):
                num_rows = parquet.metadata.row_group(group).num_rows
                place = Place(str(file), group)
                try:
                    batches = _decoded(parquet, group, used_columns(log))
                except (pa.ArrowException, OSError) as error:
                    reason = f"row group {group} can't be decoded"
                    rejected.saw(num_rows)
                    rejected.add(place, row + 1, reason, str(error), num_rows)
                    if rejected.is_hopeless(total):
                        rejected.stop()
                    row += num_rows
                    continue
                for batch in batches:
                    numbers = np.arange(row + 1, row + 1 + batch.num_rows)
                    row += batch.num_rows
                    rows = pa.Table.from_batches([batch])
                    yield Chunk(rows, numbers, place, total)


def _opened(file: Path) -> pq.ParquetFile:
    return pq.ParquetFile(
        file,
        # It would hold all bytes of a row group.
        pre_buffer=False,
        buffer_size=READ_BYTES,
        page_checksum_verification=True,
    )


def _decoded(
    parquet: pq.ParquetFile, group: int, columns: list[str]
) -> Iterable[pa.RecordBatch]:
    """Batches of a row group, of which all are known to be decodable."""
    batches = parquet.iter_batches(CHUNK_ROWS, [group], columns)
    if parquet.metadata.row_group(group).num_rows <= HELD_ROWS:
        return list(batches)
    for _ in batches:
        pass
    return parquet.iter_batches(CHUNK_ROWS, [group], columns)
