"""Sampled negatives change no rate that is predicted, offline or served."""

import json

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from mtl_rec.config.run import RunConfig
from mtl_rec.config.yaml_text import parse
from mtl_rec.data import open_exposures
from mtl_rec.preprocess import Preprocessor
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.run import train_run

NUM_USERS, NUM_ITEMS, DAYS = 2000, 300, 10

CONFIG = """\
name: calibration
seed: {seed}
data:
  source:
    kind: events
    path: '{folder}/log.parquet'
    prepared: '{folder}/prepared'
    item_columns: [category]
    event_types: {{view: view, buy: buy}}
    window_hours: 6
    labels:
      click: {{events: [view], implied: true}}
      purchase: {{events: [buy]}}
    negatives: {{kind: {kind}, per_exposure: 4, candidates_per_exposure: {candidates}}}
  split:
    {{kind: time, column: exposed_at, validation_fraction: 0.25, test_fraction: 0.35}}
features:
  - {{kind: categorical, name: category, side: item}}
  - kind: sequence
    name: history_category
    side: user
    max_length: 10
    shares: category
tasks:
  - {{name: click}}
  - {{name: purchase, after: click}}
model:
  embedding_dim: 8
  architecture: {{kind: mmoe, num_experts: 2, expert_units: [32], tower_units: [16]}}
training:
  batch_size: 512
  epochs: 8
  early_stopping: {{metric: val_loss, patience: 2}}
  jit: false
export: {{directory: '{folder}/saved_models'}}
"""


def write_log(folder, seed: int) -> None:
    """Users who favour a category, and view one item of the catalogue at a time."""
    random = np.random.default_rng(seed)
    favourite = random.integers(0, 10, NUM_USERS)
    num_views = 50_000
    user = random.integers(0, NUM_USERS, num_views)
    anything = random.integers(0, 10, num_views)
    category = np.where(random.random(num_views) < 0.5, favourite[user], anything)
    item = category + 10 * random.integers(0, NUM_ITEMS // 10, num_views)
    second = random.integers(0, DAYS * 86400, num_views) + 1_700_000_000
    buys = random.random(num_views) < np.where(category == favourite[user], 0.2, 0.05)
    views = pd.DataFrame(
        {"user_id": user, "item_id": item, "event_type": "view", "event_time": second}
    )
    bought = views[buys].assign(event_type="buy", event_time=second[buys] + 600)
    log = pd.concat([views, bought])
    log = log.assign(category=log.item_id % 10)
    log.to_parquet(folder / "log.parquet")


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "seed"), [("uniform", 2), ("popularity", 1)])
def test_mean_predictions_are_the_rates_of_the_population(tmp_path, kind, seed):
    candidates = 24
    write_log(tmp_path, seed)
    text = CONFIG.format(folder=tmp_path, seed=seed, kind=kind, candidates=candidates)
    config = RunConfig.model_validate_json(json.dumps(parse(text, "test")))
    result = train_run(config, tmp_path / "runs")
    click = result.metrics["click"]
    assert click["label_rate"] == pytest.approx(1 / (1 + candidates), rel=0.02)
    assert click["calibration_ratio"] == pytest.approx(1, abs=0.03)
    assert result.metrics["purchase"]["calibration_ratio"] == pytest.approx(1, abs=0.1)

    served = tf.saved_model.load(str(result.version.path))
    test = open_exposures(config.data, config.features, config.tasks).test
    schema = Preprocessor.load(result.folder.preprocessor).schema
    happened = predicted = rows = 0.0
    for chunk in test:
        raw = {n: tf.constant(v) for n, v in raw_tensors(schema, chunk).items()}
        probability = served.signatures["serving_default"](**raw)["click"].numpy()
        rate = np.exp(chunk["log_sampling_rate"].to_numpy())
        weight = np.where(chunk["is_sampled"].to_numpy(), 1 / rate, 1.0)
        happened += float((weight * chunk["click"].to_numpy()).sum())
        predicted += float((weight * probability).sum())
        rows += float(weight.sum())
    assert happened / rows == pytest.approx(click["label_rate"])
    assert predicted / happened == pytest.approx(1, abs=0.03)
