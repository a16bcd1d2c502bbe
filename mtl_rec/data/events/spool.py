"""Events laid aside by user, so that a log larger than memory can be worked through."""

from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa

from mtl_rec.config.events import EventLog
from mtl_rec.data.draws import draws_for_names
from mtl_rec.data.events.calendar import MICROSECONDS_PER_HOUR
from mtl_rec.data.events.codes import Codes, recoded

# Rows that wait in memory for each partition before they are written together.
WAITING_ROWS = 32_768


class Spool:
    """One file of events for each group of users.

    Args:
        folder: Gets the files.
        log: Names the columns that describe items and moments.
        num_partitions: How many groups users are divided into.

    Attributes:
        items: Ids of items.
        attributes: By item column, its values.
        first_time: Time of the first event, in microseconds since 1970 UTC.
        last_time: Of the last.
        events_by_hour: How many there were in each hour since 1970.
    """

    def __init__(self, folder: Path, log: EventLog, num_partitions: int) -> None:
        self.folder = folder
        self.items = Codes()
        self.attributes = {name: Codes() for name in log.item_columns}
        self.num_partitions = num_partitions
        self.first_time = np.iinfo(np.int64).max
        self.last_time = np.iinfo(np.int64).min
        self.events_by_hour: Counter[int] = Counter()
        self._ranks: dict[str, np.ndarray] = {}

    def write(self, chunks: Iterable[pa.Table]) -> None:
        """Divides events among the partitions.

        Args:
            chunks: As `read_events` yields them.
        """
        waiting: list[list[pa.RecordBatch]] = [[] for _ in range(self.num_partitions)]
        with ExitStack() as files:
            writers: dict[int, pa.RecordBatchStreamWriter] = {}

            def flush(number: int) -> None:
                batches, waiting[number] = waiting[number], []
                table = pa.Table.from_batches(batches)
                if number not in writers:
                    sink = files.enter_context(pa.OSFile(str(self._path(number)), "wb"))
                    stream = pa.ipc.new_stream(sink, table.schema)
                    writers[number] = files.enter_context(stream)
                writers[number].write_table(table.combine_chunks())

            for chunk in chunks:
                for number, batch in self._divided(chunk):
                    waiting[number].append(batch)
                    if sum(b.num_rows for b in waiting[number]) >= WAITING_ROWS:
                        flush(number)
            for number, batches in enumerate(waiting):
                if batches:
                    flush(number)
        self._ranks = {name: codes.ranks() for name, codes in self._coded().items()}

    def numbers(self) -> list[int]:
        """The partitions that have events."""
        every = range(self.num_partitions)
        return [number for number in every if self._path(number).exists()]

    def partition(self, number: int) -> pa.Table:
        """The events of one group of users.

        Items and their attributes are places in the sorted values, int32.
        """
        with pa.memory_map(str(self._path(number))) as source:
            table = pa.ipc.open_stream(source).read_all()
        for name, ranks in self._ranks.items():
            position = table.column_names.index(name)
            ranked = recoded(table[name].to_numpy(), ranks)
            table = table.set_column(position, name, pa.array(ranked))
        return table

    def _divided(self, chunk: pa.Table) -> Iterable[tuple[int, pa.RecordBatch]]:
        """Rows of a chunk by partition."""
        times = chunk["time"].to_numpy()
        hours, counts = np.unique(times // MICROSECONDS_PER_HOUR, return_counts=True)
        for hour, count in zip(hours.tolist(), counts.tolist(), strict=True):
            self.events_by_hour[hour] += count
        self.first_time = min(self.first_time, int(times.min()))
        self.last_time = max(self.last_time, int(times.max()))
        for name, codes in self._coded().items():
            position = chunk.column_names.index(name)
            chunk = chunk.set_column(position, name, pa.array(codes.add(chunk[name])))
        draws = draws_for_names(chunk["user"].combine_chunks(), seed=0)
        numbers = (draws * self.num_partitions).astype(np.int32)
        order = np.argsort(numbers, kind="stable")
        rows = chunk.take(pa.array(order)).combine_chunks().to_batches()[0]
        ends = np.cumsum(np.bincount(numbers, minlength=self.num_partitions))
        start = 0
        for number, end in enumerate(ends):
            if end > start:
                yield number, rows.slice(start, end - start)
            start = int(end)

    def _coded(self) -> dict[str, Codes]:
        return {"item": self.items, **self.attributes}

    def _path(self, number: int) -> Path:
        return self.folder / f"events-{number:05d}.arrow"
