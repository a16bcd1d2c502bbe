"""What a group of users had done before a moment: histories, counts, recency."""

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import pyarrow as pa

from mtl_rec.config.events import EventLog
from mtl_rec.config.log_columns import ITEM, History, PastEvents
from mtl_rec.data.events.calendar import MICROSECONDS_PER_HOUR
from mtl_rec.data.events.codes import taken
from mtl_rec.data.events.gaps import named_gaps
from mtl_rec.data.events.partitions import Partition
from mtl_rec.data.events.rows import ExposureRows
from mtl_rec.data.events.timeline import Timeline, pair_codes

MICROSECONDS_PER_MINUTE = MICROSECONDS_PER_HOUR // 60


class UserPast:
    """The users' events before the time of each row.

    Args:
        log: The rules.
        partition: Events of the users.
        values: By `item` and item attribute, what codes stand for.
    """

    def __init__(
        self, log: EventLog, partition: Partition, values: Mapping[str, pa.Array]
    ) -> None:
        self._log, self._partition, self._values = log, partition, values
        self._timelines: dict[str | None, Timeline] = {}

    def history(self, history: History, rows: ExposureRows) -> pa.Array:
        """The last events before each row, lists with the newest at the end."""
        timeline = self._histories
        first, stop = timeline.before(rows.user, rows.rank)
        lengths = np.minimum(stop - first, self._log.history_length)
        ends = np.cumsum(lengths)
        # Positions count up within each row, from `stop - length` on.
        places = np.arange(ends[-1] if len(ends) else 0)
        places += np.repeat(stop - ends, lengths)
        events = timeline.order[places]
        asked = np.repeat(rows.time, lengths) if history.of == "time_gap" else None
        offsets = pa.array(np.append(0, ends), pa.int32())
        values = self._event_values(history.of, events, asked)
        return pa.ListArray.from_arrays(offsets, values)

    def past_events(
        self, past: PastEvents, rows: ExposureRows, codes: Mapping[str, np.ndarray]
    ) -> pa.Array:
        """Counts of events before each row, or hours since the last one.

        Args:
            past: What to count.
            rows: Which rows.
            codes: By `item` and item attribute, that of each row.
        """
        timeline, groups = self._timeline(past.with_), rows.user
        if past.with_ is not None:
            groups = pair_codes(rows.user, codes[past.with_])
        first, stop = timeline.before(groups, rows.rank)
        if past.measure == "hours_since_event":
            last = timeline.order[np.maximum(stop - 1, 0)]
            hours = (rows.time - self._partition.time[last]) / MICROSECONDS_PER_HOUR
            return pa.array(np.where(stop > first, hours, np.nan).astype(np.float32))
        if past.measure == "num_events":
            return pa.array((stop - first).astype(np.int32))
        wanted = self._log.event_names.index(past.measure.removeprefix("num_"))
        is_wanted = self._partition.event[timeline.order] == wanted
        running = np.append(0, np.cumsum(is_wanted))
        return pa.array((running[stop] - running[first]).astype(np.int32))

    @cached_property
    def _histories(self) -> Timeline:
        """The events that histories hold."""
        if not self._log.history_events:
            return self._timeline(None)
        partition, names = self._partition, self._log.event_names
        wanted = [names.index(name) for name in self._log.history_events]
        events = np.flatnonzero(np.isin(partition.event, wanted))
        return Timeline(partition.user[events], partition.moments, events)

    def _timeline(self, with_: str | None) -> Timeline:
        """All events by user, or by user with an item or an attribute."""
        if with_ not in self._timelines:
            partition, groups = self._partition, self._partition.user
            if with_ is not None:
                own = {"item": partition.item, **partition.attributes}[with_]
                groups = pair_codes(partition.user, own)
            self._timelines[with_] = Timeline(groups, partition.moments)
        return self._timelines[with_]

    def _event_values(
        self, of: str, events: np.ndarray, asked: np.ndarray | None
    ) -> pa.Array:
        partition = self._partition
        if of == "event_type":
            names = pa.array(self._log.event_names)
            return taken(names, partition.event[events].astype(np.int32))
        if asked is not None:
            minutes = (asked - partition.time[events]) / MICROSECONDS_PER_MINUTE
            return named_gaps(minutes)
        if of == ITEM:
            return taken(self._values["item"], partition.item[events])
        return taken(self._values[of], partition.attributes[of][events])
