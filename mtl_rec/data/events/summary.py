"""What became of a log: how many rows of each sort, and what looked odd."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mtl_rec.config.events import EventLog
from mtl_rec.config.tasks import Task
from mtl_rec.data.events.calendar import Calendar
from mtl_rec.data.events.partitions import Partition
from mtl_rec.errors import SchemaError

# A person rarely clicks once in 40 seconds all through a waking day.
MOST_EVENTS_A_DAY = 1_500
SHOWN_USERS = 20

# Hours without any event, and share of the events beyond them, that tell a clock that
# is wrong from a quiet night.
JUMP_HOURS = 7 * 24
JUMP_SHARE = 0.001


class Summary:
    """Counts of what was read, left out and written.

    Args:
        log: The rules.
        tasks: The funnel.
        calendar: The days.

    Attributes:
        rows: `exposures`, `negatives`, `without_negatives`, and by label column the
            exposures on which it is 1.
    """

    def __init__(
        self, log: EventLog, tasks: Sequence[Task], calendar: Calendar
    ) -> None:
        self._log, self._tasks, self._calendar = log, tasks, calendar
        self.rows: Counter[str] = Counter()
        self._events: Counter[str] = Counter()
        self._impossible: Counter[str] = Counter()
        self._busiest: Counter[str] = Counter()
        self._without: Counter[str] = Counter()

    def add_partition(self, partition: Partition) -> None:
        """Takes in the counts of a group of users."""
        self._events["events"] += len(partition.time)
        self._events["users"] += len(partition.users)
        self._events["duplicate_events"] += partition.num_duplicates
        self._events["windows_cut_by_end"] += partition.num_cut
        self._impossible.update(partition.impossible)
        for name, label in partition.exposures.labels.items():
            self._without[name] += int((label == 0).sum())
        num_days = len(self._calendar)
        days = self._calendar.day(partition.time)
        keys, counts = np.unique(
            partition.user.astype(np.int64) * num_days + days, return_counts=True
        )
        for key in np.flatnonzero(counts > MOST_EVENTS_A_DAY):
            user = partition.users[int(keys[key] // num_days)].as_py()
            self._busiest[user] = max(self._busiest[user], int(counts[key]))

    def refuse_impossible(self) -> None:
        """Refuses steps without the one before, unless they are to be repaired.

        Raises:
            SchemaError: There are such exposures.
        """
        wrong = +self._impossible
        if not wrong or self._log.repair:
            return
        parents = {task.name: task.after for task in self._tasks}
        counts = ", ".join(
            f"{count} with `{name}` without `{parents[name]}`"
            for name, count in wrong.items()
        )
        raise SchemaError(
            f"Every step of the funnel must follow the one before. Received: {counts}. "
            "Where a later step proves an earlier one that was not logged, set "
            "`implied: true` on the earlier label, or `data.source.repair: true` for "
            "all; where it does not, the tasks are siblings: change `after`."
        )

    def refuse_exposures_like_negatives(self) -> None:
        """Refuses exposures without the first event where negatives are drawn.

        The odds of the event are corrected for rows without it being drawn; those that
        the log has were not.

        Raises:
            SchemaError: There are such exposures.
        """
        first = next(task for task in self._tasks if task.after is None)
        count = self._without[first.label_column]
        if self._log.negatives and count:
            raise SchemaError(
                f"Every exposure of the log must have `{first.name}` where "
                f"`data.source.negatives` are drawn, which lack it. Received: {count} "
                "exposures without. Add to the events of its label, say that it is "
                "`implied`, or choose with `opened_by` what an exposure is."
            )

    def refuse_nothing(self) -> None:
        """Refuses a log without any exposure.

        Raises:
            SchemaError: There is none.
        """
        events, cut = self._events["events"], self._events["windows_cut_by_end"]
        if not self.rows["exposures"]:
            raise SchemaError(
                f"The log must give exposures. Received: {events} events without one; "
                f"{cut} windows of {self._log.window_hours:g} hours end after the log, "
                f"and {self.rows['without_negatives']} exposures have no item to draw."
            )

    def about(self) -> dict[str, Any]:
        """Everything, as JSON can hold it."""
        labels = {name: self.rows[name] for name in self._log.labels}
        return {
            **self._events,
            "exposures": self.rows["exposures"],
            "sampled_negatives": self.rows["negatives"],
            "exposures_without_negatives": self.rows["without_negatives"],
            "labels": labels,
            "repaired": dict(+self._impossible),
            "busiest_users": {
                "events_a_day_over": MOST_EVENTS_A_DAY,
                "users": len(self._busiest),
                "most_events_on_a_day": dict(self._busiest.most_common(SHOWN_USERS)),
            },
        }


def refuse_clock_jumps(events_by_hour: Mapping[int, int]) -> None:
    """Refuses a log with a few events long before or after all others.

    One such event would move the log's end, and windows that it really cuts off would
    pass for whole ones.

    Raises:
        SchemaError: There are such events.
    """
    hours = np.array(sorted(events_by_hour))
    counts = np.array([events_by_hour[hour] for hour in hours])
    before = np.cumsum(counts) / counts.sum()
    for gap in np.flatnonzero(np.diff(hours) > JUMP_HOURS):
        share = min(before[gap], 1 - before[gap])
        if share < JUMP_SHARE:
            edge = [_date(hours[gap]), _date(hours[gap + 1])]
            raise SchemaError(
                "The times of a log must not jump. Received: no events between "
                f"{edge[0]} and {edge[1]}, and only {share:.2%} of all of them on one "
                "side. A clock was wrong there: set `data.source.starts` or "
                "`data.source.ends`, and those events are rejected."
            )


def _date(hour: int) -> str:
    return str(np.datetime64(int(hour), "h").astype("datetime64[D]"))
