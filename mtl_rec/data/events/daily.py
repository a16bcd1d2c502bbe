"""What was known of items and the like when a day began: counts, ages and rates."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mtl_rec.data.events.timeline import sorted_search

MERGE_AT = 1_000_000


class DailyTotals:
    """Sums by entity and day, gathered piece by piece.

    Args:
        num_days: Days are numbered below this.
        num_totals: How many sums are kept side by side.
    """

    def __init__(self, num_days: int, num_totals: int) -> None:
        self._num_days = num_days
        self._keys = np.empty(0, np.int64)
        self._sums = np.empty((0, num_totals))
        self._waiting: list[tuple[np.ndarray, np.ndarray]] = []
        self._num_waiting = 0
        self._lock = threading.Lock()

    def add(
        self, entities: np.ndarray, days: np.ndarray, amounts: Sequence[np.ndarray]
    ) -> None:
        """Adds amounts to the sums; several threads may.

        Args:
            entities: Who each row is of, `(n,)`; negative ones are left out.
            days: The day of each row.
            amounts: For each sum what every row adds to it, `(n,)`.
        """
        known = entities >= 0
        keys = entities[known].astype(np.int64) * self._num_days + days[known]
        distinct, places = np.unique(keys, return_inverse=True)
        sums = [np.bincount(places, a[known], len(distinct)) for a in amounts]
        with self._lock:
            self._waiting.append((distinct, np.stack(sums, axis=1)))
            self._num_waiting += len(distinct)
            if self._num_waiting > max(MERGE_AT, len(self._keys)):
                self._merge()

    def as_of(self) -> "AsOfDay":
        """The sums, to be asked for what was known on a day."""
        self._merge()
        return AsOfDay(self._keys, self._sums, self._num_days)

    def _merge(self) -> None:
        keys = np.concatenate([self._keys, *(keys for keys, _ in self._waiting)])
        sums = np.concatenate([self._sums, *(sums for _, sums in self._waiting)])
        self._keys, places = np.unique(keys, return_inverse=True)
        self._sums = np.stack(
            [np.bincount(places, column, len(self._keys)) for column in sums.T], axis=1
        )
        self._waiting, self._num_waiting = [], 0


class AsOfDay:
    """Sums over all days before one.

    Args:
        keys: Entity times `num_days` plus day, in order.
        sums: Of each key, `(keys, totals)`.
        num_days: As in `keys`.
    """

    def __init__(self, keys: np.ndarray, sums: np.ndarray, num_days: int) -> None:
        self._keys = keys
        self._num_days = num_days
        self._running = np.concatenate([np.zeros((1, sums.shape[1])), sums.cumsum(0)])
        num_entities = int(keys[-1] // num_days) + 1 if len(keys) else 0
        starts = np.arange(num_entities + 1) * num_days
        self._starts = np.searchsorted(keys, starts)

    def before(self, entities: np.ndarray, days: np.ndarray) -> "EarlierSums":
        """What was known of entities when days began.

        Args:
            entities: `(n,)`; of negative ones nothing is known.
            days: `(n,)`.
        """
        known = (entities >= 0) & (entities < len(self._starts) - 1)
        entities = np.where(known, entities, 0).astype(np.int64)
        keys = entities * self._num_days + np.where(known, days, 0)
        first = self._starts[entities]
        return EarlierSums(self, first, sorted_search(self._keys, keys), days)


@dataclass(frozen=True)
class EarlierSums:
    """Sums of the days before a day, for each of several questions.

    Attributes:
        source: Holds the sums.
        first: Position of the first earlier day with a sum, `(n,)`.
        stop: That after the last.
        days: The day asked for.
    """

    source: AsOfDay
    first: np.ndarray
    stop: np.ndarray
    days: np.ndarray

    def totals(self) -> np.ndarray:
        """`(n, totals)`; 0 of the unknown."""
        running = self.source._running
        return running[self.stop] - running[self.first]

    def days_since_last(self) -> np.ndarray:
        """Days from the last earlier day with a sum, NaN if there is none, `(n,)`."""
        return self._ago(self.stop - 1)

    def days_since_first(self) -> np.ndarray:
        """Days from the first earlier day with a sum, NaN if there is none, `(n,)`."""
        return self._ago(self.first)

    def _ago(self, position: np.ndarray) -> np.ndarray:
        source, ago = self.source, np.full(len(position), np.nan, np.float32)
        known = self.stop > self.first
        day = source._keys[position[known]] % source._num_days
        ago[known] = self.days[known] - day
        return ago


def smoothed_rates(
    totals: np.ndarray, overall: np.ndarray, strength: float
) -> np.ndarray:
    """Rates of an entity drawn towards the overall rates.

    `(happened + strength * overall rate) / (exposures + strength)`; NaN while nothing
    at all is known.

    Args:
        totals: Exposures and what happened on them, `(n, 1 + labels)`.
        overall: The same of everything, `(n, 1 + labels)`.
        strength: Exposures that the overall rate counts as.

    Returns:
        `(n, labels)` float32.
    """
    with np.errstate(invalid="ignore"):
        rate = overall[:, 1:] / overall[:, :1]
    smoothed = (totals[:, 1:] + strength * rate) / (totals[:, :1] + strength)
    return smoothed.astype(np.float32)
