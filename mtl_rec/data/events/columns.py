"""The columns of rows: labels, and what was known before each row's time."""

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.events import EventLog
from mtl_rec.config.log_columns import (
    ITEM,
    TIME,
    USER,
    WINDOW_END,
    Clock,
    EarlierDays,
    History,
    PastEvents,
    Recipe,
)
from mtl_rec.data.events.attributes import Versions
from mtl_rec.data.events.codes import taken
from mtl_rec.data.events.daily import smoothed_rates
from mtl_rec.data.events.knowledge import Knowledge
from mtl_rec.data.events.partitions import Partition
from mtl_rec.data.events.past import UserPast
from mtl_rec.data.events.rows import ExposureRows
from mtl_rec.schema.rows import IS_SAMPLED, LOG_SAMPLING_RATE


class RowColumns:
    """Makes the columns of rows of one partition.

    Args:
        log: The rules.
        recipes: By name, the generated columns to make.
        columns: Names of all columns to make.
        partition: Events and exposures of a group of users.
        knowledge: What is known of items.
        user_table: Attributes of users, and the owner in it of each of the partition's
            users; None where the log has no such table.
    """

    def __init__(
        self,
        log: EventLog,
        recipes: Mapping[str, Recipe],
        columns: Iterable[str],
        partition: Partition,
        knowledge: Knowledge,
        user_table: tuple[Versions, np.ndarray] | None,
    ) -> None:
        self._log, self._recipes, self._columns = log, recipes, list(columns)
        self._partition, self._knowledge = partition, knowledge
        self._user_table = user_table
        self._values = {"item": knowledge.items}
        for versions in knowledge.versions:
            self._values |= versions.values
        self._past = UserPast(log, partition, self._values)

    def table(self, rows: ExposureRows) -> pa.Table:
        """All columns of some rows."""
        partition, log = self._partition, self._log
        exposures = partition.exposures
        columns: dict[str, pa.Array] = {
            USER: taken(partition.users, rows.user),
            ITEM: taken(self._knowledge.items, rows.item),
            TIME: _timestamps(rows.time),
            WINDOW_END: _timestamps(exposures.window_ends[rows.exposure]),
        }
        for name in log.labels:
            label = exposures.labels[name][rows.exposure]
            columns[name] = pa.array(np.where(rows.is_sampled, np.int8(0), label))
        if self._knowledge.sampler:
            rates = self._knowledge.sampler.log_rates(rows.item, rows.time, rows.day)
            columns[IS_SAMPLED] = pa.array(rows.is_sampled)
            columns[LOG_SAMPLING_RATE] = pa.array(rates)
        codes = self._codes(rows)
        for name in self._columns:
            if name not in columns:
                columns[name] = self._column(name, rows, codes)
        return pa.table(columns)

    def _codes(self, rows: ExposureRows) -> dict[str, np.ndarray]:
        """By `item` and item attribute, that of each row."""
        codes = {"item": rows.item}
        for versions in self._knowledge.versions:
            held = versions.rows(rows.item, rows.time)
            codes |= {name: versions.code(name, held) for name in versions.codes}
        return codes

    def _column(
        self, name: str, rows: ExposureRows, codes: Mapping[str, np.ndarray]
    ) -> pa.Array:
        if name in self._log.item_attributes:
            return taken(self._values[name], codes[name])
        if name in self._log.context_columns:
            opened_by = self._partition.exposures.event[rows.exposure]
            column = self._partition.context[name].combine_chunks()
            return column.take(pa.array(opened_by))
        if self._user_table and name in self._user_table[0].codes:
            versions, owners = self._user_table
            held = versions.rows(owners[rows.user], rows.time)
            return taken(versions.values[name], versions.code(name, held))
        match self._recipes[name]:
            case Clock() as clock:
                return self._clock(clock, rows)
            case History() as history:
                return self._past.history(history, rows)
            case PastEvents() as past:
                return self._past.past_events(past, rows, codes)
            case EarlierDays() as earlier:
                return self._earlier_days(earlier, rows.day, codes[earlier.of])

    def _clock(self, clock: Clock, rows: ExposureRows) -> pa.Array:
        zoned = pa.array(rows.time, pa.timestamp("us", self._log.timezone))
        if clock.unit == "hour":
            return pc.hour(zoned)
        return pc.day_of_week(zoned, count_from_zero=False, week_start=1)

    def _earlier_days(
        self, earlier: EarlierDays, days: np.ndarray, of: np.ndarray
    ) -> pa.Array:
        measure, knowledge = earlier.measure, self._knowledge
        if measure.endswith("_rate"):
            label = list(self._log.labels).index(measure.removesuffix("_rate"))
            everything = np.zeros(len(of), np.int64)
            rates = smoothed_rates(
                knowledge.exposures[earlier.of].before(of, days).totals(),
                knowledge.overall.before(everything, days).totals(),
                self._log.rate_smoothing,
            )
            return pa.array(rates[:, label])
        events = knowledge.events[earlier.of].before(of, days)
        if measure == "days_since_event":
            return pa.array(events.days_since_last())
        if measure == "days_since_first_event":
            return pa.array(events.days_since_first())
        totals = events.totals()
        if measure == "num_events":
            return pa.array(totals.sum(axis=1).astype(np.int32))
        wanted = self._log.event_names.index(measure.removeprefix("num_"))
        return pa.array(totals[:, wanted].astype(np.int32))


def _timestamps(times: np.ndarray) -> pa.Array:
    return pa.array(times, pa.timestamp("us", "UTC"))
