"""Exposures: the first event of a user and an item, and what followed within a window.

A log rarely says what was shown. What it has is that a user met an item: the first
event of the two opens a window, and one after its end opens the next. The events within
say what became of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mtl_rec.config.events import EventLog
from mtl_rec.config.tasks import Task
from mtl_rec.data.events.calendar import MICROSECONDS_PER_HOUR
from mtl_rec.data.events.timeline import Moments, Timeline, pair_codes


@dataclass(frozen=True)
class Exposures:
    """Exposures of the log.

    Attributes:
        event: The event that opened each, `(n,)`.
        labels: By label column, `(n,)` of 0 and 1.
        window_ends: When the last label is known, microseconds, `(n,)`.
    """

    event: np.ndarray
    labels: Mapping[str, np.ndarray]
    window_ends: np.ndarray

    def __len__(self) -> int:
        return len(self.event)

    def where(self, kept: np.ndarray) -> "Exposures":
        """Some of them."""
        labels = {name: label[kept] for name, label in self.labels.items()}
        return Exposures(self.event[kept], labels, self.window_ends[kept])


def find_exposures(
    user: np.ndarray,
    entities: Mapping[str, np.ndarray],
    event: np.ndarray,
    time: np.ndarray,
    moments: Moments,
    log: EventLog,
    tasks: Sequence[Task],
) -> Exposures:
    """Windows of every user and item, in the order of the events that opened them.

    Args:
        user: User of each event, `(n,)`.
        entities: By `item` and item attribute, its code at each event.
        event: Type of each event, a position in `log.event_names`.
        time: Time of each event, microseconds.
        moments: The same times.
        log: The rules.
        tasks: The funnel, for labels that deeper steps imply.
    """
    pairs = pair_codes(user, entities["item"])
    candidates = np.flatnonzero(
        _is_one_of(log.opened_by or log.event_names, event, log)
    )
    window = _microseconds(log.window_hours)
    opening = _opening_events(pairs, time, moments, candidates, window)
    labels, longest = {}, 0
    for name, rule in log.labels.items():
        within = _microseconds(rule.within_hours or log.window_hours)
        longest = max(longest, within)
        wanted = np.flatnonzero(_is_one_of(rule.events, event, log))
        groups = pair_codes(user, entities[rule.same])
        timeline = Timeline(groups[wanted], moments, wanted)
        end = moments.rank(time[opening] + within)
        _, before = timeline.before(groups[opening], moments.ranks[opening])
        _, by_end = timeline.before(groups[opening], end)
        labels[name] = (by_end > before).astype(np.int8)
    imply(labels, tasks, [n for n, rule in log.labels.items() if rule.implied])
    return Exposures(opening, labels, time[opening] + longest)


def impossible(
    labels: Mapping[str, np.ndarray], tasks: Sequence[Task]
) -> dict[str, int]:
    """By task, the exposures on which it happened and the step before it did not."""
    counts = {}
    for task, parent in _steps(tasks):
        is_wrong = (labels[task.label_column] == 1) & (labels[parent.label_column] == 0)
        counts[task.name] = int(is_wrong.sum())
    return counts


def imply(
    labels: Mapping[str, np.ndarray], tasks: Sequence[Task], implied: Sequence[str]
) -> None:
    """Makes what a step follows happen where the step did, in place.

    Args:
        labels: By label column.
        tasks: The funnel.
        implied: Label columns that deeper steps prove.
    """
    for task, parent in reversed(_steps(tasks)):
        label = labels[parent.label_column]
        if parent.label_column in implied:
            np.maximum(label, labels[task.label_column], out=label)


def _steps(tasks: Sequence[Task]) -> list[tuple[Task, Task]]:
    """Each event that follows another, with that one."""
    named = {task.name: task for task in tasks}
    return [(t, named[t.after]) for t in tasks if t.after and t.kind == "binary"]


def _opening_events(
    pairs: np.ndarray,
    time: np.ndarray,
    moments: Moments,
    candidates: np.ndarray,
    window: int,
) -> np.ndarray:
    """The candidates that open a window, in order."""
    opening: list[np.ndarray] = []
    waiting = Timeline(pairs[candidates], moments, candidates).order
    while len(waiting):
        pair = pairs[waiting]
        is_first = np.append(True, pair[1:] != pair[:-1])
        opening.append(waiting[is_first])
        first = waiting[is_first][np.cumsum(is_first) - 1]
        # What lies behind the first window of its pair opens the next one.
        waiting = waiting[time[waiting] >= time[first] + window]
    return np.sort(np.concatenate(opening)) if opening else candidates


def _is_one_of(names: Sequence[str], event: np.ndarray, log: EventLog) -> np.ndarray:
    return np.isin(event, [log.event_names.index(name) for name in names])


def _microseconds(hours: float) -> int:
    return round(hours * MICROSECONDS_PER_HOUR)
