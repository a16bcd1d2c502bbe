"""Gradients as a step would follow them, and nothing of the model changed."""

import numpy as np
import pytest
from keras import ops


def values(model):
    variables = [*model.variables, *model.optimizer.variables]
    return [ops.convert_to_numpy(variable).copy() for variable in variables]


@pytest.fixture
def batch(exposures):
    rows = exposures.rows(0, 64)
    return dict(rows.inputs), rows.training_labels()


@pytest.mark.parametrize("whole_table_rows", [0, 4096])
def test_gradients_are_what_a_step_of_plain_descent_subtracts(
    make_model, batch, whole_table_rows
):
    model = make_model(optimizer={"kind": "sgd", "learning_rate": 1.0, "l2": 0})
    object.__setattr__(model, "whole_table_rows", whole_table_rows)
    by_row = [layer.table for layer in model.row_tables]
    gradients = {
        id(variable): ops.convert_to_numpy(gradient)
        for variable, gradient in model.gradients(batch)
    }
    before = {id(v): ops.convert_to_numpy(v).copy() for v in model.trainable_variables}

    model.train_on_batch(*batch)

    assert set(gradients) == set(before)
    for variable in model.trainable_variables:
        moved = before[id(variable)] - ops.convert_to_numpy(variable)
        own = gradients[id(variable)]
        if not any(variable is table for table in by_row):
            np.testing.assert_allclose(own, moved, atol=2e-6)
        # Rows of a large table come in the order of the batch.
        assert np.linalg.norm(own) == pytest.approx(np.linalg.norm(moved), rel=1e-4)


def test_measuring_gradients_changes_nothing(make_model, batch):
    model = make_model(dropout=0.5)
    before = values(model)

    first, again = model.gradients(batch), model.gradients(batch)

    for old, new in zip(before, values(model), strict=True):
        np.testing.assert_array_equal(old, new)
    # Dropout draws alike, as the state it draws from stays.
    for (_, one), (_, other) in zip(first, again, strict=True):
        np.testing.assert_array_equal(
            ops.convert_to_numpy(one), ops.convert_to_numpy(other)
        )
