"""From events to files of labelled exposures, one group of users at a time."""

import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mtl_rec.config.events import EventLog
from mtl_rec.config.log_columns import TIME, WINDOW_END, generated_columns
from mtl_rec.config.tasks import Task
from mtl_rec.data.events.attributes import versions_of
from mtl_rec.data.events.calendar import Calendar, microseconds
from mtl_rec.data.events.codes import MISSING
from mtl_rec.data.events.columns import RowColumns
from mtl_rec.data.events.knowledge import Knowledge, Learner
from mtl_rec.data.events.parallel import in_parallel
from mtl_rec.data.events.partitions import Partition, index_partition
from mtl_rec.data.events.progress import Progress
from mtl_rec.data.events.rows import ExposureRows, rows_of
from mtl_rec.data.events.spool import Spool
from mtl_rec.data.events.summary import Summary, refuse_clock_jumps

ROWS_AT_A_TIME = 131_072


@dataclass(frozen=True)
class Job:
    """What to build.

    Attributes:
        log: The rules.
        tasks: The funnel.
        columns: Columns wanted beside ids, times and labels.
        item_table: As `read_side_table` gives it, if the log has one.
        user_table: The same for users.
    """

    log: EventLog
    tasks: Sequence[Task]
    columns: Sequence[str]
    item_table: pa.Table | None = None
    user_table: pa.Table | None = None


def build_files(
    job: Job,
    chunks: Iterable[pa.Table],
    num_partitions: int,
    folder: Path,
    progress: Progress,
) -> Summary:
    """Writes `part-*.parquet`, one file for each group of users.

    Three passes: events are divided by user on disk; each group is put in order, its
    exposures are found and added to what is known of items day by day; then each
    exposure's row is written with what was known before its time. Memory follows the
    largest group and the number of items and days, not the log.

    Args:
        job: What to build.
        chunks: Events, as `read_events` yields them.
        num_partitions: How many groups users are divided into.
        folder: Gets the files, and others in between.
        progress: Is told how far it is.

    Raises:
        SchemaError: The log contradicts the rules.
    """
    with TemporaryDirectory(prefix=".work-", dir=folder) as place:
        spool = Spool(Path(place), job.log, num_partitions)
        if job.item_table is not None:
            spool.items.add(job.item_table["key"])
        spool.write(_counted(chunks, progress))
        refuse_clock_jumps(spool.events_by_hour)
        builder = _Builder(job, spool, folder)
        return builder.write(builder.learn(progress), progress)


class _Builder:
    """The second and the third pass."""

    def __init__(self, job: Job, spool: Spool, folder: Path) -> None:
        self._job, self._spool, self._folder = job, spool, folder
        self._items = spool.items.values()
        log = job.log
        self._end = spool.last_time + 1
        if log.ends:
            self._end = microseconds(log.ends, log.timezone)
        self._calendar = Calendar(spool.first_time, self._end, log.timezone)
        recipes = generated_columns(log)
        self._recipes = {n: recipes[n] for n in job.columns if n in recipes}
        self._item_versions = self._user_versions = None
        if job.item_table is not None:
            owners = pc.index_in(job.item_table["key"], self._items).to_numpy()
            self._item_versions = versions_of(job.item_table, owners)
        if job.user_table is not None:
            keys = job.user_table["key"].combine_chunks()
            self._known_users = keys.unique()
            owners = pc.index_in(keys, self._known_users).to_numpy()
            self._user_versions = versions_of(job.user_table, owners)
        self._summary = Summary(log, job.tasks, self._calendar)

    def learn(self, progress: Progress) -> Knowledge:
        """Indexes every partition and learns from it."""
        values = {
            name: codes.values() for name, codes in self._spool.attributes.items()
        }
        learner = Learner(
            self._job.log,
            self._recipes.values(),
            self._calendar,
            self._items,
            values,
            self._item_versions,
        )

        def index(number: int) -> Partition:
            partition = self._index(number)
            learner.add(partition)
            return partition

        numbers = self._spool.numbers()
        for done, partition in enumerate(in_parallel(index, numbers), start=1):
            self._summary.add_partition(partition)
            progress("find exposures", done, len(numbers))
        self._summary.refuse_impossible()
        self._summary.refuse_exposures_like_negatives()
        return learner.finish()

    def write(self, knowledge: Knowledge, progress: Progress) -> Summary:
        """Writes the rows of every partition."""

        def write_one(number: int) -> Counter[str]:
            return self._write(number, knowledge)

        numbers = self._spool.numbers()
        for done, counts in enumerate(in_parallel(write_one, numbers), start=1):
            self._summary.rows.update(counts)
            progress("write exposures", done, len(numbers))
        self._summary.refuse_nothing()
        return self._summary

    def _index(self, number: int) -> Partition:
        partition = index_partition(
            self._spool.partition(number),
            self._job.log,
            self._job.tasks,
            self._item_versions,
            self._end,
        )
        with self._indexed(number).open("wb") as file:
            pickle.dump(partition, file, protocol=5)
        return partition

    def _write(self, number: int, knowledge: Knowledge) -> Counter[str]:
        with self._indexed(number).open("rb") as file:
            partition: Partition = pickle.load(file)
        self._indexed(number).unlink()
        rows = rows_of(partition, knowledge)
        columns = self._row_columns(partition, knowledge)
        self._write_rows(self._folder / f"part-{number:05d}.parquet", columns, rows)
        return rows.counts(partition.exposures)

    def _write_rows(self, path: Path, columns: RowColumns, rows: ExposureRows) -> None:
        if not len(rows):
            return
        writer = None
        try:
            for start in range(0, len(rows), ROWS_AT_A_TIME):
                table = columns.table(rows.part(start, start + ROWS_AT_A_TIME))
                writer = writer or pq.ParquetWriter(
                    path,
                    table.schema,
                    write_statistics=[TIME, WINDOW_END],
                    store_schema=False,
                )
                writer.write_table(table)
        finally:
            if writer:
                writer.close()

    def _row_columns(self, partition: Partition, knowledge: Knowledge) -> RowColumns:
        user_table = None
        if self._user_versions is not None:
            owners = pc.index_in(partition.users, self._known_users)
            user_table = self._user_versions, owners.fill_null(MISSING).to_numpy()
        return RowColumns(
            self._job.log, self._recipes, self._job.columns,
            partition, knowledge, user_table,
        )  # fmt: skip

    def _indexed(self, number: int) -> Path:
        return self._spool.folder / f"indexed-{number:05d}.pickle"


def _counted(chunks: Iterable[pa.Table], progress: Progress) -> Iterator[pa.Table]:
    num_rows = 0
    for chunk in chunks:
        num_rows += len(chunk)
        yield chunk
        progress("read events", num_rows, None)
