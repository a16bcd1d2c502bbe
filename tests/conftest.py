"""Fixtures that many tests share: a small shop with every kind of feature."""

import gc
import os
import signal
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# Tests take few steps and compile many models: LLVM need not optimise them.
os.environ.setdefault(
    "XLA_FLAGS",
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true",
)

# Tests run in several processes, which multiply small matrices.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# What a script starts in the background ignores Ctrl-C, and so would what tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Load for servers and comparisons are shared with the benchmarks.
sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
sys.path.append(str(Path(__file__).parent / "tools"))

import numpy as np
import pandas as pd
import pytest

from mtl_rec.config.features import (
    Categorical,
    Feature,
    Hashed,
    IdSequence,
    MultiCategorical,
    Numeric,
    Text,
)
from mtl_rec.config.tasks import Task


def pytest_report_header() -> str:
    return f"KERAS_BACKEND={os.environ.get('KERAS_BACKEND', 'tensorflow (default)')}"


# Where a file takes long: begun first, lest one process is still at it when others end.
LONG = ("training", "run", "models", "export", "retrieval")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Folders with long files come first."""
    here = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(here).parts[0]
        return LONG.index(folder) if folder in LONG else len(LONG)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Collects garbage less often: a tenth of the time went to looking at the modules
    of TensorFlow again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """One where a real server is tested: there is one folder that it serves from."""
    return 1 if "MTL_REC_TFS_URL" in os.environ else None


@pytest.fixture
def features() -> tuple[Feature, ...]:
    """One feature of every kind, and one that shares a vocabulary."""
    return (
        Categorical(kind="categorical", name="user_id", side="user", min_count=2),
        IdSequence(
            kind="sequence", name="history", side="user", max_length=3, shares="item_id"
        ),
        Numeric(kind="numeric", name="age", side="user"),
        Categorical(kind="categorical", name="item_id", side="item", oov_buckets=3),
        Hashed(kind="hashed", name="brand", side="item", num_buckets=50),
        MultiCategorical(
            kind="multi_categorical", name="tags", side="item", max_values=2
        ),
        Text(kind="text", name="title", side="item", max_tokens=6, max_bytes=40),
        Numeric(
            kind="numeric",
            name="price",
            side="item",
            transform="log",
            missing_flag=True,
        ),
        Numeric(
            kind="numeric",
            name="hour",
            side="context",
            transform="quantiles",
            num_buckets=4,
        ),
    )


@pytest.fixture
def tasks() -> tuple[Task, ...]:
    """Four steps, two of them siblings, and a value at the end."""
    return (
        Task(name="click"),
        Task(name="add_to_cart", after="click"),
        Task(name="favourite", after="click", train_on="parent"),
        Task(name="purchase", after="add_to_cart"),
        Task(name="order_value", after="purchase", kind="regression"),
    )


def make_shop(num_rows: int, seed: int = 0) -> pd.DataFrame:
    """Exposures with every oddity a log has, in the data's own types."""
    random = np.random.default_rng(seed)
    titles = [
        "Red SHOES, size 42",
        "漂亮的红色连衣裙",
        "ÜBER cool 😀👍🏽 shirt",
        "",
        "日本 x",
    ]
    click = random.random(num_rows) < 0.4
    cart = click & (random.random(num_rows) < 0.5)
    purchase = cart & (random.random(num_rows) < 0.5)
    history = [
        [f"i{i}" for i in random.integers(0, 60, random.integers(0, 6))]
        for _ in range(num_rows)
    ]
    return pd.DataFrame(
        {
            "user_id": random.integers(0, max(2, num_rows // 4), num_rows),
            "history": history,
            "age": random.normal(size=num_rows) * 1e3,
            "item_id": [f"i{i}" for i in random.integers(0, 50, num_rows)],
            "brand": random.choice(["acme", "globex", None], num_rows),
            "tags": [
                list(random.choice(["x", "y", "z"], random.integers(0, 4)))
                for _ in range(num_rows)
            ],
            "title": random.choice(titles, num_rows),
            "price": random.choice([1.5, 20.0, np.nan, np.inf, -3.0], num_rows),
            "hour": random.choice([1.0, 5.0, 9.0, np.nan, 20.0], num_rows),
            "click": click.astype(int),
            "add_to_cart": cart.astype(int),
            "favourite": (click & (random.random(num_rows) < 0.3)).astype(int),
            "purchase": purchase.astype(int),
            "order_value": np.where(purchase, random.gamma(2, 20, num_rows), np.nan),
        }
    )


@pytest.fixture
def shop() -> pd.DataFrame:
    """400 exposures."""
    return make_shop(400)


@pytest.fixture(scope="session", name="make_shop")
def _make_shop():
    """The function, for tests that want another size or seed."""
    return make_shop
