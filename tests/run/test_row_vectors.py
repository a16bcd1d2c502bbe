"""Runs whose rows have vectors, against those that have the same ones by item."""

import numpy as np
import pyarrow as pa
import pytest
import tensorflow as tf

from mtl_rec.config import load_config
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.preprocess.preprocessor import Preprocessor
from mtl_rec.run import train_run
from mtl_rec.run.ranking import rank_by_version
from mtl_rec.schema.given_vectors import GivenVectors, write_vectors
from mtl_rec.schema.rows import canonical

from .conftest import FOUR_STEP_TREE, ON_JAX, write_exposures

LAST = "  - {kind: numeric, name: hour"
BY_ITEM = (
    "  - {kind: vector, name: photo, side: item, column: item_id, path: v.parquet}\n"
)
BY_ROW = "  - {kind: vector, name: photo, side: item, dim: 11}\n"


@pytest.fixture
def shop(make_shop, tmp_path, monkeypatch):
    """Exposures with a photo each, and a file of those by item."""
    monkeypatch.chdir(tmp_path)
    shop = make_shop(1200)
    items = sorted(shop["item_id"].unique())
    vectors = np.random.default_rng(0).normal(size=(len(items), 11)).astype("float32")
    write_vectors("v.parquet", GivenVectors(pa.array(items), vectors), "item_id", {})
    shop["photo"] = [vectors[items.index(item)] for item in shop["item_id"]]
    write_exposures(shop, tmp_path / "exposures.parquet")
    return shop


def trained(features, settings=()):
    with open("tree.yaml", "w") as file:
        file.write(FOUR_STEP_TREE.replace(LAST, features + LAST))
    return train_run(load_config("tree.yaml", list(settings)))


def served(result, shop):
    """What the exported version answers."""
    schema = Preprocessor.load(result.folder.preprocessor).schema
    raw = raw_tensors(schema, canonical(shop, schema.features))
    run = tf.saved_model.load(str(result.version.path)).signatures["serving_default"]
    specs = run.structured_input_signature[1]
    return run(**{n: tf.constant(v, specs[n].dtype) for n, v in raw.items()})


@pytest.mark.slow
def test_vectors_of_rows_train_and_serve_as_the_same_ones_by_item(shop):
    by_item, by_row = trained(BY_ITEM), trained(BY_ROW)

    own, other = served(by_item, shop), served(by_row, shop)
    for name, values in own.items():
        np.testing.assert_allclose(values, other[name], rtol=0, atol=1e-5)
    assert max(rung.max_difference or 0.0 for rung in by_row.version.rungs) <= 1e-6


@pytest.mark.slow
def test_vectors_of_rows_train_on_jax_and_rank_with_one_for_each_candidate(shop):
    result = trained(BY_ROW, [*ON_JAX, "training.group_requests=true"])

    first = shop.iloc[:6].drop(columns=["user_id", "history"])
    photos = list(shop["photo"][:6])
    columns = ["item_id", "brand", "tags", "title", "price", "hour"]
    candidates = [dict(row[columns]) for _, row in first.iterrows()]
    for candidate, photo in zip(candidates, photos, strict=True):
        candidate["photo"] = photo
    request = {"user_id": "3", "history": ["i1"]}
    ranking = rank_by_version(result.version.path, request, candidates)
    candidates[2]["photo"] = -photos[2]
    changed = rank_by_version(result.version.path, request, candidates)

    is_same = ranking.score == changed.score
    assert list(is_same) == [True, True, False, True, True, True]
