"""A shop with a ranker and two sources that are exported but never trained."""

from functools import partial
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import tensorflow as tf

from mtl_rec.config import RunConfig, load_config
from mtl_rec.data import open_exposures
from mtl_rec.export.servable import Servable
from mtl_rec.models import build_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.retrieval.catalogue import Catalogue
from mtl_rec.retrieval.catalogue_file import write_catalogue
from mtl_rec.retrieval.model import RetrievalModel
from mtl_rec.retrieval.servable import RetrievalServable
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


def same_for_all(scores, inputs):
    users = tf.shape(inputs["user_ids"])[0]
    return tf.broadcast_to(tf.constant(scores), [users, len(scores)])


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
    keras.utils.set_random_seed(0)
    model = build_model(config.model, preprocessor.schema)
    ranker = place / "saved_models" / "shop" / "1"
    ranker.mkdir(parents=True)
    Servable(preprocessor, model).write(ranker)
    of_items = [f for f in config.features if f.side == "item"]
    items = canonical(exposures.drop_duplicates("item_id"), of_items)
    random = np.random.default_rng(2)
    # One source lacks the last items, and both orders are their own.
    for kind, own in (("two_tower", items.slice(0, 40)), ("popularity", items)):
        version = place / "saved_models" / f"shop-{kind}" / "1"
        version.mkdir(parents=True)
        ids = np.array(own["item_id"].to_pylist(), object)
        scores = random.permutation(len(own)).astype(np.float32) / len(own)
        model = RetrievalModel(
            preprocessor, partial(same_for_all, scores), (), Catalogue(ids, own)
        )
        RetrievalServable(model, top_k=12).write(version)
        write_catalogue(version, model.catalogue)
    return Shop(place, config, exposures, items)


@pytest.fixture
def shop(exported, monkeypatch) -> Shop:
    """The shop, in its folder."""
    monkeypatch.chdir(exported.place)
    return exported
