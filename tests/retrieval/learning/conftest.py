"""A table of who did what, and what retrieval makes of it."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mtl_rec.config import RunConfig, load_config
from mtl_rec.config.retrieval import Towers
from mtl_rec.retrieval.preparing import PreparedRetrieval, prepare_retrieval
from mtl_rec.retrieval.tower_design import TowerDesign

YAML = """
name: shop
data:
  source: {kind: table, path: PATH}
  split: {kind: time, column: time, validation_fraction: 0.2, test_fraction: 0.2}
features:
  - {kind: categorical, name: user_id, side: user}
  - {kind: categorical, name: country, side: user}
  - {kind: sequence, name: history, side: user, max_length: 4, shares: item_id}
  - {kind: sequence, name: past_brands, side: user, max_length: 4, shares: brand}
  - {kind: numeric, name: age, side: user}
  - {kind: categorical, name: item_id, side: item}
  - {kind: categorical, name: brand, side: item}
  - {kind: multi_categorical, name: tags, side: item, max_values: 2}
  - {kind: text, name: title, side: item, max_tokens: 4}
  - {kind: numeric, name: price, side: item}
  - {kind: numeric, name: hour, side: context}
tasks:
  - {name: click}
  - {name: purchase, after: click}
model: {embedding_dim: 4, architecture: {kind: mmoe}}
retrieval:
  architecture: {kind: two_tower, dim: 6, units: [8], dropout: 0.1}
  training: {batch_size: 32, epochs: 3, uniform_negatives: 16, jit: false}
  cutoffs: [5, 10]
  top_k: 10
evaluation: {resamples: 100}
export: {verify_rows: 40}
"""
NUM_USERS, NUM_ITEMS, NUM_ROWS = 40, 30, 900


def exposures() -> pd.DataFrame:
    """Rows by time, in which users click on items of the brand that they like.

    The last items come late; two rows lack a user, two an item.
    """
    random = np.random.default_rng(0)
    users = random.integers(0, NUM_USERS, NUM_ROWS)
    there = np.linspace(NUM_ITEMS * 2 / 3, NUM_ITEMS, NUM_ROWS)
    items = (random.random(NUM_ROWS) * there).astype(int)
    click = random.random(NUM_ROWS) < np.where(users % 3 == items % 3, 0.9, 0.1)
    past: dict[int, list[int]] = {}
    histories = []
    for user, item, clicked in zip(users, items, click, strict=True):
        histories.append(past.get(user, [])[-4:])
        if clicked:
            past[user] = [*past.get(user, []), item]
    rows = pd.DataFrame(
        {
            "time": np.arange(NUM_ROWS),
            "user_id": [f"u{user}" for user in users],
            "country": [f"c{user % 3}" for user in users],
            "history": [[f"i{item}" for item in own] for own in histories],
            "past_brands": [[f"b{item % 3}" for item in own] for own in histories],
            "age": random.normal(size=NUM_ROWS),
            "item_id": [f"i{item}" for item in items],
            "brand": [f"b{item % 3}" for item in items],
            "tags": [["x"] * (item % 2) for item in items],
            "title": [f"thing {item % 5}" for item in items],
            # Grows, and so tells from which row an item's features are.
            "price": np.arange(NUM_ROWS) / NUM_ROWS,
            "hour": random.random(NUM_ROWS),
            "click": click.astype(int),
            "purchase": (click & (random.random(NUM_ROWS) < 0.3)).astype(int),
        }
    )
    rows.loc[[5, 800], "user_id"] = [None, ""]
    rows.loc[[9, 801], "item_id"] = [None, ""]
    return rows.iloc[random.permutation(NUM_ROWS)].reset_index(drop=True)


@pytest.fixture(scope="package")
def table() -> pd.DataFrame:
    """The rows, not in the order of time."""
    return exposures()


@pytest.fixture(scope="package")
def run_config(table, tmp_path_factory) -> Callable[..., RunConfig]:
    """The config of a run on the table, with overrides."""
    folder = tmp_path_factory.mktemp("interactions")
    table.to_parquet(folder / "rows.parquet")
    (folder / "run.yaml").write_text(YAML.replace("PATH", f"{folder}/rows.parquet"))

    def make(*overrides: str) -> RunConfig:
        return load_config(folder / "run.yaml", overrides)

    return make


@pytest.fixture(scope="package")
def prepare(run_config) -> Callable[..., PreparedRetrieval]:
    """What is read for a kind of model."""

    def make(kind: str, *overrides: str) -> PreparedRetrieval:
        kept = "{kind: " + kind + "}"
        if kind == "content":
            kept = "{kind: content, dim: 6, units: [8]}"
        own = [] if kind == "two_tower" else [f"retrieval.architecture={kept}"]
        return prepare_retrieval(run_config(*own, *overrides))

    return make


@pytest.fixture(scope="package")
def prepared(prepare) -> PreparedRetrieval:
    """For two towers of all features."""
    return prepare("two_tower")


@pytest.fixture(scope="package")
def design_of() -> Callable[[PreparedRetrieval], TowerDesign]:
    """What the towers of a run are built from."""

    def make(prepared: PreparedRetrieval) -> TowerDesign:
        config, schema = prepared.config, prepared.preprocessor.schema
        architecture = config.retrieval.architecture
        assert isinstance(architecture, Towers)
        dim = config.model.embedding_dim
        return TowerDesign(architecture, schema, dim, prepared.id_features)

    return make
