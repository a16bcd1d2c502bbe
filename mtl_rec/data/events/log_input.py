"""Where a log's events and side tables come from, by `kind`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from mtl_rec.config.complete_journey import CompleteJourney
from mtl_rec.config.events import EventLog
from mtl_rec.config.log_parts import SideTable
from mtl_rec.data.events.reading import (
    RejectedRows,
    read_events,
    read_side_table,
)
from mtl_rec.data.files import find_files, readable

SideTables = tuple[pa.Table | None, pa.Table | None]
"""Of items and of users."""

EVENTS_A_PARTITION = 400_000
BYTES_A_ROW = 40
"""Of a CSV, about: a low guess makes more and smaller partitions."""
BYTES_A_COMPRESSED = 8
"""Bytes that one of a compressed CSV holds, about."""


@dataclass(frozen=True)
class LogInput:
    """A log, not yet read.

    Attributes:
        chunks: Yields usable events, given what collects the others.
        files: Everything that is read, to tell whether it has changed.
        num_partitions: Groups of users small enough to be worked on in memory.
        read_side_tables: Reads what is known of items and of users beside the log.
    """

    chunks: Callable[[RejectedRows], Iterable[pa.Table]]
    files: Sequence[Path]
    num_partitions: int
    read_side_tables: Callable[[], SideTables]

    @property
    def item_table(self) -> pa.Table | None:
        """As `read_side_table` gives it, or None."""
        return self._side_tables[0]

    @property
    def user_table(self) -> pa.Table | None:
        """The same for users."""
        return self._side_tables[1]

    @cached_property
    def _side_tables(self) -> SideTables:
        # Whoever finds exposures made before has no need of them.
        return self.read_side_tables()


def open_log(log: EventLog) -> LogInput:
    """Finds the files of a log and of its side tables.

    Raises:
        ArtifactError: A file is missing, empty or damaged.
    """
    if isinstance(log, CompleteJourney):
        # Which takes its kind of input from here.
        from mtl_rec.data.events.complete_journey import open_complete_journey

        return open_complete_journey(log)
    file_format, files = find_files(log.path, log.format)
    sides = [find_files(t.path, t.format)[1] for t in (log.items, log.users) if t]
    if file_format == "parquet":
        num_rows = 0
        for file in files:
            with readable(file, file_format):
                num_rows += pq.read_metadata(file).num_rows
    else:
        num_rows = sum(_bytes_when_read(file) for file in files) // BYTES_A_ROW
    return LogInput(
        lambda rejected: read_events(log, rejected),
        [*files, *(file for side in sides for file in side)],
        1 + num_rows // EVENTS_A_PARTITION,
        lambda: side_tables(log),
    )


def _bytes_when_read(file: Path) -> int:
    return file.stat().st_size * (BYTES_A_COMPRESSED if file.suffix == ".gz" else 1)


def side_tables(log: EventLog) -> SideTables:
    """What is known of items and of users beside the log, if anything is."""

    def read(table: SideTable | None, what: str) -> pa.Table | None:
        return read_side_table(table, what, log) if table else None

    return read(log.items, "items"), read(log.users, "users")
