"""The customers: how active they are, what they like and what they can spend."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mtl_rec.data.synthetic_shop.catalogue import BRANDS, CATEGORIES, TASTE_DIM
from mtl_rec.data.synthetic_shop.steps import correlated_normals

LOG_ACTIVITY_DEVIATION = 1.0
DAILY_DRIFT = 0.05


@dataclass(frozen=True)
class Customers:
    """The users of the shop, float32.

    Args:
        activity: `(users,)`, the weight in the draw of exposures; log-normal.
        budget: `(users,)`, in the unit of `Catalogue.relative_price`.
        tastes: `(steps, users, taste_dim)`, as of the first day.
        category_affinity: `(steps, users, categories)`.
        brand_affinity: `(steps, users, brands)`.
        taste_half_life_days: Days after which tastes and what they were correlate by a
            half; None lets them walk.
    """

    activity: np.ndarray
    budget: np.ndarray
    tastes: np.ndarray
    category_affinity: np.ndarray
    brand_affinity: np.ndarray
    taste_half_life_days: float | None = None


def draw_customers(
    num_users: int,
    rng: np.random.Generator,
    taste_half_life_days: float | None = None,
) -> Customers:
    """Draws the users: likings for each step, and one budget for all of them."""
    return Customers(
        activity=np.exp(LOG_ACTIVITY_DEVIATION * rng.standard_normal(num_users)),
        budget=rng.standard_normal(num_users, dtype=np.float32),
        tastes=correlated_normals(rng, num_users, TASTE_DIM),
        category_affinity=correlated_normals(rng, num_users, len(CATEGORIES)),
        brand_affinity=correlated_normals(rng, num_users, len(BRANDS)),
        taste_half_life_days=taste_half_life_days,
    )


def tastes_by_day(
    tastes: np.ndarray,
    num_days: int,
    rng: np.random.Generator,
    half_life_days: float | None = None,
) -> Iterator[np.ndarray]:
    """Yields the tastes of each day, which start at `tastes`.

    They are a random walk, or with a half-life an Ornstein-Uhlenbeck process: what has
    gone is replaced, so that their variance stays. One day at a time, because all days
    of many users do not fit in memory.
    """
    kept, moved = 1.0, DAILY_DRIFT
    if half_life_days is not None:
        kept = 0.5 ** (1 / half_life_days)
        moved = (1 - kept**2) ** 0.5
    for _ in range(num_days):
        yield tastes
        tastes = kept * tastes + moved * correlated_normals(rng, *tastes.shape[1:])
