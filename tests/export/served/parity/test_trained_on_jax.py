"""R12: a model trained on JAX is served by TensorFlow with what JAX predicts."""

import numpy as np
import pytest
from serving_load.differences import largest_difference, served_rows
from serving_load.subject import read_predictions, train_subject
from serving_load.versions import write_version

from mtl_rec.export.c_library import AS_A_SERVER
from mtl_rec.models import load_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.preprocess.arrays import raw_tensors


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Its rows have unseen values, ids below 0 and beyond 2^62, and no numbers."""
    pytest.importorskip("jax")
    folder = tmp_path_factory.mktemp("trained on jax")
    return train_subject(folder, backend="jax", exposures=3000, rows=2000)


@pytest.mark.slow
def test_what_jax_predicts_is_served(trained, tmp_path):
    expected = read_predictions(trained.predictions_path)
    preprocessor = Preprocessor.load(trained.preprocessor_path)
    model = load_model(trained.model_path)
    write_version(tmp_path / "1", model, preprocessor, trained.rows.slice(0, 100))

    raw = raw_tensors(preprocessor.schema, trained.rows)
    served = served_rows(tmp_path / "1", raw, 100, AS_A_SERVER)

    assert len(np.unique(expected["click"])) > 1000
    assert largest_difference(served, expected) <= 1e-6
