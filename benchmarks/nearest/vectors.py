"""Items' vectors to search, and users' to search with, of two origins."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Vectors:
    """What is searched and what with.

    Attributes:
        items: `(items, dim)` float32.
        queries: `(queries, dim)` float32.
    """

    items: np.ndarray
    queries: np.ndarray


def clustered(num_items: int, num_queries: int, dim: int, seed: int) -> Vectors:
    """Categories in departments, and items about them, as texts' vectors lie.

    Big categories are rare. About a category, the first directions vary more than the
    last, as they do in trained vectors; some items are longer, thus more popular, than
    others. Queries are drawn as items are: someone who looks for such a one.
    """
    random = np.random.default_rng(seed)
    falling = (0.9 ** np.arange(dim)).astype(np.float32)
    departments = 3 * random.normal(size=(100, dim)) * falling
    categories = departments[random.integers(100, size=4000)]
    categories = categories + 2 * random.normal(size=(4000, dim)) * falling
    spreads = falling[np.argsort(random.random((4000, dim)), axis=1)]
    sizes = 1 / np.arange(1, 4001) ** 0.7

    def draw(number: int) -> np.ndarray:
        own = random.choice(4000, number, p=sizes / sizes.sum())
        noise = random.standard_normal((number, dim), np.float32) * spreads[own]
        return categories[own].astype(np.float32) + noise

    items = draw(num_items)
    items *= random.lognormal(0, 0.1, (num_items, 1)).astype(np.float32)
    return Vectors(items, draw(num_queries))
