"""Every encoder in a model: it learns, is saved, and has a row for what it should."""

import keras
import numpy as np
import pytest
from compilation import EAGER
from keras import ops

from mtl_rec.config.model import MMoE, Model, SharedBottom
from mtl_rec.losses import funnel_losses
from mtl_rec.models import build_model, load_model
from mtl_rec.models.layers.request_rows import RequestGrid, requests_of_rows

from .conftest import (
    EVERY_ENCODER,
    SEQUENCES,
    TEXTS,
    batch_of,
    companions,
    history,
    schema_of,
    title,
)

ARCHITECTURES = {
    "shared_bottom": SharedBottom(
        kind="shared_bottom", bottom_units=(4,), tower_units=(3,)
    ),
    "mmoe": MMoE(kind="mmoe", num_experts=2, expert_units=(4,), tower_units=(3,)),
}


def model_of(schema, architecture="shared_bottom"):
    keras.utils.set_random_seed(0)
    config = Model(architecture=ARCHITECTURES[architecture], embedding_dim=6)
    model = build_model(config, schema)
    for weight in model.weights:
        # So large that what is added to a weight of 1 in a step is not rounded away.
        if "embedding" in weight.path:
            weight.assign(np.random.default_rng(0).normal(size=weight.shape))
    return model


def predicted(model, inputs):
    return {name: ops.convert_to_numpy(o) for name, o in model(inputs).items()}


def assert_equal(one, other, **tolerance):
    for name, values in one.items():
        np.testing.assert_allclose(other[name], values, **tolerance)


@pytest.mark.parametrize(
    "architecture", ["shared_bottom", pytest.param("mmoe", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize(("kind", "name"), EVERY_ENCODER)
def test_every_weight_learns_and_is_saved(kind, name, architecture, tmp_path):
    if kind == "sequence":
        lists = [history("history", SEQUENCES[name], shares="item_id")]
    else:
        lists = [title("title", TEXTS[name])]
    schema = schema_of(*lists)
    model, inputs = model_of(schema, architecture), batch_of(schema)
    before = model.get_weights()
    model.compile(
        keras.optimizers.SGD(1.0), funnel_losses(schema.tasks), run_eagerly=EAGER
    )
    ones = np.ones((12, 1), "float32")

    # What a block adds begins at zero, and what is in it learns after that.
    for _ in range(3):
        model.train_on_batch(inputs, {"click": ones, "buy": ones})
    model.save(tmp_path / "model.keras")

    for weight, old in zip(model.weights, before, strict=True):
        assert not np.array_equal(ops.convert_to_numpy(weight), old), weight.path
    restored = load_model(tmp_path / "model.keras")
    assert_equal(predicted(model, inputs), predicted(restored, inputs), rtol=0)


def test_steps_are_what_all_lists_say_of_them():
    joined = history(
        "history", SEQUENCES["gru"], shares="item_id", along=("categories", "gaps")
    )
    schema = schema_of(joined, *companions())
    model, inputs = model_of(schema), batch_of(schema)

    for name in ("history", "categories", "gaps"):
        # Of the first step of the longest history.
        longest = np.flatnonzero(inputs[name].all(axis=1))[0]
        other = {**inputs, name: inputs[name].copy()}
        other[name][longest, 0] = inputs[name][longest, 0] % 7 + 1

        changed = predicted(model, other)["click"] != predicted(model, inputs)["click"]

        np.testing.assert_array_equal(np.flatnonzero(changed.any(axis=1)), [longest])


@pytest.mark.parametrize("name", SEQUENCES)
def test_time_gaps_matter_to_the_history_that_they_run_along_with_alone(name):
    along = history("joined", SEQUENCES[name], shares="item_id", along=("gaps",))
    without = history("history", SEQUENCES[name], shares="item_id")
    schema = schema_of(along, without, *companions())
    model, inputs = model_of(schema), batch_of(schema)
    for weight in model.weights:
        # What blocks add begins at zero.
        weight.assign(np.random.default_rng(1).normal(size=weight.shape) * 0.5)
    encoders = {
        layer.name.partition("_")[0]: layer.output
        for layer in model.layers
        if layer.name.startswith(("joined", "history")) and "along" not in layer.name
    }
    vectors = keras.Model(model.inputs, encoders)
    full = np.flatnonzero(inputs["gaps"].all(axis=1))
    later = {**inputs, "joined": inputs["history"], "gaps": inputs["gaps"].copy()}
    before = predicted(vectors, later)

    # Of the newest step of those that are as long as can be.
    later["gaps"][full, -1] = inputs["gaps"][full, -1] % 7 + 1
    after = predicted(vectors, later)

    changed = ~np.isclose(before["joined"], after["joined"]).all(axis=1)
    np.testing.assert_array_equal(np.flatnonzero(changed), full)
    np.testing.assert_array_equal(before["history"], after["history"])


def test_where_the_history_is_padding_nothing_that_runs_along_is_read():
    joined = history(
        "history", SEQUENCES["din"], shares="item_id", along=("categories", "gaps")
    )
    schema = schema_of(joined, *companions())
    model, inputs = model_of(schema), batch_of(schema)
    other = {
        n: np.where(inputs["history"] == 0, 5, inputs[n])
        for n in ("categories", "gaps")
    }

    assert_equal(
        predicted(model, inputs), predicted(model, {**inputs, **other}), rtol=0
    )


def test_what_is_known_of_the_candidate_is_joined_as_in_its_steps():
    joined = history(
        "history", SEQUENCES["din"], shares="item_id", along=("categories", "gaps")
    )
    schema = schema_of(joined, *companions())
    model, inputs = model_of(schema), batch_of(schema)
    layer = model.get_layer("history_din")
    seen = keras.Model(model.inputs, layer.input[2])
    tables = [model.get_layer(f"small_embedding_{w}").get_weights()[0] for w in (6, 4)]
    kernel = ops.convert_to_numpy(
        model.get_layer("history_along").kernels["categories"]
    )

    candidate = ops.convert_to_numpy(seen(inputs))

    # The second table has the categories alone.
    category, item = inputs["item_ids"].T
    expected = tables[0][item + 8] + tables[1][category] @ kernel
    np.testing.assert_allclose(candidate, expected, rtol=1e-5, atol=1e-6)


def test_a_user_who_comes_up_again_is_read_once_with_the_same_result(every_list):
    schema = schema_of(*every_list)
    model, inputs = model_of(schema), batch_of(schema)
    requests = np.array([2, 0, 2, 1, 4, 4, 3, 11, 10, 8, 7, 5], "int32")
    of_user = {"user_ids", *(f.name for f in every_list if f.side == "user")}
    repeated = {n: a[requests] if n in of_user else a for n, a in inputs.items()}

    with requests_of_rows(requests[:, None]):
        once = predicted(model, inputs)

    assert_equal(predicted(model, repeated), once, rtol=1e-4, atol=1e-5)


def test_a_user_is_ranked_for_many_candidates_with_the_same_result(every_list):
    schema = schema_of(*every_list)
    model, inputs = model_of(schema), batch_of(schema)
    of_user = {"user_ids", *(f.name for f in every_list if f.side == "user")}
    users = {n: a[[4, 6, 8]] if n in of_user else a for n, a in inputs.items()}
    repeated = {
        n: np.repeat(a, 4, axis=0) if n in of_user else a for n, a in users.items()
    }

    with requests_of_rows(RequestGrid(3, 4)):
        ranked = predicted(model, users)

    assert_equal(predicted(model, repeated), ranked, rtol=1e-4, atol=1e-5)
