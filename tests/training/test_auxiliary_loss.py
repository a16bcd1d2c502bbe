"""The loss that a layer adds: part of what is learned, and of nothing else."""

import keras
import numpy as np
import pytest
from compilation import EAGER, JIT
from keras import ops

from mtl_rec.config.features import IdSequence
from mtl_rec.config.model import Model, SharedBottom, SingleTask
from mtl_rec.config.training import Training
from mtl_rec.losses import funnel_losses
from mtl_rec.models import build_model
from mtl_rec.schema import Schema
from mtl_rec.training import Batches, make_trainable

from .conftest import NUM_IDS, make_exposures

SHARED = SharedBottom(kind="shared_bottom", bottom_units=[8], tower_units=[4])
ALONE = SingleTask(kind="single_task", bottom_units=[8], tower_units=[4])


def evolving(schema, weight):
    """The schema with a history that evolves."""
    dien = {"kind": "dien", "units": 8, "auxiliary_loss_weight": weight}
    features = tuple(
        IdSequence.model_validate({**own.model_dump(), "encoder": dien})
        if isinstance(own, IdSequence)
        else own
        for own in schema.features
    )
    return Schema(features, schema.tasks, schema.vocabularies, {})


def built(schema, architecture=SHARED):
    keras.utils.set_random_seed(0)
    return build_model(Model(architecture=architecture, embedding_dim=5), schema)


def trainable(schema, **settings):
    config = Training(batch_size=60, jit=JIT, **settings)
    return make_trainable(built(schema), config, schema)


@pytest.fixture
def orderly(schema):
    """Histories whose every item has the next higher number."""
    exposures = make_exposures(evolving(schema, 1.0), 600)
    first = np.random.default_rng(0).integers(0, NUM_IDS - 1, (600, 1))
    history = (first + np.arange(4)) % (NUM_IDS - 1) + 1
    exposures.inputs["history"] = history.astype("int32")
    return exposures


def head(exposures, rows=60):
    return tuple(
        {name: array[:rows] for name, array in group.items()}
        for group in (exposures.inputs, exposures.training_labels())
    )


def auxiliary_loss(model, inputs):
    """As it is now, by the model itself."""
    model(inputs, training=True)
    (loss,) = model.losses
    return float(loss)


def test_the_step_and_plain_keras_learn_from_it_alike(schema, orderly):
    inputs, labels = head(orderly)
    own, plain = trainable(orderly.schema), built(orderly.schema)
    plain.compile(
        keras.optimizers.SGD(0.0), funnel_losses(schema.tasks), run_eagerly=EAGER
    )
    added = auxiliary_loss(plain, inputs)

    losses = [
        m.train_on_batch(inputs, labels, return_dict=True)["loss"] for m in (own, plain)
    ]
    judged = plain.test_on_batch(inputs, labels, return_dict=True)["loss"]

    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert losses[1] == pytest.approx(judged + added, rel=1e-5)
    assert (
        own.test_on_batch(inputs, labels, return_dict=True)["loss"]
        < losses[0] - added / 2
    )


def test_a_step_follows_its_gradient(orderly):
    batch = tuple(
        {name: ops.convert_to_tensor(array) for name, array in group.items()}
        for group in head(orderly)
    )

    def gradient(weight, **settings):
        model = trainable(evolving(orderly.schema, weight), **settings)
        by_path = {variable.path: own for variable, own in model.gradients(batch)}
        own = by_path.get("history_dien/next_kernel")
        return None if own is None else ops.convert_to_numpy(own)

    once = gradient(1.0)
    assert gradient(0.0) is None
    assert np.abs(once).max() > 0
    np.testing.assert_allclose(gradient(2.0), 2 * once, rtol=1e-4, atol=1e-9)
    # So little that the loss of perturbed embeddings is the same.
    perturbed = gradient(1.0, adversarial_norm=1e-9)
    np.testing.assert_allclose(perturbed, once, rtol=1e-3, atol=1e-9)


def test_each_network_of_a_single_task_learns_from_its_own(orderly):
    model = built(orderly.schema, ALONE)

    model(head(orderly)[0], training=True)

    assert len(model.losses) == len(orderly.schema.tasks)
    assert len({float(loss) for loss in model.losses}) == len(model.losses)


def test_learning_lowers_it(orderly):
    model = trainable(
        orderly.schema, optimizer={"kind": "lazy_adam", "learning_rate": 0.02}
    )
    inputs, _ = head(orderly)
    before = auxiliary_loss(model, inputs)

    model.fit(
        Batches(orderly, 60, steps_per_call=5), epochs=8, shuffle=False, verbose=0
    )

    # Two sides of a coin are log 2 each.
    assert before == pytest.approx(2 * np.log(2), rel=0.01)
    assert auxiliary_loss(model, inputs) < 0.7 * before
