"""Regularizers change what a step learns, and nothing that anyone else sees."""

import keras
import numpy as np
import pytest
from keras import ops

from mtl_rec.config.features import Text
from mtl_rec.config.training import Training
from mtl_rec.models import load_model
from mtl_rec.schema import Schema
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.training import Batches
from mtl_rec.training.regularizers.building import build_regularizers
from mtl_rec.training.requests import user_inputs

COLD_START = {"features": ["user", "item"], "rate": 0.3}
SETTINGS = {
    "cold_start_dropout": COLD_START,
    "label_smoothing": 0.2,
    "adversarial_norm": 0.1,
}
CHOSEN = {"all": SETTINGS, **{name: {name: SETTINGS[name]} for name in SETTINGS}}
# Each compiles two models: all at once stand for each in the quick run.
chosen = pytest.mark.parametrize(
    "settings",
    [
        pytest.param(own, id=name, marks=[] if name == "all" else [pytest.mark.slow])
        for name, own in CHOSEN.items()
    ],
)


def fitted(model, exposures, steps_per_call=1, epochs=2):
    batches = Batches(exposures, 60, steps_per_call=steps_per_call)
    model.fit(batches, epochs=epochs, shuffle=False, verbose=0)
    return [ops.convert_to_numpy(weight) for weight in model.weights]


def test_what_is_predicted_and_evaluated_is_that_of_the_model_without(
    make_model, exposures
):
    plain, own = make_model(), make_model(**SETTINGS)
    inputs, labels = (
        {name: array[:64] for name, array in group.items()}
        for group in (exposures.inputs, exposures.training_labels())
    )

    before, after = (m(inputs, training=False) for m in (plain, own))
    for task, predicted in before.items():
        np.testing.assert_array_equal(
            ops.convert_to_numpy(after[task]), ops.convert_to_numpy(predicted)
        )
    losses = [m.test_on_batch(inputs, labels, return_dict=True) for m in (plain, own)]
    assert losses[0] == losses[1]


@pytest.mark.parametrize("name", SETTINGS)
def test_a_step_follows_other_gradients(name, make_model, exposures):
    batch = tuple(
        {n: ops.convert_to_tensor(array[:64]) for n, array in group.items()}
        for group in (exposures.inputs, exposures.training_labels())
    )

    plain, own = (
        make_model(**settings).gradients(batch) for settings in ({}, CHOSEN[name])
    )

    assert [v.path for v, _ in plain] == [v.path for v, _ in own]
    pairs = zip(plain, own, strict=True)
    assert any(
        one.shape != other.shape
        or not np.array_equal(ops.convert_to_numpy(one), ops.convert_to_numpy(other))
        for (_, one), (_, other) in pairs
    )


@pytest.mark.parametrize(
    "nothing",
    [
        {"cold_start_dropout": {**COLD_START, "rate": 0.0}},
        {"label_smoothing": 0.0},
        {"text_augmentation": {"dropout": 0.0, "swap": 0.0}},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_what_is_set_to_nothing_is_not_there(nothing, make_model):
    model = make_model(**nothing)

    assert not model.regularizers.are_any
    assert "regularizers" not in model.get_compile_config()


@chosen
def test_several_batches_in_a_call_train_as_one_after_the_other(
    settings, make_model, exposures
):
    one, several = (
        fitted(make_model(**settings), exposures, steps, epochs=1) for steps in (1, 5)
    )

    for single, stacked in zip(one, several, strict=True):
        np.testing.assert_allclose(single, stacked, atol=2e-6, rtol=2e-5)


@pytest.mark.slow
@chosen
def test_sweeping_a_table_and_touching_its_rows_are_one_thing(
    settings, make_model, exposures
):
    results = []
    for whole_table_rows in (1000, 0):
        model = make_model(**settings)
        model.compile(
            model.optimizer,
            model.loss,
            jit_compile=keras.backend.backend() == "jax",
            whole_table_rows=whole_table_rows,
            regularizers=model.regularizers,
        )
        results.append(fitted(model, exposures, epochs=1))

    for whole, by_row in zip(*results, strict=True):
        np.testing.assert_allclose(whole, by_row, atol=2e-6, rtol=2e-5)


def unknown_row(model, layer, vocabulary):
    table = model.get_layer(layer)
    first, _ = table.row_blocks[vocabulary]
    return ops.convert_to_numpy(table.table)[first + 1]


def test_the_embedding_of_the_unknown_id_is_trained(make_model, exposures):
    """No row of the data has it: without dropout it stays as it was drawn."""
    for name in ("user_ids", "item_ids", "history"):
        exposures.inputs[name][exposures.inputs[name] == 1] = 2
    tables = {"user": "embedding_3", "item": "embedding_5"}

    for settings in ({}, {"cold_start_dropout": COLD_START}):
        model = make_model(**settings)
        before = {v: unknown_row(model, layer, v) for v, layer in tables.items()}
        fitted(model, exposures, epochs=1)

        for vocabulary, layer in tables.items():
            after = unknown_row(model, layer, vocabulary)
            assert np.array_equal(after, before[vocabulary]) == (not settings)


def test_with_requests_a_user_is_unknown_for_a_whole_request(make_model, exposures):
    order = np.repeat(np.arange(120), 5)
    for name in user_inputs(exposures.schema):
        exposures.inputs[name] = exposures.inputs[name][order]
    model = make_model(cold_start_dropout=COLD_START)
    batches = Batches(exposures, 60, groups_requests=True)
    inputs, _ = batches[0]

    changed, _ = model.learned_from(
        {name: ops.convert_to_tensor(own) for name, own in inputs.items()}, {}
    )

    is_new = {
        name: (ops.convert_to_numpy(changed[name]) != inputs[name])[:, -1]
        for name in ("user_ids", "item_ids")
    }
    assert 0 < is_new["user_ids"].sum() < len(is_new["user_ids"]) < 60
    assert 0 < is_new["item_ids"].sum() < len(is_new["item_ids"]) == 60
    assert np.isfinite(model.fit(batches, shuffle=False, verbose=0).history["loss"][0])


def test_a_saved_model_goes_on_with_its_regularizers(make_model, tmp_path):
    model = make_model(**SETTINGS)
    model.save(tmp_path / "model.keras")

    loaded = load_model(tmp_path / "model.keras")

    assert loaded.regularizers.get_config() == model.regularizers.get_config()


def test_texts_are_changed_and_nothing_else(schema):
    title = Text(kind="text", name="title", side="item", max_tokens=4)
    features = (*schema.features, title)
    vocabularies = {**schema.vocabularies, "title": Vocabulary("title", 1, 9, None)}
    with_text = Schema(features, schema.tasks, vocabularies, {})
    config = Training(text_augmentation={"dropout": 0.5})
    x = {"title": np.ones((50, 4), "int32"), "history": np.ones((50, 4), "int32")}

    changed = build_regularizers(config, with_text).inputs(x, 0)

    assert 0 < np.count_nonzero(ops.convert_to_numpy(changed["title"])) < 200
    np.testing.assert_array_equal(changed["history"], x["history"])
