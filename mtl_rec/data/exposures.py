"""The three streams of exposures that a run reads."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mtl_rec.config.data import Data
from mtl_rec.config.features import Feature, holds_list
from mtl_rec.config.tasks import Task
from mtl_rec.data.answers import AnswerCheck
from mtl_rec.data.checking import LabelCheck
from mtl_rec.data.events.progress import Progress, unseen
from mtl_rec.data.sampling import (
    marked_if_thinned,
    require_clear_sampling,
    sampling_columns,
)
from mtl_rec.data.sources import RawRows, open_source, require_all_columns
from mtl_rec.data.splitting import (
    PARTS,
    Assign,
    open_split,
    part_sizes,
    refuse_empty,
    require_split_columns,
    split_columns,
)
from mtl_rec.schema.raw_types import plain
from mtl_rec.schema.rows import canonical


@dataclass(frozen=True)
class ExposureStream:
    """One part of the data, read from the start each time it is iterated.

    Iterating yields what `schema.rows.canonical` returns, a chunk at a time. Labels are
    checked on the way; what is wrong with them is raised after the last chunk.

    Args:
        name: `train`, `validation` or `test`.
        data: Its source's rows a chunk, and the columns of its split, are used.
        features: Features to read.
        tasks: Tasks whose labels to read.
        source: Rows of all parts.
        assign: Tells which rows are of this part.
    """

    name: str
    data: Data
    features: Sequence[Feature]
    tasks: Sequence[Task]
    source: RawRows
    assign: Assign

    def __iter__(self) -> Iterator[pa.Table]:
        """Yields chunks, all but the last of `data.chunk_rows` rows.

        Raises:
            ArtifactError: A file is damaged.
            SchemaError: Rows contradict what is declared, or a part has no rows.
        """
        is_training = self.name == "train"
        checks = [LabelCheck(self.tasks, self.name)]
        checks += [AnswerCheck(self.features, self.tasks)] if is_training else []
        sizes = np.zeros(len(PARTS) + 1)
        for chunk in _regroup(self._rows(sizes), self.data.chunk_rows):
            for check in checks:
                check.add(chunk)
            yield chunk
        refuse_empty(sizes)
        for check in checks:
            check.finish()

    def batches(
        self, columns: Sequence[str] = ()
    ) -> Iterator[tuple[pa.RecordBatch, np.ndarray, int]]:
        """Rows of all parts, not yet typed, with the part of each row.

        Args:
            columns: Those to read beside what decides the part.

        Yields:
            A batch, positions in `PARTS` or `LEFT_OUT`, the number of its first row.
        """
        names = [*columns, *split_columns(self.data.split, self.source)]
        first_row = 0
        for batch in self.source.batches(
            list(dict.fromkeys(names)), self.data.chunk_rows
        ):
            yield batch, self.assign(batch, first_row), first_row
            first_row += batch.num_rows

    def columns(self) -> list[str]:
        """The columns that features, labels and sampling are read from."""
        return [
            *(feature.source_column for feature in self.features),
            *(task.label_column for task in self.tasks),
            *sampling_columns(self.source),
        ]

    def typed(self, batch: pa.RecordBatch, keep_dictionaries: bool = False) -> pa.Table:
        """Rows of `batches` as streams yield them, which keep dictionaries."""
        rows = canonical(batch, self.features, self.tasks, keep_dictionaries)
        return marked_if_thinned(rows, self.data.source, self.tasks)

    def _rows(self, sizes: np.ndarray) -> Iterator[pa.Table]:
        """Yields this part's rows and adds up the `sizes` of all parts."""
        for batch, parts, _ in self.batches(self.columns()):
            sizes += part_sizes(parts)
            rows = batch.filter(pa.array(parts == PARTS.index(self.name)))
            if rows.num_rows:
                # Before rows are put together: files may differ in their types.
                yield self.typed(rows, keep_dictionaries=True)


@dataclass(frozen=True)
class Splits:
    """The parts of the data."""

    train: ExposureStream
    validation: ExposureStream
    test: ExposureStream

    def sizes(self) -> dict[str, int]:
        """Rows of each part, and those left out as their window crosses a cut."""
        counts = np.zeros(len(PARTS) + 1, int)
        for _, parts, _ in self.train.batches():
            counts += part_sizes(parts)
        return dict(zip([*PARTS, "left_out"], counts.tolist(), strict=True))


def open_exposures(
    data: Data,
    features: Sequence[Feature],
    tasks: Sequence[Task],
    progress: Progress = unseen,
) -> Splits:
    """Finds the data and checks its columns; rows are read by iterating a stream.

    Args:
        data: Where the data is and how to split it.
        features: Features to read.
        tasks: Tasks whose labels to read.
        progress: Is told how far it is where exposures are made of a log first.

    Raises:
        ArtifactError: The data is missing, empty or damaged.
        SchemaError: Columns are missing, the rows can't be split by time, or how they
            were sampled is not clear.
    """
    columns = [feature.source_column for feature in features]
    lists = [feature.source_column for feature in features if holds_list(feature)]
    source = open_source(data.source, columns, tasks, progress, lists)
    require_all_columns(source, features, tasks)
    require_clear_sampling(data.source, source, tasks)
    require_split_columns(data.split, source)
    assign = open_split(data.split, source, data.chunk_rows)
    return Splits(
        **{
            part: ExposureStream(part, data, features, tasks, source, assign)
            for part in PARTS
        }
    )


def _regroup(tables: Iterable[pa.Table], num_rows: int) -> Iterator[pa.Table]:
    """The same rows in tables of `num_rows`, each column in one piece."""
    waiting: list[pa.Table] = []
    num_waiting = 0
    for table in tables:
        while num_waiting + table.num_rows >= num_rows:
            taken = num_rows - num_waiting
            yield _one_table([*waiting, table.slice(0, taken)])
            table, waiting, num_waiting = table.slice(taken), [], 0
        if table.num_rows:
            waiting.append(table)
            num_waiting += table.num_rows
    if waiting:
        yield _one_table(waiting)


def _one_table(tables: list[pa.Table]) -> pa.Table:
    if any(table.schema != tables[0].schema for table in tables):
        # Of files whose columns differ in type, some have dictionaries.
        tables = [plain(table) for table in tables]
    return pa.concat_tables(tables).combine_chunks()
