"""The blocks of encoders against what the outputs of a model depend on."""

import keras
import numpy as np
import pytest
from compilation import SLOW_ON_TENSORFLOW

from mtl_rec.config.model import Model, SharedBottom, SingleTask
from mtl_rec.models import build_model
from mtl_rec.models.blocks import ENCODER
from mtl_rec.models.weight_blocks import weight_blocks

from ..test_weight_blocks import (
    fields_multiplied,
    logits,
    set_blocks,
    up_to_logits,
)
from .conftest import NUM_IDS, batch_of, history, schema_of

ARCHITECTURES = {
    "shared_bottom": SharedBottom(
        kind="shared_bottom", bottom_units=(5,), tower_units=(3,)
    ),
    "single_task": SingleTask(kind="single_task", bottom_units=(), tower_units=(3,)),
}


@pytest.fixture(scope="module", params=ARCHITECTURES)
def made(request, every_list):
    """A model of every encoder up to its logits, its blocks and its schema."""
    keras.utils.set_random_seed(0)
    schema = schema_of(*every_list)
    config = Model(architecture=ARCHITECTURES[request.param], embedding_dim=6)
    model = build_model(config, schema)
    random = np.random.default_rng(0)
    for weight in model.weights:
        weight.assign(random.normal(size=weight.shape) * 0.3)
    return up_to_logits(model), weight_blocks(config, schema), schema


alone = pytest.mark.parametrize("made", ["shared_bottom"], indirect=True)


def test_every_number_is_in_one_block(made):
    model, blocks, _ = made
    covered = {weight.path: np.zeros(weight.shape, int) for weight in model.weights}

    for block in blocks:
        assert covered[block.path][block.region].shape == block.shape
        covered[block.path][block.region] += 1

    assert all(np.all(count == 1) for count in covered.values())
    assert len({block.key for block in blocks}) == len(blocks)


@pytest.mark.parametrize(
    "made",
    [pytest.param("shared_bottom", marks=SLOW_ON_TENSORFLOW)],
    indirect=True,
)
def test_what_multiplies_a_list_is_all_that_its_encoder_s_weights_reach(made):
    model, blocks, schema = made
    inputs = batch_of(schema)
    before = [np.array(weight) for weight in model.weights]
    encoded = {b.key.part.name for b in blocks if b.key.part.kind == ENCODER}
    assert len(encoded) == 17
    for name in encoded:
        own = [b for b in blocks if b.key.part == (ENCODER, name)]
        set_blocks(model, own, 0.7)
        assert not np.allclose(
            logits(model, inputs), expected_of(model, before, inputs)
        )

        kernels = [
            block for block in blocks if name in fields_multiplied(block, schema)
        ]
        set_blocks(model, kernels, 0.0)

        with_own = logits(model, inputs)
        set_blocks(model, own, -0.2)
        np.testing.assert_array_equal(logits(model, inputs), with_own)
        model.set_weights(before)


def expected_of(model, weights, inputs):
    """Logits with other weights, which then are as they were."""
    now = model.get_weights()
    model.set_weights(weights)
    expected = logits(model, inputs)
    model.set_weights(now)
    return expected


def meanings(encoder):
    """What every weight of the encoder of a history is said to mean."""
    schema = schema_of(history("history", encoder, shares="item_id"))
    blocks = weight_blocks(Model(architecture=ARCHITECTURES["shared_bottom"]), schema)
    return {b.key: b.meaning for b in blocks if b.key.part == (ENCODER, "history")}


def test_how_an_encoder_learns_says_nothing_of_what_its_weights_mean():
    dien = meanings({"kind": "dien"})
    other = meanings({"kind": "dien", "auxiliary_loss_weight": 1.0})
    without = meanings({"kind": "dien", "auxiliary_loss_weight": 0.0})

    assert other == dien
    assert without.items() < dien.items()
    assert not meanings({"kind": "dien", "units": 3}).items() & dien.items()


@alone
def test_a_list_is_multiplied_by_the_kernels_of_its_name(made):
    model, blocks, schema = made
    inputs = batch_of(schema)
    before = [np.array(weight) for weight in model.weights]
    for field in schema.fields:
        if field.name not in inputs or field.encoder is None:
            continue
        ids = inputs[field.name]
        other = {**inputs, field.name: np.where(ids, ids % (NUM_IDS - 1) + 1, 0)}
        assert not np.allclose(logits(model, inputs), logits(model, other))
        own = [
            block for block in blocks if field.name in fields_multiplied(block, schema)
        ]

        set_blocks(model, own, 0.0)

        np.testing.assert_array_equal(logits(model, inputs), logits(model, other))
        model.set_weights(before)
