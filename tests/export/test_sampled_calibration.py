"""Trained on a quarter of the negatives, the shop's true click rate is predicted."""

import keras
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tensorflow as tf

from mtl_rec.config.data import Data
from mtl_rec.config.features import Categorical, Numeric
from mtl_rec.config.model import Model, SharedBottom
from mtl_rec.config.tasks import Task
from mtl_rec.config.training import Training
from mtl_rec.data import open_exposures
from mtl_rec.data.synthetic_shop import simulate_shop
from mtl_rec.evaluation import evaluate
from mtl_rec.export import export_model
from mtl_rec.models import build_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.schema.rows import canonical
from mtl_rec.training import fit_best, make_trainable

NUM_EXPOSURES = 900_000
FEATURES = (
    Categorical(kind="categorical", name="item_id", side="item"),
    Categorical(kind="categorical", name="category", side="item"),
    Numeric(kind="numeric", name="price", side="item", transform="log"),
    Categorical(kind="categorical", name="position", side="context"),
)
TASKS = (
    Task(name="click"),
    Task(name="add_to_cart", after="click"),
    Task(name="purchase", after="add_to_cart"),
)
EPOCHS = 5


def thinned(shop: pa.Table, seed: int) -> tuple[pa.Table, float]:
    """All clicks, and four other rows for each; and the share of these kept."""
    random = np.random.default_rng(seed)
    click = shop["click"].to_numpy() == 1
    share = 4 * click.sum() / (~click).sum()
    kept = click | (random.random(len(click)) < share)
    return shop.filter(pa.array(kept)), float(share)


def decay(epoch: int) -> float:
    """Smaller steps each epoch: Adam at one rate leaves the mean some percent off."""
    return 0.004 * 0.3**epoch


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_click_rate_is_that_before_thinning(seed, tmp_path):
    shop = simulate_shop(
        num_exposures=NUM_EXPOSURES,
        num_users=2000,
        num_items=500,
        num_days=10,
        seed=seed,
    )
    parts = np.random.default_rng([seed, 1]).choice(
        ["train", "validation", "test"], NUM_EXPOSURES, p=[0.55, 0.05, 0.4]
    )
    shop = shop.append_column("part", pa.array(parts))
    rows, share = thinned(shop, seed)
    pq.write_table(rows, tmp_path / "shop.parquet")
    data = Data.model_validate(
        {
            "source": {
                "kind": "table",
                "path": str(tmp_path / "shop.parquet"),
                "kept_negatives": share,
            },
            "split": {"kind": "column", "column": "part"},
        }
    )
    splits = open_exposures(data, FEATURES, TASKS)
    preprocessor = Preprocessor.fit(FEATURES, TASKS, splits.train)
    schema = preprocessor.schema
    keras.utils.set_random_seed(seed)
    bottom = SharedBottom(kind="shared_bottom", bottom_units=[16], tower_units=[8])
    model = build_model(Model(architecture=bottom, embedding_dim=4), schema)
    config = Training(
        batch_size=512, epochs=EPOCHS, early_stopping={"metric": "val_click_loss"}
    )
    fit_best(
        make_trainable(model, config, schema),
        preprocessor.encode(splits.train),
        preprocessor.encode(splits.validation),
        config,
        tmp_path,
        seed,
        (keras.callbacks.LearningRateScheduler(decay),),
    )

    held_out = shop.filter(pa.array(parts == "test"))
    in_full = evaluate(model, preprocessor.encode(held_out))["click"]
    sampled = evaluate(model, preprocessor.encode(splits.test))["click"]
    first_rows = held_out.slice(0, 500)
    version = export_model(model, preprocessor, first_rows, tmp_path / "served")
    loaded = tf.saved_model.load(str(version.path))
    raw = raw_tensors(schema, canonical(held_out, FEATURES))
    specs = preprocessor.graph.raw_signature()
    served = loaded.signatures["serving_default"](
        **{name: tf.constant(raw[name], spec.dtype) for name, spec in specs.items()}
    )["click"].numpy()

    served_ratio = served.mean(dtype=np.float64) / in_full["label_rate"]
    ratios = (sampled["calibration_ratio"], in_full["calibration_ratio"], served_ratio)
    assert ratios == pytest.approx((1.0, 1.0, 1.0), abs=0.03)
    assert sampled["rows"] < 0.5 * in_full["rows"]
    assert sampled["population_rows"] == pytest.approx(in_full["rows"], rel=0.01)
    for metric in ("label_rate", "auc", "pr_auc", "log_loss", "normalised_entropy"):
        assert sampled[metric] == pytest.approx(in_full[metric], rel=0.02), metric
