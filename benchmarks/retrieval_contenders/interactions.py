"""Who did what with which item, by part of the data: what all contenders share."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

CONFIGS = Path(__file__).parents[1] / "retrieval_configs"
PARTS = ("train", "validation", "test")
USER, ITEM = "user_id", "item_id"


@dataclass(frozen=True)
class Positives:
    """Pairs of a user and an item with a positive label, each pair once.

    Attributes:
        users: `(pairs,)` codes.
        items: `(pairs,)` codes.
        weights: `(pairs,)` labels that were 1, over all exposures of the pair.
    """

    users: np.ndarray
    items: np.ndarray
    weights: np.ndarray

    def keys(self, num_items: int) -> np.ndarray:
        """One number for each pair, in order."""
        return self.users * num_items + self.items


@dataclass(frozen=True)
class Queries:
    """What is asked of each contender, and what is right.

    Attributes:
        users: `(queries,)` codes of users with a positive in training.
        relevant: By query, codes of the items that the user had a positive of in the
            part asked about, and not in the parts before.
        seen: By query, codes of the items that no list may hold.
    """

    users: np.ndarray
    relevant: list[np.ndarray]
    seen: list[np.ndarray]


@dataclass(frozen=True)
class Interactions:
    """A data set as retrieval sees it.

    Attributes:
        user_ids: `(users,)` text, by code.
        item_ids: `(items,)` text, by code: every item of any part.
        positives: By part.
    """

    user_ids: np.ndarray
    item_ids: np.ndarray
    positives: Mapping[str, Positives]

    @cached_property
    def item_counts(self) -> np.ndarray:
        """By item, its users with a positive in training."""
        return np.bincount(
            self.positives["train"].items, minlength=len(self.item_ids)
        )

    def upto(self, part: str) -> Positives:
        """The positives of a part and of all before it, each pair once."""
        parts = [self.positives[own] for own in PARTS[: PARTS.index(part) + 1]]
        return _pairs(
            *(
                np.concatenate([getattr(own, name) for own in parts])
                for name in ("users", "items", "weights")
            ),
            len(self.item_ids),
        )

    def queries(self, part: str) -> Queries:
        """The known users with something new in a part."""
        num_items = len(self.item_ids)
        seen = self.upto(PARTS[PARTS.index(part) - 1])
        asked = self.positives[part]
        is_new = ~np.isin(asked.keys(num_items), seen.keys(num_items))
        is_new &= np.isin(asked.users, self.positives["train"].users)
        users = np.unique(asked.users[is_new])
        return Queries(
            users,
            _by_user(users, asked.users[is_new], asked.items[is_new]),
            _by_user(users, seen.users, seen.items),
        )


def open_config(name: str, overrides: tuple[str, ...] = ()) -> Any:
    """The config of a data set, whose tables are prepared if they are not there."""
    from mtl_rec.config import load_config

    from retrieval_contenders.preparing import WRITERS, prepared

    if name in WRITERS:
        prepared(name)
    return load_config(CONFIGS / f"{name}.yaml", overrides)


def read_interactions(config: Any) -> Interactions:
    """Reads all parts once."""
    from mtl_rec.data import open_exposures

    splits = open_exposures(config.data, config.features, config.tasks)
    frames = []
    for number, part in enumerate(PARTS):
        for chunk in getattr(splits, part):
            labels = sum(chunk[t.name].to_numpy() for t in config.tasks)
            frames.append(
                pd.DataFrame(
                    {
                        USER: chunk[USER].to_pandas().astype(str),
                        ITEM: chunk[ITEM].to_pandas().astype(str),
                        "weight": labels,
                        "part": number,
                    }
                )
            )
    rows = pd.concat(frames, ignore_index=True)
    users, user_ids = pd.factorize(rows[USER], sort=True)
    items, item_ids = pd.factorize(rows[ITEM], sort=True)
    weights, parts = rows["weight"].to_numpy(), rows["part"].to_numpy()
    positives = {}
    for number, part in enumerate(PARTS):
        own = (parts == number) & (weights > 0)
        positives[part] = _pairs(users[own], items[own], weights[own], len(item_ids))
    return Interactions(np.asarray(user_ids), np.asarray(item_ids), positives)


def _pairs(
    users: np.ndarray, items: np.ndarray, weights: np.ndarray, num_items: int
) -> Positives:
    keys, places = np.unique(users * num_items + items, return_inverse=True)
    summed = np.bincount(places, weights, minlength=len(keys))
    return Positives(keys // num_items, keys % num_items, summed.astype(np.float32))


def _by_user(asked: np.ndarray, users: np.ndarray, items: np.ndarray) -> list:
    """By user asked for, the items; `users` are in order."""
    first = np.searchsorted(users, asked)
    stop = np.searchsorted(users, asked, side="right")
    return [items[own:end] for own, end in zip(first, stop, strict=True)]
