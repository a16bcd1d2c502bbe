"""The exposures: who was shown what, when, and in which slot of the page."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mtl_rec.data.synthetic_shop.catalogue import Catalogue
from mtl_rec.data.synthetic_shop.customers import Customers

FIRST_TIMESTAMP = 1_704_067_200  # 2024-01-01 00:00:00 UTC
SECONDS_PER_HOUR = 3600
SECONDS_PER_DAY = 24 * SECONDS_PER_HOUR
NUM_POSITIONS = 10

# Visits by hour, relative: asleep until six, lunch at noon, most between eight and ten.
HOURLY_TRAFFIC = (
    2.0, 1.2, 0.8, 0.6, 0.6, 0.9, 1.6, 2.6, 3.6, 4.4, 5.0, 5.2,
    5.6, 5.2, 4.8, 4.8, 5.0, 5.2, 5.6, 6.6, 7.6, 7.8, 6.4, 4.0,
)  # fmt: skip


@dataclass(frozen=True)
class Exposures:
    """The exposures in the order of time, one array entry each.

    Args:
        timestamp: Unix seconds.
        day: Days since the first.
        hour: Hour of the day, UTC.
        position: Slot of the page, from 1.
        user: User numbers.
        item: Item numbers.
    """

    timestamp: np.ndarray
    day: np.ndarray
    hour: np.ndarray
    position: np.ndarray
    user: np.ndarray
    item: np.ndarray

    def __len__(self) -> int:
        """Returns the number of exposures."""
        return len(self.timestamp)

    def slices_by_day(self, num_days: int) -> list[slice]:
        """Returns the rows of each day."""
        bounds = np.searchsorted(self.day, np.arange(num_days + 1)).tolist()
        return [slice(*pair) for pair in pairwise(bounds)]


def draw_exposures(
    num_exposures: int,
    num_days: int,
    catalogue: Catalogue,
    customers: Customers,
    rng: np.random.Generator,
) -> Exposures:
    """Draws users by activity, and items by popularity among those that exist."""
    timestamp = _draw_timestamps(num_exposures, num_days, rng)
    day, second_of_day = np.divmod(timestamp, SECONDS_PER_DAY)
    # The lower the slot, the fewer customers scroll down to it.
    position_weights = np.arange(1, NUM_POSITIONS + 1) ** -0.5
    return Exposures(
        timestamp=FIRST_TIMESTAMP + timestamp,
        day=day.astype(np.int32),
        hour=(second_of_day // SECONDS_PER_HOUR).astype(np.int8),
        position=1 + _choose(position_weights, num_exposures, rng).astype(np.int8),
        user=_choose(customers.activity, num_exposures, rng),
        item=_draw_items(day, num_days, catalogue, rng),
    )


def _draw_timestamps(
    num_exposures: int, num_days: int, rng: np.random.Generator
) -> np.ndarray:
    day = rng.integers(num_days, size=num_exposures)
    hour = _choose(np.array(HOURLY_TRAFFIC), num_exposures, rng)
    second = rng.integers(SECONDS_PER_HOUR, size=num_exposures)
    return np.sort(day * SECONDS_PER_DAY + hour * SECONDS_PER_HOUR + second)


def _draw_items(
    day: np.ndarray, num_days: int, catalogue: Catalogue, rng: np.random.Generator
) -> np.ndarray:
    return np.concatenate(
        [
            _choose(catalogue.popularity * (catalogue.first_day <= today), size, rng)
            for today, size in enumerate(np.bincount(day, minlength=num_days))
        ]
    )


def _choose(weights: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    chosen = rng.choice(len(weights), size=size, p=weights / weights.sum())
    return chosen.astype(np.int32)
