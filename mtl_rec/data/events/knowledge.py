"""What the whole log says of items, day by day: all that partitions have in common."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mtl_rec.config.events import EventLog
from mtl_rec.config.log_columns import EarlierDays, Recipe
from mtl_rec.data.events.attributes import ItemDays, Versions
from mtl_rec.data.events.calendar import Calendar
from mtl_rec.data.events.daily import AsOfDay, DailyTotals
from mtl_rec.data.events.negatives import NegativeSampler
from mtl_rec.data.events.partitions import Partition


@dataclass(frozen=True)
class Knowledge:
    """What was known of items when each day began.

    Attributes:
        calendar: The days.
        items: Ids of all items, in order.
        versions: Item attributes, those of the log and those of the item table.
        events: By `item` or an attribute, events by type.
        exposures: By `item` or an attribute, exposures and what happened on them.
        overall: The same of everything.
        sampler: Draws negatives, if they are wanted.
    """

    calendar: Calendar
    items: pa.Array
    versions: Sequence[Versions]
    events: Mapping[str, AsOfDay]
    exposures: Mapping[str, AsOfDay]
    overall: AsOfDay
    sampler: NegativeSampler | None


class Learner:
    """Gathers what is known of items, partition by partition.

    Args:
        log: The rules.
        recipes: The columns wanted: only what they need is gathered.
        calendar: The days.
        items: Ids of all items, in order.
        values: By item column of the log, its distinct values.
        item_table: Attributes of items that are not in the log itself.
    """

    def __init__(
        self,
        log: EventLog,
        recipes: Iterable[Recipe],
        calendar: Calendar,
        items: pa.Array,
        values: Mapping[str, pa.Array],
        item_table: Versions | None,
    ) -> None:
        self._log, self._calendar, self._items = log, calendar, items
        self._item_table = item_table
        wanted = [recipe for recipe in recipes if isinstance(recipe, EarlierDays)]
        rated = {recipe.of for recipe in wanted if recipe.measure.endswith("_rate")}
        counted = {r.of for r in wanted if not r.measure.endswith("_rate")}
        self._lock = threading.Lock()
        self._first_times = np.full(len(items), np.iinfo(np.int64).max)
        num_types, num_labels = len(log.event_names), len(log.labels)

        def totals(num: int) -> DailyTotals:
            # Windows close up to a day after the last one of the log.
            return DailyTotals(len(calendar) + 2, num)

        self._events = {of: totals(num_types) for of in sorted(counted | {"item"})}
        self._exposures = {of: totals(1 + num_labels) for of in sorted(rated)}
        self._overall = totals(1 + num_labels)
        self._item_days = ItemDays(calendar, values) if values else None

    def add(self, partition: Partition) -> None:
        """Takes in a group of users; several threads may."""
        with self._lock:
            np.minimum.at(self._first_times, partition.item, partition.time)
        entities = {"item": partition.item, **partition.attributes}
        days = self._calendar.day(partition.time)
        types = range(len(self._log.event_names))
        is_type = [(partition.event == number).astype(float) for number in types]
        for of, totals in self._events.items():
            totals.add(entities[of], days, is_type)
        exposures = partition.exposures
        # Known from the day that begins after the window's end.
        closing = self._calendar.first_day_after(exposures.window_ends) - 1
        amounts = [np.ones(len(exposures)), *exposures.labels.values()]
        everything = np.zeros(len(exposures), np.int64)
        self._overall.add(everything, closing, amounts)
        for of, totals in self._exposures.items():
            totals.add(entities[of][exposures.event], closing, amounts)
        if self._item_days:
            codes = {
                name: partition.attributes[name] for name in self._log.item_columns
            }
            self._item_days.add(partition.item, partition.time, codes)

    def finish(self) -> Knowledge:
        """What was learned."""
        log = self._log
        versions = [self._item_days.versions()] if self._item_days else []
        versions += [self._item_table] if self._item_table else []
        events = {of: totals.as_of() for of, totals in self._events.items()}
        sampler = None
        if log.negatives:
            sampler = NegativeSampler(
                log.negatives, self._items, self._known_from(), events["item"]
            )
        return Knowledge(
            self._calendar,
            self._items,
            versions,
            events,
            {of: totals.as_of() for of, totals in self._exposures.items()},
            self._overall.as_of(),
            sampler,
        )

    def _known_from(self) -> np.ndarray:
        """When each item is first met, in the log or in the item table."""
        known = self._first_times.copy()
        if self._item_table:
            np.minimum.at(known, self._item_table.owners, self._item_table.valid_from)
        return known
