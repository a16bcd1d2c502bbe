"""The items: what a customer reads about them, and what only the simulation knows."""

from dataclasses import dataclass

import numpy as np

from mtl_rec.data.synthetic_shop.steps import correlated_normals
from mtl_rec.data.synthetic_shop.titles import Titles, draw_appeal, write_titles
from mtl_rec.data.synthetic_shop.words import CATEGORY_NOUNS

CATEGORIES = tuple(name for names in CATEGORY_NOUNS.values() for name in names)
TYPICAL_PRICES = {
    "shoes": 60, "dresses": 45, "shirts": 25, "jackets": 90, "bags": 50,
    "bedding": 70, "curtains": 40, "rugs": 80,
    "chairs": 120, "tables": 180, "lamps": 35, "shelves": 65,
    "headphones": 80, "speakers": 70, "keyboards": 55, "cameras": 300,
    "skincare": 30, "soaps": 9, "teas": 15, "sweets": 12,
}  # fmt: skip
LOG_PRICE_DEVIATION = 0.5

BRANDS = tuple(
    start + end
    for start in ("Al", "Bel", "Dor", "Kai", "Lu", "Mar", "Nor", "Ori", "Sol", "Zen")
    for end in (
        "bay",
        "dale",
        "lux",
        "mond",
        "pine",
        "ro",
        "sen",
        "tana",
        "vik",
        "wen",
    )
)
# Category c sells the brands 5c, 5c + 1, ..., so that each brand is in three of them.
BRAND_STRIDE = len(BRANDS) // len(CATEGORIES)
BRANDS_PER_CATEGORY = 3 * BRAND_STRIDE

ZIPF_EXPONENT = 0.9
# One in five items appears in the last one of five parts of the days.
NEW_ONE_IN = 5
TASTE_DIM = 8


@dataclass(frozen=True)
class Catalogue:
    """The items of the shop, one array entry per item.

    Args:
        category: Numbers in `CATEGORIES`.
        brand: Numbers in `BRANDS`.
        titles: Titles in either language.
        price: Float32, in the shop's currency.
        relative_price: Deviations of the log price from that of its category.
        popularity: Weight in the draw of exposures; a power of a random rank.
        first_day: Day from which the item exists.
        taste_vectors: `(items, taste_dim)`, what tastes are matched with.
        appeal: `(steps, items)`, from the title.
        quality: `(steps, items)`, from nothing that can be read.
    """

    category: np.ndarray
    brand: np.ndarray
    titles: Titles
    price: np.ndarray
    relative_price: np.ndarray
    popularity: np.ndarray
    first_day: np.ndarray
    taste_vectors: np.ndarray
    appeal: np.ndarray
    quality: np.ndarray


def draw_catalogue(
    num_items: int, num_days: int, streams: dict[str, np.random.Generator]
) -> Catalogue:
    """Draws the items, a fifth of which appear in the last fifth of the days."""
    rng = streams["catalogue"]
    category = rng.integers(len(CATEGORIES), size=num_items)
    offset = rng.integers(BRANDS_PER_CATEGORY, size=num_items)
    price, relative_price = _draw_prices(category, rng)
    titles = write_titles(category, streams["titles"])
    return Catalogue(
        category=category,
        brand=(category * BRAND_STRIDE + offset) % len(BRANDS),
        titles=titles,
        price=price,
        relative_price=relative_price,
        popularity=(1.0 + rng.permutation(num_items)) ** -ZIPF_EXPONENT,
        first_day=_draw_first_days(num_items, num_days, rng),
        taste_vectors=rng.standard_normal((num_items, TASTE_DIM), dtype=np.float32),
        appeal=draw_appeal(titles, streams["appeal"]),
        quality=correlated_normals(rng, num_items),
    )


def first_new_day(num_days: int) -> int:
    """Returns the first of the last fifth of the days."""
    return num_days - num_days // NEW_ONE_IN


def _draw_prices(
    category: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    typical = np.array([TYPICAL_PRICES[name] for name in CATEGORIES])[category]
    deviations = LOG_PRICE_DEVIATION * rng.standard_normal(len(category))
    price = np.round(typical * np.exp(deviations), 2).astype(np.float32)
    relative_price = np.log(price / typical) / LOG_PRICE_DEVIATION
    return price, relative_price.astype(np.float32)


def _draw_first_days(
    num_items: int, num_days: int, rng: np.random.Generator
) -> np.ndarray:
    num_new = num_items // NEW_ONE_IN
    start = first_new_day(num_days)
    first_day = np.zeros(num_items, dtype=np.int64)
    # Evenly over the days; which items are new has nothing to do with their number.
    first_day[:num_new] = start + np.arange(num_new) * (num_days - start) // num_new
    return rng.permutation(first_day)
