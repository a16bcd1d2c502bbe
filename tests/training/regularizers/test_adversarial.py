"""Embeddings are moved by the stated norm in the direction that the loss minds."""

import numpy as np
import pytest
from keras import ops

from mtl_rec.training.regularizers.adversarial import (
    no_perturbations,
    worst_perturbations,
)

NORM = 0.5


@pytest.fixture
def model(make_model):
    """Large weights, so that the loss depends on every embedding."""
    made = make_model(adversarial_norm=NORM)
    random = np.random.default_rng(0)
    for weight in made.trainable_variables:
        weight.assign(random.normal(size=weight.shape) * 0.7)
    return made


@pytest.fixture
def batch(exposures):
    inputs = {n: ops.convert_to_tensor(a[:40]) for n, a in exposures.inputs.items()}
    labels = exposures.training_labels()
    return inputs, {n: ops.convert_to_tensor(a[:40]) for n, a in labels.items()}


def losses(model, batch, perturbations=None):
    """The loss of every exposure, `(batch,)`."""
    x, y = batch
    outputs = model.predicted(x, {}, perturbations)
    rows = [model.loss[name].call(label, outputs[name]) for name, label in y.items()]
    return ops.convert_to_numpy(sum(rows))


def test_every_exposure_is_moved_by_the_norm_along_its_gradient():
    random = np.random.default_rng(0)
    one, other = random.normal(size=(6, 2, 3)), random.normal(size=(6, 4, 5))
    one[2], other[2] = 0.0, 0.0
    gradients = {
        "one": [ops.convert_to_tensor(one)],
        "other": [ops.convert_to_tensor(other)],
    }

    moved = worst_perturbations(gradients, NORM)

    whole = np.concatenate([one.reshape(6, -1), other.reshape(6, -1)], axis=1)
    parts = [ops.convert_to_numpy(moved[name][0]).reshape(6, -1) for name in gradients]
    norms = np.linalg.norm(whole, axis=1, keepdims=True)
    expected = NORM * whole / np.where(norms, norms, 1)
    np.testing.assert_allclose(np.concatenate(parts, axis=1), expected, rtol=1e-5)


def test_linear_weights_are_left_alone(model, batch):
    perturbed = no_perturbations(model.table_ids(batch[0]))

    alone = {layer.name for layer in model.tables} - {la.name for la in perturbed}
    assert alone == {"linear", "small_linear"}


def test_no_perturbation_changes_nothing_and_a_shift_is_one_of_the_table(model, batch):
    plain = losses(model, batch)
    zeros = no_perturbations(model.table_ids(batch[0]))

    np.testing.assert_allclose(losses(model, batch, zeros), plain, rtol=2e-5)

    ones = {la: [ops.ones_like(part) for part in own] for la, own in zeros.items()}
    moved = losses(model, batch, ones)
    for layer in zeros:
        layer.table.assign(ops.convert_to_tensor(layer.table) + 1.0)
    np.testing.assert_allclose(moved, losses(model, batch), rtol=2e-5)
    assert not np.allclose(moved, plain)


def test_a_step_learns_from_a_batch_and_its_twin_that_is_worse_than_a_random_one(
    model, batch, exposures
):
    random = np.random.default_rng(0)
    drawn = {
        layer: [random.normal(size=part.shape).astype("float32") for part in own]
        for layer, own in no_perturbations(model.table_ids(batch[0])).items()
    }
    plain, other = (
        losses(model, batch, own).mean()
        for own in (None, worst_perturbations(drawn, NORM))
    )
    clicks = model.loss["click"](
        batch[1]["click"], model.predicted(batch[0], {})["click"]
    )

    logs = model.train_on_batch(
        {name: array[:40] for name, array in exposures.inputs.items()},
        {name: array[:40] for name, array in exposures.training_labels().items()},
        return_dict=True,
    )

    worst = 2 * logs["loss"] - plain
    assert worst - plain > 2 * abs(other - plain)
    # What is reported of a task is of the batch as it is.
    assert logs["click_loss"] == pytest.approx(float(clicks), rel=1e-5)
