"""A run with given vectors, from their file to the served graph."""

import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.config import load_config
from mtl_rec.run import train_run
from mtl_rec.schema.given_vectors import GivenVectors, write_vectors

from .conftest import FOUR_STEP_TREE, ON_JAX, write_exposures

LAST = "  - {kind: numeric, name: hour"
FEATURES = """\
  - {kind: vector, name: item_text, side: item, column: item_id, path: v.parquet}
  - {kind: sequence, name: texts, side: user, column: history, max_length: 3,
     shares: item_text}
"""
DIM = 11


@pytest.mark.slow
def test_vectors_are_trained_on_jax_and_served_from_one_table(
    make_shop, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    write_exposures(make_shop(1200), tmp_path / "exposures.parquet")
    values = np.random.default_rng(0).normal(size=(3000, DIM)).astype("float32")
    ids = pa.array([f"i{number}" for number in range(3000)])
    write_vectors(tmp_path / "v.parquet", GivenVectors(ids, values), "item", {})
    text = FOUR_STEP_TREE.replace(LAST, FEATURES + LAST)
    (tmp_path / "tree.yaml").write_text(text)

    result = train_run(load_config(tmp_path / "tree.yaml", [*ON_JAX]))

    differences = [rung.max_difference or 0.0 for rung in result.version.rungs]
    assert max(differences) <= 1e-6
    stored = list((result.version.path / "variables").glob("*.data*"))
    assert sum(path.stat().st_size for path in stored) < 1.5 * values.nbytes
    graph = result.version.path / "saved_model.pb"
    assert values.tobytes()[:400] not in graph.read_bytes()
