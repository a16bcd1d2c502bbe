"""The blocks of a model against what its outputs depend on."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from compilation import JIT

from mtl_rec.config.interactions import (
    SIDE_PRODUCTS,
    Cross,
    Dot,
    FactorizationMachine,
)
from mtl_rec.config.model import MMoE, Model, SharedBottom, SingleTask
from mtl_rec.config.tokens import Characters, WordsAndCharacters
from mtl_rec.models import build_model
from mtl_rec.models.blocks import (
    EMBEDDING,
    FIRST_LAYER,
    GATE,
    HEAD,
    INTERACTION,
    TOWER,
)
from mtl_rec.models.field_blocks import ids_meaning
from mtl_rec.models.weight_blocks import weight_blocks

from .conftest import make_batch

ARCHITECTURES = {
    "mmoe": MMoE(kind="mmoe", num_experts=3, expert_units=(8, 5), tower_units=(4, 3)),
    "shared_bottom": SharedBottom(
        kind="shared_bottom", bottom_units=(7, 6), tower_units=(4,)
    ),
    "no bottom": SharedBottom(kind="shared_bottom", bottom_units=(), tower_units=(4,)),
    "single_task": SingleTask(
        kind="single_task", bottom_units=(7, 6, 5), tower_units=(4,)
    ),
    "no bottoms": SingleTask(kind="single_task", bottom_units=(), tower_units=(4,)),
}


# Every architecture, every kind of interaction, and both kinds of crosses.
MADE = {
    **dict.fromkeys(ARCHITECTURES, SIDE_PRODUCTS),
    "mmoe, crossed": Cross(kind="cross"),
    "no bottoms, crossed": Cross(kind="cross", num_layers=1, rank=3),
    "shared_bottom, fm": FactorizationMachine(kind="fm"),
    "no bottom, dot": Dot(kind="dot"),
}


@pytest.fixture(scope="module")
def kept():
    """By name, what was made: each is compiled once."""
    return {}


@pytest.fixture(params=list(MADE))
def made(request, schema, kept, monkeypatch):
    """A model of every architecture, with tables of both kinds, and its blocks."""
    monkeypatch.setattr("mtl_rec.models.inputs.SMALL_VOCABULARY", 20)
    if request.param not in kept:
        kept[request.param] = built(request.param, schema)
    model, blocks = kept[request.param]
    random = np.random.default_rng(0)
    for weight in model.weights:
        # Positive ones, lest a ReLU hide that something is used.
        weight.assign(random.uniform(0.01, 0.1, weight.shape))
    return model, blocks


def built(name, schema):
    config = Model(
        architecture=ARCHITECTURES[name.partition(",")[0]],
        embedding_dim=6,
        interactions=MADE[name],
    )
    model = up_to_logits(build_model(config, schema))
    return model, weight_blocks(config, schema)


def up_to_logits(model):
    """The part of a model that ends at its logits, for `logits`."""
    part = keras.Model(model.input, model.get_layer("logits").output)
    part.compile(jit_compile=JIT)
    return part


def logits(model, inputs):
    """(batch, tasks), by a function that is traced once."""
    return model.predict_on_batch(inputs)


def set_blocks(model, blocks, value):
    weights = {weight.path: weight for weight in model.weights}
    for block in blocks:
        changed = np.array(weights[block.path])
        changed[block.region] = value
        weights[block.path].assign(changed)


def test_every_number_is_in_one_block(made):
    model, blocks = made
    covered = {weight.path: np.zeros(weight.shape, int) for weight in model.weights}

    for block in blocks:
        assert covered[block.path][block.region].shape == block.shape
        covered[block.path][block.region] += 1

    assert all(np.all(count == 1) for count in covered.values())
    assert len({block.key for block in blocks}) == len(blocks)


def test_the_kernels_of_a_field_are_what_it_is_multiplied_by(made, schema):
    model, blocks = made
    batch = make_batch(schema, 16)
    before = [np.array(weight) for weight in model.weights]
    for field in schema.fields:
        other = with_other_values(batch, schema, field)
        assert not np.allclose(logits(model, batch), logits(model, other))
        own = [
            block
            for block in blocks
            if field.name in fields_multiplied(block, schema) or is_linear(block, field)
        ]

        set_blocks(model, own, 0.0)

        np.testing.assert_array_equal(logits(model, batch), logits(model, other))
        model.set_weights(before)


def test_the_rows_of_a_vocabulary_are_what_its_ids_stand_for(made, schema):
    model, blocks = made
    batch = make_batch(schema, 16)
    before = [np.array(weight) for weight in model.weights]
    for field in schema.fields:
        if not hasattr(field, "vocabulary"):
            continue
        own = [b for b in blocks if b.key.part == (EMBEDDING, field.vocabulary)]

        set_blocks(model, own, 0.3)

        np.testing.assert_allclose(
            logits(model, batch),
            logits(model, with_other_values(batch, schema, field)),
            rtol=1e-5,
        )
        model.set_weights(before)


def test_what_is_of_a_task_changes_its_logit_alone(made, schema):
    model, blocks = made
    batch = make_batch(schema, 16)
    before = [np.array(weight) for weight in model.weights]
    expected = logits(model, batch)
    kinds = {block.key.part.kind for block in blocks} & {GATE, TOWER, HEAD}
    for position, task in enumerate(schema.tasks):
        for kind in kinds:
            own = [b for b in blocks if b.key.part == (kind, task.name)]
            for block in own:
                set_blocks(
                    model, [block], np.linspace(0.1, 1, block.size).reshape(block.shape)
                )

            changed = np.any(logits(model, batch) != expected, axis=0)

            assert np.flatnonzero(changed).tolist() == [position]
            model.set_weights(before)


def is_linear(block, field):
    """Whether a block has the linear weights of the ids of a field."""
    is_term = block.logit_of is not None and block.key.part.kind == EMBEDDING
    return is_term and block.key.part.name == getattr(field, "vocabulary", None)


def fields_multiplied(block, schema):
    """The field, or those of a product, that a block is for."""
    _, of, name = block.key.detail.partition(" of '")
    if not of and block.key.part.kind not in (FIRST_LAYER, INTERACTION):
        return []
    name = name.strip("'") if of else block.key.part.name
    if name.startswith("(pairs of width "):
        return [field.name for field in schema.fields]
    return name.split(" x ")


def with_other_values(batch, schema, field):
    """The batch with other ids or numbers of one field; none becomes padding."""
    if field.name in batch:
        ids = batch[field.name]
        return {**batch, field.name: np.where(ids, ids % 4 + 1, 0).astype("int32")}
    kind = "ids" if hasattr(field, "vocabulary") else "numbers"
    name = f"{field.side}_{kind}"
    column = [f.name for f in schema.fields_of(type(field), field.side)].index(
        field.name
    )
    changed = batch[name].copy()
    shifted = changed[:, column] + 1
    changed[:, column] = shifted % 5 if kind == "ids" else shifted
    return {**batch, name: changed}


def test_a_vocabulary_of_other_tokens_means_something_else(schema):
    title = next(f for f in schema.features if f.kind == "text")
    cuts = [
        {},
        {"tokens": Characters()},
        {"tokens": WordsAndCharacters(max_n=4)},
        {"tokens": WordsAndCharacters(max_n=5)},
        {"num_buckets": 10},
    ]
    meanings = [
        ids_meaning(
            replace(schema, features=(title.model_copy(update=cut),)), title.name
        )
        for cut in cuts
    ]

    assert meanings[0] == f"values of '{title.name}'"
    assert len(set(meanings)) == len(cuts)
