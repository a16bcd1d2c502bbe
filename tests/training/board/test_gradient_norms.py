"""Norms by part of the model."""

import numpy as np
import pytest
from keras import ops

from mtl_rec.training.board.gradients import gradient_norms


def test_columns_of_gates_are_told_from_those_of_experts(make_model, exposures):
    model = make_model()
    rows = exposures.rows(0, 64)
    batch = dict(rows.inputs), rows.training_labels()
    gradients = model.gradients(batch)

    norms = gradient_norms(model, gradients)

    # Two tasks with two gates each are the last 4 of 20 columns.
    shared = [
        ops.convert_to_numpy(gradient)
        for variable, gradient in gradients
        if variable.path.startswith("experts_and_gates")
    ]
    gates = np.concatenate([g[..., 16:].ravel() for g in shared])
    assert norms["gates"] == pytest.approx(np.linalg.norm(gates), rel=1e-5)
    parts = {"experts", "gates", "towers", "heads", "tables", "linear"}
    assert set(norms) == {"all", *parts}
