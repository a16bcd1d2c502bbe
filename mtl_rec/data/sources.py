"""Where raw rows come from, by `kind`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from mtl_rec.config.data import CensusIncome, Source, SyntheticShop, Table
from mtl_rec.config.events import EventLog
from mtl_rec.config.features import Feature
from mtl_rec.config.tasks import Task
from mtl_rec.data.census_income import open_census_income
from mtl_rec.data.events.prepared import PART_FILES, prepare
from mtl_rec.data.events.progress import Progress, unseen
from mtl_rec.data.reading import open_table
from mtl_rec.errors import SchemaError
from mtl_rec.schema.rows import require_columns


class RawRows(Protocol):
    """Rows as the data has them, in an order that never changes."""

    @property
    def headers(self) -> Mapping[str, Sequence[str]]:
        """Column names by file, or by another name of the place."""
        ...

    def batches(
        self, columns: Sequence[str], max_rows: int
    ) -> Iterator[pa.RecordBatch]:
        """All rows from the start, these columns only, `max_rows` at most at a time."""
        ...


@dataclass(frozen=True)
class RowsInMemory:
    """Rows that were made, not read.

    Args:
        name: What made them.
        table: The rows.
    """

    name: str
    table: pa.Table

    @property
    def headers(self) -> Mapping[str, Sequence[str]]:
        """Column names by what made them."""
        return {self.name: self.table.column_names}

    def batches(
        self, columns: Sequence[str], max_rows: int
    ) -> Iterator[pa.RecordBatch]:
        """Views of the table."""
        yield from self.table.select(list(columns)).to_batches(max_rows)


def require_all_columns(
    source: RawRows, features: Sequence[Feature], tasks: Sequence[Task]
) -> None:
    """Checks that every file of a source has what is read.

    Raises:
        SchemaError: One has not, which is named.
    """
    for place, names in source.headers.items():
        try:
            require_columns(names, features, tasks)
        except SchemaError as error:
            raise SchemaError(f"{error} Read: '{place}'.") from error


def open_source(
    source: Source,
    columns: Sequence[str],
    tasks: Sequence[Task],
    progress: Progress = unseen,
    lists: Sequence[str] = (),
) -> RawRows:
    """The raw rows of a source.

    No file is read past its header, but for a log whose exposures are not made yet.

    Args:
        source: Where they are.
        columns: Columns that features read, which decides what is made of a log.
        tasks: The funnel.
        progress: Is told how far exposures are made.
        lists: Columns that features read lists from.
    """
    match source:
        case Table():
            return open_table(source, lists)
        case CensusIncome():
            return open_census_income(source)
        case EventLog():
            folder = prepare(source, columns, tasks, progress).folder
            return open_table(Table(kind="table", path=str(folder / PART_FILES)))
        case SyntheticShop():
            # Only runs on simulated data pay for the simulation's import.
            from mtl_rec.data.synthetic_shop import simulate_shop

            settings = source.model_dump(exclude={"kind"})
            return RowsInMemory("the simulated shop", simulate_shop(**settings))
