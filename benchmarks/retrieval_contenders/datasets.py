"""The data sets: configs whose splits, users and items all contenders share."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from retrieval_contenders.preparing import WRITERS, prepared

CONFIGS = Path(__file__).parents[1] / "retrieval_configs"
DATA_SETS = ("ml100k", "taobao_userbehavior", "complete_journey", "shop")

QUICK = {"shop": ("data.source.num_exposures=40000", "data.source.num_items=1000")}
"""By data set of a smoke test, what is set in its config."""


@dataclass(frozen=True)
class DataSet:
    """One config, and whom contenders are asked for.

    Attributes:
        name: Of the config.
        overrides: Settings that replace the config's.
        log: `Interactions`.
    """

    name: str
    overrides: tuple[str, ...]
    log: Any

    def config(self, overrides: tuple[str, ...] = ()) -> Any:
        """The config, with more settings."""
        from mtl_rec.config import load_config

        return load_config(CONFIGS / f"{self.name}.yaml", [*self.overrides, *overrides])

    def prepared(self, config: Any) -> Any:
        """What one kind of ours reads."""
        from mtl_rec.retrieval.preparing import prepare_retrieval

        return prepare_retrieval(config)

    def learned_from(self, part: str) -> Any:
        """The `Events` before a part."""
        train = self.log.train
        return train if part == "validation" else train.joined(self.log.validation)

    def known(self, part: str) -> np.ndarray:
        """Places of the queries of users with an event to learn from."""
        users = self.log.queries[part].users
        return np.flatnonzero(np.isin(users, self.learned_from(part).users))


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


def queries_of(queries: Any, places: np.ndarray) -> Any:
    """The `Queries` at some places."""
    return replace(
        queries,
        users=queries.users[places],
        row_numbers=queries.row_numbers[places],
        relevant=lists_of(queries.relevant, places),
        seen=lists_of(queries.seen, places),
    )


def lists_of(lists: Any, places: np.ndarray) -> Any:
    """The `ItemLists` at some places."""
    from mtl_rec.retrieval.queries import ItemLists

    items = [
        lists.items[lists.offsets[place] : lists.offsets[place + 1]] for place in places
    ]
    lengths = [len(own) for own in items]
    return ItemLists(np.append(0, np.cumsum(lengths)), np.concatenate(items))
