"""Customers at a moment of the shop's last day, and what they would buy."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from shop.best_items import PossiblePurchases

from mtl_rec.config import RunConfig
from mtl_rec.data.synthetic_shop.simulation import SimulatedShop, simulate
from mtl_rec.data.synthetic_shop.tables import build_table
from mtl_rec.retrieval.recommending.user_requests import request_of

LENGTH = 20
"""Items of a list."""


@dataclass(frozen=True)
class Customer:
    """Whom a list is for.

    Attributes:
        request: What is known of them and the moment.
        bought: Ids of items that they have bought before.
        chances: `(items,)`, probability that they buy an item if it is shown now; 0
            of those they have bought.
        best: The `LENGTH` items that they would most probably buy, best first.
    """

    request: dict[str, Any]
    bought: list[str]
    chances: np.ndarray
    best: np.ndarray


@dataclass(frozen=True)
class LastDay:
    """The last day of a shop, on which every item of it exists.

    Attributes:
        customers: Who came, each at their last exposure.
        age_days: `(items,)`, since when each item has been there.
    """

    customers: list[Customer]
    age_days: np.ndarray


def last_day_of(config: RunConfig, most: int) -> LastDay:
    """The simulated shop of a config on its last day.

    Args:
        config: Of a run on the simulated shop.
        most: Customers at most, drawn at random.
    """
    settings = config.data.source.model_dump(exclude={"kind"})
    shop = simulate(**settings)
    rows = _last_rows(shop, settings["num_days"])
    random = np.random.default_rng(settings["seed"])
    rows = np.sort(random.permutation(rows)[:most])
    possible = PossiblePurchases(shop, settings["num_days"], settings["seed"])
    chances = possible.of_rows(rows)
    table = build_table(shop.exposures, shop.catalogue, shop.behaviour)
    customers = [
        _customer(config, shop, table, int(row), own)
        for row, own in zip(rows, chances, strict=True)
    ]
    return LastDay(customers, settings["num_days"] - 1 - shop.catalogue.first_day)


def _last_rows(shop: SimulatedShop, num_days: int) -> np.ndarray:
    """The last row of every customer who has one on the last day."""
    rows = np.flatnonzero(shop.exposures.day == num_days - 1)
    _, from_end = np.unique(shop.exposures.user[rows][::-1], return_index=True)
    return rows[::-1][from_end]


def _customer(
    config: RunConfig,
    shop: SimulatedShop,
    table: pa.Table,
    row: int,
    chances: np.ndarray,
) -> Customer:
    before = slice(0, row)
    is_bought = shop.exposures.user[before] == shop.exposures.user[row]
    is_bought &= shop.behaviour.labels[-1, before] == 1
    bought = np.unique(shop.exposures.item[before][is_bought])
    chances = chances.copy()
    chances[bought] = 0
    request = request_of(table.slice(row, 1), config.features)
    best = np.argsort(-chances, kind="stable")[:LENGTH]
    return Customer(request, [f"i{item}" for item in bought], chances, best)
