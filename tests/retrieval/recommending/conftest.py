"""A shop with a ranker and two sources that are exported but never trained."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
import tensorflow as tf

from mtl_rec.config import RunConfig, load_config
from mtl_rec.data import open_exposures
from mtl_rec.export.servable import Servable
from mtl_rec.models import build_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.retrieval.recommending.items import CATALOGUE_FILE
from mtl_rec.schema.rows import canonical

YAML = """
name: shop
data:
  source: {kind: table, path: exposures.parquet}
  split: {kind: time, column: time}
features:
  - {kind: categorical, name: user_id, side: user}
  - {kind: sequence, name: history, side: user, max_length: 3, shares: item_id}
  - {kind: numeric, name: age, side: user}
  - {kind: categorical, name: item_id, side: item}
  - {kind: categorical, name: brand, side: item}
  - {kind: multi_categorical, name: tags, side: item, max_values: 2}
  - {kind: numeric, name: price, side: item, transform: log}
  - {kind: numeric, name: hour, side: context, transform: quantiles, num_buckets: 4}
tasks:
  - {name: click}
  - {name: purchase, after: click}
model:
  embedding_dim: 4
  architecture: {kind: mmoe, num_experts: 2, expert_units: [8], tower_units: [4]}
"""


class FakeRetrieval(tf.Module):
    """The same score of an item for all users, by the signatures of real versions."""

    def __init__(self, item_ids, scores, specs, top_k):
        super().__init__()
        self.item_ids = tf.constant(item_ids)
        self.scores = tf.constant(scores, tf.float32)
        self.top_k, user = top_k, next(iter(specs))
        self.retrieve = tf.function(
            lambda raw: self.best(tf.shape(raw[user])[0], tf.constant([[""]])),
            input_signature=[specs],
        )
        excluded = tf.TensorSpec([None, None], tf.string, name="excluded_items")
        self.excluding = tf.function(
            lambda raw: self.best(tf.shape(raw[user])[0], raw["excluded_items"]),
            input_signature=[{**specs, "excluded_items": excluded}],
        )

    def best(self, users, excluded):
        is_out = tf.equal(excluded[:, :, tf.newaxis], self.item_ids)
        lowest = self.scores.dtype.min
        scores = tf.where(tf.reduce_any(is_out, axis=1), lowest, self.scores)
        scores, places = tf.math.top_k(scores, self.top_k)
        item_ids = tf.where(scores > lowest, tf.gather(self.item_ids, places), "")
        whole = tf.stack([users, self.top_k])
        return {
            "item_ids": tf.broadcast_to(item_ids, whole),
            "scores": tf.broadcast_to(scores, whole),
        }


class Shop(NamedTuple):
    """Where versions are, and what they are made of."""

    place: Path
    config: RunConfig
    exposures: pd.DataFrame
    catalogue: pa.Table


@pytest.fixture(scope="session")
def exported(tmp_path_factory, make_shop) -> Shop:
    place = tmp_path_factory.mktemp("recommending")
    exposures = make_shop(600)
    # Items have one description each, as in a shop.
    first = exposures.groupby("item_id")[["brand", "tags", "price"]].transform("first")
    exposures[["brand", "tags", "price"]] = first
    exposures["user_id"] = exposures["user_id"].map("u{}".format)
    exposures["time"] = np.random.default_rng(1).permutation(len(exposures))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        exposures.to_parquet("exposures.parquet")
        Path("shop.yaml").write_text(YAML)
        config = load_config("shop.yaml")
        splits = open_exposures(config.data, config.features, config.tasks)
        preprocessor = Preprocessor.fit(config.features, config.tasks, splits.train)
    model = build_model(config.model, preprocessor.schema)
    ranker = place / "saved_models" / "shop" / "1"
    ranker.mkdir(parents=True)
    Servable(preprocessor, model).write(ranker)
    of_items = [f for f in config.features if f.side == "item"]
    items = canonical(exposures.drop_duplicates("item_id"), of_items)
    specs = preprocessor.graph.of_sides("user").raw_signature()
    random = np.random.default_rng(2)
    # One source lacks the last items, and both orders are their own.
    for kind, own in (("two_tower", items.slice(0, 40)), ("popularity", items)):
        version = place / "saved_models" / f"shop-{kind}" / "1"
        scores = random.permutation(len(own)) / len(own)
        ids = own["item_id"].to_pylist()
        fake = FakeRetrieval(ids, scores, specs, top_k=12)
        signatures = {"serving_default": fake.retrieve, "excluding": fake.excluding}
        tf.saved_model.save(fake, str(version), signatures=signatures)
        features = {f"feature.{name}": own[name] for name in own.column_names}
        (version / CATALOGUE_FILE).parent.mkdir()
        table = pa.table({"item_id": own["item_id"], **features})
        pyarrow.parquet.write_table(table, version / CATALOGUE_FILE)
    return Shop(place, config, exposures, items)


@pytest.fixture
def shop(exported, monkeypatch) -> Shop:
    """The shop, in its folder."""
    monkeypatch.chdir(exported.place)
    return exported
