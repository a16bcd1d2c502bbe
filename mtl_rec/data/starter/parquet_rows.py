"""Rows from places all over a Parquet file."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from mtl_rec.data.files import readable
from mtl_rec.data.starter.part import Part

GROUPS = 12
"""Row groups that are looked at, evenly among all of them."""


def parquet_sample(file: Path, max_rows: int) -> Part:
    """All rows, or the first ones of row groups at even distances.

    Raises:
        ArtifactError: The file can't be read.
    """
    with readable(file, "parquet"), pq.ParquetFile(file) as parquet:
        total = parquet.metadata.num_rows
        names = [n for n in parquet.schema_arrow.names if not n.startswith("__index_")]
        if total <= max_rows:
            return Part(parquet.read(names), total, True)
        count = parquet.num_row_groups
        groups = sorted({number * count // GROUPS for number in range(GROUPS)})
        each = max_rows // len(groups)
        batches = [
            batch
            for group in groups
            for batch in _first_rows(parquet, group, names, each)
        ]
        return Part(pa.Table.from_batches(batches), total, False)


def _first_rows(
    parquet: pq.ParquetFile, group: int, names: list[str], num_rows: int
) -> list[pa.RecordBatch]:
    taken: list[pa.RecordBatch] = []
    left = num_rows
    for batch in parquet.iter_batches(min(num_rows, 65_536), [group], names):
        taken.append(batch.slice(0, left))
        left -= taken[-1].num_rows
        if not left:
            break
    return taken
