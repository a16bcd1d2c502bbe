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
    """

    activity: np.ndarray
    budget: np.ndarray
    tastes: np.ndarray
    category_affinity: np.ndarray
    brand_affinity: np.ndarray


def draw_customers(num_users: int, rng: np.random.Generator) -> Customers:
    """Draws the users: likings for each step, and one budget for all of them."""
    return Customers(
        activity=np.exp(LOG_ACTIVITY_DEVIATION * rng.standard_normal(num_users)),
        budget=rng.standard_normal(num_users, dtype=np.float32),
        tastes=correlated_normals(rng, num_users, TASTE_DIM),
        category_affinity=correlated_normals(rng, num_users, len(CATEGORIES)),
        brand_affinity=correlated_normals(rng, num_users, len(BRANDS)),
    )


def tastes_by_day(
    tastes: np.ndarray, num_days: int, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Yields the tastes of each day: a random walk that starts at `tastes`.

    One day at a time, because all days of many users do not fit in memory.
    """
    for _ in range(num_days):
        yield tastes
        tastes = tastes + DAILY_DRIFT * correlated_normals(rng, *tastes.shape[1:])
