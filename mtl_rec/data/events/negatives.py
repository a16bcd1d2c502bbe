"""Negatives: items that a user had not touched, drawn for each exposure of the log.

A draw depends on the seed, the user, the time and the exposed item, and chooses among
items known before that time: nothing that happens later moves it. Its labels are 0,
also if the user comes to the item within the window: to look would be to see the
future.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from mtl_rec.config.log_parts import NegativeSampling, PopularityNegatives
from mtl_rec.data.draws import draws_for_keys, hashes_of_names
from mtl_rec.data.events.daily import AsOfDay
from mtl_rec.data.events.timeline import Timeline, pair_codes

MAX_ATTEMPTS = 50
"""Draws for one place; a user who has touched nine items in ten misses 1 in 200."""

CACHED_WEIGHTS = 2**25
"""Popularities of items on a day that are kept, of all days together."""


@dataclass(frozen=True)
class Negatives:
    """What was drawn.

    Attributes:
        exposure: The exposure each was drawn for, a position, `(n,)`.
        item: The item, `(n,)`.
        has_all: By exposure, whether all its draws found an item. Those without are to
            be left out: their negatives would be fewer than the correction says.
    """

    exposure: np.ndarray
    item: np.ndarray
    has_all: np.ndarray


class NegativeSampler:
    """Draws items known before the exposure.

    Args:
        sampling: How to draw.
        items: Ids of all items, in order.
        known_from: The time from which each item may be drawn, microseconds.
        totals: Events of items by day.
    """

    def __init__(
        self,
        sampling: NegativeSampling,
        items: pa.Array,
        known_from: np.ndarray,
        totals: AsOfDay,
    ) -> None:
        self._sampling = sampling
        self._hashes = hashes_of_names(items, sampling.seed)
        # Items known at a time stand before all that are known only later.
        self._order = np.lexsort([np.arange(len(items)), known_from])
        self._known_from = known_from[self._order]
        self._totals = totals
        self._running_weights = lru_cache(max(1, CACHED_WEIGHTS // max(1, len(items))))(
            self._running_weights_on
        )

    def draw(
        self, users: pa.Array, user: np.ndarray, item: np.ndarray,
        times: np.ndarray, days: np.ndarray, ranks: np.ndarray, touched: Timeline,
    ) -> Negatives:  # fmt: skip
        """Draws for each exposure.

        Args:
            users: Ids of users.
            user: Position of the user of each exposure, `(m,)`.
            item: Its item.
            times: Its time, microseconds.
            days: Its day.
            ranks: `Moments.rank` of the times.
            touched: Events by `pair_codes` of user and item.
        """
        per_exposure = self._sampling.per_exposure
        exposure = np.repeat(np.arange(len(user)), per_exposure)
        place = np.tile(np.arange(per_exposure), len(user))
        user_keys = hashes_of_names(users, self._sampling.seed)[user]
        drawn = np.full(len(exposure), -1, np.int64)
        open_places = np.arange(len(exposure))
        for attempt in range(MAX_ATTEMPTS):
            if not len(open_places):
                break
            row = exposure[open_places]
            draws = draws_for_keys(
                [
                    user_keys[row], times[row], self._hashes[item[row]],
                    place[open_places], attempt,
                ],
                self._sampling.seed,
            )  # fmt: skip
            candidate = self._choose(draws, times[row], days[row])
            pairs = pair_codes(user[row], candidate)
            first, stop = touched.before(pairs, ranks[row])
            fits = (candidate >= 0) & (candidate != item[row]) & (first == stop)
            drawn[open_places[fits]] = candidate[fits]
            open_places = open_places[~fits]
        has_all = np.all(drawn.reshape(-1, per_exposure) >= 0, axis=1)
        kept = has_all[exposure]
        return Negatives(exposure[kept], drawn[kept], has_all)

    def log_rates(
        self, items: np.ndarray, times: np.ndarray, days: np.ndarray
    ) -> np.ndarray:
        """Log of how often an item is drawn over how often it is a candidate, `(n,)`.

        `log(draws per exposure / candidates per exposure)`, and for draws by popularity
        q the log of `q * number of known items` more.
        """
        candidates = self._sampling.candidates_per_exposure or len(self._order)
        rates = np.full(len(items), np.log(self._sampling.per_exposure / candidates))
        if isinstance(self._sampling, PopularityNegatives):
            num_known = self._num_known(times)
            for day in np.unique(days):
                rows = np.flatnonzero((days == day) & (num_known > 0))
                own = self._totals.before(items[rows], days[rows]).totals()
                own = own.sum(axis=1) + 1
                all_known = self._running_weights(day)[num_known[rows] - 1]
                rates[rows] += np.log(own / all_known * num_known[rows])
        return rates

    def _choose(
        self, draws: np.ndarray, times: np.ndarray, days: np.ndarray
    ) -> np.ndarray:
        """The items that draws in [0, 1) stand for, -1 where none is known."""
        num_known = self._num_known(times)
        places = (draws * num_known).astype(np.int64)
        if isinstance(self._sampling, PopularityNegatives):
            for day in np.unique(days):
                rows = np.flatnonzero((days == day) & (num_known > 0))
                running = self._running_weights(day)
                wanted = draws[rows] * running[num_known[rows] - 1]
                places[rows] = np.searchsorted(running, wanted, side="right")
        return np.where(num_known > 0, self._order[places], -1)

    def _num_known(self, times: np.ndarray) -> np.ndarray:
        """How many items were known before each time."""
        return np.searchsorted(self._known_from, times, side="left")

    def _running_weights_on(self, day: int) -> np.ndarray:
        """Sums of how likely items are drawn on a day, in the order they are known."""
        days = np.full(len(self._order), day)
        return (
            self._totals.before(self._order, days).totals().sum(axis=1) + 1
        ).cumsum()
