"""A shop whose rows hold what a report is to find, and nothing else."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mtl_rec.config.data import Data
from mtl_rec.config.features import (
    Categorical,
    Feature,
    Hashed,
    IdSequence,
    Numeric,
    Text,
)
from mtl_rec.config.tasks import Task
from mtl_rec.data import Splits
from mtl_rec.data.exposures import ExposureStream
from mtl_rec.data.sources import RowsInMemory
from mtl_rec.data.splitting import PARTS, open_split

ROWS = 20_000
DAYS = 20

TASKS = (
    Task(name="click"),
    Task(name="buy", after="click"),
    Task(name="value", after="buy", kind="regression"),
)
FEATURES: tuple[Feature, ...] = (
    Categorical(kind="categorical", name="user", side="user"),
    IdSequence(kind="sequence", name="history", side="user", max_length=3),
    Categorical(kind="categorical", name="item", side="item"),
    Categorical(kind="categorical", name="brand", side="item"),
    Text(kind="text", name="title", side="item"),
    Numeric(kind="numeric", name="price", side="item"),
    Hashed(kind="hashed", name="query", side="context", num_buckets=100),
)


def make_frame(seed: int = 0) -> pd.DataFrame:
    """Nothing in it depends on time or on a label; the last fifth is for testing."""
    random = np.random.default_rng(seed)
    click = random.random(ROWS) < 0.2
    buy = click & (random.random(ROWS) < 0.3)
    item = random.integers(0, 200, ROWS)
    day = np.arange(ROWS) * DAYS // ROWS
    return pd.DataFrame(
        {
            "time": pd.Timestamp("2024-02-20") + pd.to_timedelta(day, unit="D"),
            "user": [f"u{n}" for n in random.integers(0, 900, ROWS)],
            "history": [
                [f"i{n}" for n in ids[: ids[0] % 4]]
                for ids in random.integers(0, 200, (ROWS, 4))
            ],
            "item": [f"i{n}" for n in item],
            "brand": [f"b{n % 7}" for n in item],
            "title": [f"title {n % 50}" for n in item],
            "price": np.where(
                random.random(ROWS) < 0.1, np.nan, random.normal(size=ROWS)
            ),
            "query": [f"q{n}" for n in random.integers(0, 30, ROWS)],
            "click": click.astype(int),
            "buy": buy.astype(int),
            "value": np.where(buy, random.lognormal(size=ROWS), np.nan),
        }
    )


@pytest.fixture
def frame() -> pd.DataFrame:
    return make_frame()


@pytest.fixture
def open_frame() -> Callable[..., Splits]:
    """Opens a frame, split by time unless told otherwise."""

    def open_rows(
        frame: pd.DataFrame,
        features=FEATURES,
        tasks=TASKS,
        split: Any = None,
        chunk_rows: int = 3000,
    ) -> Splits:
        data = Data.model_validate(
            {
                "source": {"kind": "table", "path": "in memory"},
                "split": split or {"kind": "time", "column": "time"},
                "chunk_rows": chunk_rows,
            }
        )
        source = RowsInMemory("a test", pa.Table.from_pandas(frame))
        assign = open_split(data.split, source, chunk_rows)
        return Splits(
            *(ExposureStream(p, data, features, tasks, source, assign) for p in PARTS)
        )

    return open_rows
