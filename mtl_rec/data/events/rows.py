"""Which rows are written: who, what and when, the log's exposures and the negatives."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from mtl_rec.data.events.knowledge import Knowledge
from mtl_rec.data.events.partitions import Partition
from mtl_rec.data.events.timeline import Timeline, pair_codes
from mtl_rec.data.events.windows import Exposures


@dataclass(frozen=True)
class ExposureRows:
    """Rows to be written, of one partition.

    Attributes:
        exposure: The exposure each row belongs to, `(n,)`.
        item: The exposed item, or one drawn in its place, `(n,)`.
        is_sampled: Whether it was drawn, `(n,)`.
        user: Position of the user, `(n,)`.
        time: Of the exposure, microseconds, `(n,)`.
        rank: `Moments.rank` of the time, `(n,)`.
        day: Of the exposure, `(n,)`.
    """

    exposure: np.ndarray
    item: np.ndarray
    is_sampled: np.ndarray
    user: np.ndarray
    time: np.ndarray
    rank: np.ndarray
    day: np.ndarray

    def __len__(self) -> int:
        return len(self.exposure)

    def part(self, start: int, stop: int) -> "ExposureRows":
        """Some consecutive ones."""
        return ExposureRows(*(column[start:stop] for column in vars(self).values()))

    def counts(self, exposures: Exposures) -> Counter[str]:
        """How many rows there are of each sort, and with each label."""
        own = self.exposure[~self.is_sampled]
        counts = Counter(
            exposures=len(own),
            negatives=int(self.is_sampled.sum()),
            without_negatives=len(exposures) - len(own),
        )
        for name, label in exposures.labels.items():
            counts[name] = int(label[own].sum())
        return counts


def rows_of(partition: Partition, knowledge: Knowledge) -> ExposureRows:
    """One row for each exposure, and one for each negative drawn for it.

    Exposures that lack negatives, as nothing else was known yet, are left out.
    """
    event = partition.exposures.event
    exposure = np.arange(len(event))
    item = partition.item[event]
    is_sampled = np.zeros(len(event), bool)
    if knowledge.sampler:
        pairs = pair_codes(partition.user, partition.item)
        touched = Timeline(pairs, partition.moments)
        time = partition.time[event]
        drawn = knowledge.sampler.draw(
            partition.users,
            partition.user[event],
            item,
            time,
            knowledge.calendar.day(time),
            partition.moments.ranks[event],
            touched,
        )
        exposure = np.append(exposure[drawn.has_all], drawn.exposure)
        item = np.append(item[drawn.has_all], drawn.item)
        is_sampled = np.arange(len(item)) >= drawn.has_all.sum()
        order = np.argsort(exposure, kind="stable")
        exposure, item, is_sampled = exposure[order], item[order], is_sampled[order]
    opened_by = event[exposure]
    time = partition.time[opened_by]
    return ExposureRows(
        exposure,
        item,
        is_sampled,
        partition.user[opened_by],
        time,
        partition.moments.ranks[opened_by],
        knowledge.calendar.day(time),
    )
