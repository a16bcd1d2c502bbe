"""The events of one group of users, in order, and the exposures among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.events import EventLog
from mtl_rec.config.tasks import Task
from mtl_rec.data.events.attributes import Versions
from mtl_rec.data.events.codes import missing_last
from mtl_rec.data.events.timeline import Moments
from mtl_rec.data.events.windows import (
    Exposures,
    find_exposures,
    imply,
    impossible,
)


@dataclass(frozen=True)
class Partition:
    """Events in order of user, time, item and type, and what opened a window.

    Attributes:
        users: Ids of the users, in order.
        user: User of each event, a position, `(n,)`.
        item: Item of each event, a position among all items in order, `(n,)`.
        event: Type of each event, a position in `log.event_names`, `(n,)`.
        time: Microseconds since 1970 UTC, `(n,)`.
        moments: The distinct times.
        attributes: By item attribute, its code at the event, `(n,)`.
        context: Columns of the moment, a row for each event.
        exposures: Windows of users and items.
        num_duplicates: Events left out because one just like them was there.
        num_cut: Exposures left out because the log ends within their window.
        impossible: By task, exposures on which it came without the step before it.
    """

    users: pa.Array
    user: np.ndarray
    item: np.ndarray
    event: np.ndarray
    time: np.ndarray
    moments: Moments
    attributes: Mapping[str, np.ndarray]
    context: pa.Table
    exposures: Exposures
    num_duplicates: int
    num_cut: int
    impossible: Mapping[str, int]


def index_partition(
    events: pa.Table,
    log: EventLog,
    tasks: Sequence[Task],
    item_table: Versions | None,
    end: int,
) -> Partition:
    """Puts events in order and finds the exposures among them.

    Args:
        events: As the spool gives them.
        log: The rules.
        tasks: The funnel.
        item_table: Attributes of items that are not in the log itself.
        end: When the log ends, microseconds.
    """
    encoded = events["user"].combine_chunks().dictionary_encode()
    by_name = pc.sort_indices(encoded.dictionary).to_numpy()
    place = np.empty(len(by_name), np.int32)
    place[by_name] = np.arange(len(by_name), dtype=np.int32)
    user = place[encoded.indices.to_numpy()]
    moments = Moments(events["time"].to_numpy())
    item, event = events["item"].to_numpy(), events["event"].to_numpy()
    # Two numbers hold all four keys. Nothing depends on the order of the log's rows.
    when = user.astype(np.int64) * len(moments) + moments.ranks
    what = item.astype(np.int64) * len(log.event_names) + event
    order = np.lexsort([what, when])
    order = _without_repeats(order, when, what, events, log)
    user, item, event = user[order], item[order], event[order]
    time = events["time"].to_numpy()[order]
    moments = Moments(time)
    attributes = {name: events[name].to_numpy()[order] for name in log.item_columns}
    if item_table:
        rows = item_table.rows(item, time)
        attributes |= {name: item_table.code(name, rows) for name in item_table.codes}
    exposures = find_exposures(
        user, {"item": item, **attributes}, event, time, moments, log, tasks
    )
    is_whole = exposures.window_ends <= end
    exposures = exposures.where(is_whole)
    wrong = impossible(exposures.labels, tasks)
    if log.repair:
        imply(exposures.labels, tasks, list(log.labels))
    return Partition(
        encoded.dictionary.take(pa.array(by_name)),
        user,
        item,
        event,
        time,
        moments,
        attributes,
        events.select(list(log.context_columns)).take(pa.array(order)),
        exposures,
        len(events) - len(order),
        int((~is_whole).sum()),
        wrong,
    )


def _without_repeats(
    order: np.ndarray,
    when: np.ndarray,
    what: np.ndarray,
    events: pa.Table,
    log: EventLog,
) -> np.ndarray:
    """The order without events that equal the one before them in it.

    Equal events may differ in other columns: the one with the least values stays,
    wherever in the log it was.
    """
    repeats = (np.diff(when[order]) == 0) & (np.diff(what[order]) == 0)
    if not repeats.any():
        return order
    same = np.append(False, repeats) | np.append(repeats, False)
    rows = order[same]
    names = [*log.item_columns, *log.context_columns]
    if names:
        values = events.select(names).take(pa.array(rows))
        for name in log.item_columns:
            place = values.column_names.index(name)
            codes = missing_last(values[name].to_numpy())
            values = values.set_column(place, name, pa.array(codes))
        by_value = [(name, "ascending") for name in names]
        least = pc.sort_indices(values, by_value)
        rows = rows[least.to_numpy()]
        order[same] = rows[np.lexsort([what[rows], when[rows]])]
    return order[np.append(True, ~repeats)]
