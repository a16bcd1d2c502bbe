import numpy as np
import pytest

from mtl_rec.config import load_config
from mtl_rec.run import train_run

FOUR_STEP_TREE = """
name: tree
data:
  source: {kind: table, path: exposures.parquet}
  split: {kind: time, column: time, validation_fraction: 0.2, test_fraction: 0.2}
features:
  - {kind: categorical, name: user_id, side: user}
  - {kind: sequence, name: history, side: user, max_length: 4, shares: item_id}
  - {kind: categorical, name: item_id, side: item, embedding_dim: 4}
  - {kind: hashed, name: brand, side: item, num_buckets: 30}
  - {kind: multi_categorical, name: tags, side: item, max_values: 3}
  - {kind: text, name: title, side: item, max_tokens: 8}
  - {kind: numeric, name: price, side: item, transform: log, missing_flag: true}
  - {kind: numeric, name: hour, side: context, transform: quantiles, num_buckets: 4}
tasks:
  - {name: click, label: clicked}
  - {name: add_to_cart, after: click}
  - {name: favourite, after: click, train_on: parent}
  - {name: purchase, after: add_to_cart}
  - {name: order_value, after: purchase, kind: regression}
model:
  embedding_dim: 6
  architecture: {kind: mmoe, num_experts: 2, expert_units: [8], tower_units: [4]}
training:
  {batch_size: 100, epochs: 2, early_stopping: {metric: val_purchase_auc}, jit: false}
export: {verify_rows: 200}
"""
# On TensorFlow XLA takes seconds to compile a step; on JAX nothing is fast without.
ON_JAX = ("training.backend=jax", "training.jit=null")


def write_exposures(shop, path):
    shop["time"] = np.arange(len(shop))
    shop = shop.rename(columns={"click": "clicked"})
    shop.to_parquet(path)


@pytest.fixture(scope="session")
def tree(tmp_path_factory, make_shop):
    """Where the config of the four-step tree and its exposures are."""
    place = tmp_path_factory.mktemp("run")
    write_exposures(make_shop(1200), place / "exposures.parquet")
    (place / "tree.yaml").write_text(FOUR_STEP_TREE)
    return place


@pytest.fixture(scope="session")
def finished(tree):
    """A finished run of the four-step tree, and where it was run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tree)
        yield train_run(load_config(tree / "tree.yaml")), tree
