"""The data sets: configs whose splits, users and items all contenders share."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from retrieval_contenders.preparing import WRITERS, prepared

CONFIGS = Path(__file__).parents[1] / "retrieval_configs"
DATA_SETS = ("ml100k", "taobao_userbehavior", "complete_journey", "shop")
PARTS = ("validation", "test")

QUICK = {"shop": ("data.source.num_exposures=40000", "data.source.num_items=1000")}
"""By data set of a smoke test, what is set in its config."""


@dataclass(frozen=True)
class DataSet:
    """One config, and whom contenders are asked for.

    Attributes:
        name: Of the config.
        overrides: Settings that replace the config's.
        log: `Interactions`, whose queries are of users with an event in training.
    """

    name: str
    overrides: tuple[str, ...]
    log: Any

    def config(self, overrides: tuple[str, ...] = ()) -> Any:
        """The config, with more settings."""
        from mtl_rec.config import load_config

        return load_config(CONFIGS / f"{self.name}.yaml", [*self.overrides, *overrides])

    def prepared(self, config: Any) -> Any:
        """What one kind of ours reads, with the queries that all are asked for."""
        from mtl_rec.retrieval.preparing import prepare_retrieval

        return with_known_users(prepare_retrieval(config))


def open_data_set(name: str, overrides: tuple[str, ...] = ()) -> DataSet:
    """Reads a data set; tables that it is made of are written if they are not there.

    Args:
        name: Of its config.
        overrides: Settings that replace the config's.
    """
    if name in WRITERS:
        prepared(name)
    opened = DataSet(name, overrides, None)
    config = opened.config(("retrieval.architecture.kind=popularity",))
    return replace(opened, log=opened.prepared(config).interactions)


def with_known_users(own: Any) -> Any:
    """A `PreparedRetrieval` that asks only for users with an event in training."""
    log = own.interactions
    queries, rows = {}, {}
    for part in PARTS:
        asked = log.queries[part]
        known = np.flatnonzero(np.isin(asked.users, log.train.users))
        queries[part] = replace(
            asked,
            users=asked.users[known],
            row_numbers=asked.row_numbers[known],
            relevant=lists_of(asked.relevant, known),
            seen=lists_of(asked.seen, known),
        )
        rows[part] = log.query_rows[part].take(known)
    log = replace(log, queries=queries, query_rows=rows)
    return replace(own, interactions=log)


def lists_of(lists: Any, queries: np.ndarray) -> Any:
    """The `ItemLists` of some queries."""
    from mtl_rec.retrieval.queries import ItemLists

    items = [
        lists.items[lists.offsets[query] : lists.offsets[query + 1]]
        for query in queries
    ]
    lengths = [len(own) for own in items]
    return ItemLists(np.append(0, np.cumsum(lengths)), np.concatenate(items))
