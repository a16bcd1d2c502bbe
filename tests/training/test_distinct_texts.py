"""A text that comes up again is read once, and nothing else changes; some `[text]`."""

import keras
import numpy as np
import pytest
from compilation import JIT
from keras import ops
from tiny_bert import write_tiny_bert

from mtl_rec.config.features import Categorical, Text
from mtl_rec.config.model import MMoE, Model
from mtl_rec.config.tasks import Task
from mtl_rec.config.training import Training
from mtl_rec.models import build_model
from mtl_rec.models.layers.text_rows import text_of_row
from mtl_rec.schema import EncodedExposures, Schema
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.training import Batches, fit_best, make_trainable
from mtl_rec.training.distinct_texts import usual_texts, with_distinct_texts

MMOE = MMoE(kind="mmoe", num_experts=2, expert_units=(8,), tower_units=(4,))
TITLE = text_of_row("title")


@pytest.fixture
def stacked():
    """Three batches of 20 rows, of at most 5, 6 and 7 texts."""
    random = np.random.default_rng(0)
    texts = random.integers(0, 9, (7, 4)).astype("int32")
    rows = [texts[random.integers(0, most, 20)] for most in (5, 6, 7)]
    return {"title": np.stack(rows), "user_ids": np.zeros((3, 20, 1), "int32")}


@pytest.mark.parametrize(("capacity", "size"), [(16, 16), (3, 20)])
def test_every_row_finds_its_text(capacity, size, stacked):
    packed = with_distinct_texts(stacked, {"title": capacity})

    assert packed["title"].shape == (3, size, 4)
    assert packed[TITLE].shape == (3, 20, 1)
    assert packed["user_ids"] is stacked["user_ids"]
    for batch in range(3):
        rows = packed["title"][batch][packed[TITLE][batch][:, 0]]
        np.testing.assert_array_equal(rows, stacked["title"][batch])
        distinct = len(np.unique(stacked["title"][batch], axis=0))
        assert packed[TITLE][batch].max() + 1 == distinct


def test_capacity_is_above_what_batches_have_and_not_above_their_rows(stacked):
    batches = [{"title": own} for own in stacked["title"]]

    assert usual_texts(batches, "title") == 20
    longer = [{"title": np.concatenate([own] * 10)} for own in stacked["title"]]
    assert usual_texts(longer, "title") == 32


@pytest.fixture
def make(tmp_path):
    """A trainable model with a BERT of which something learns, and 40 rows."""
    pytest.importorskip("keras_hub", reason="needs the extra `text`")
    from mtl_rec.pretrained.language_model import load_language_model

    folder = str(write_tiny_bert(tmp_path / "tiny"))
    about = load_language_model(folder).about

    def make_with(mode, **training):
        bert = {"kind": "pretrained", "source": folder, "mode": mode}
        text = {"kind": "text", "max_tokens": 5, "encoder": bert}
        features = (
            Categorical(kind="categorical", name="user_id", side="user"),
            Text(name="title", side="item", **text),
            Text(name="query", side="user", shares="title", **text),
        )
        vocabularies = {
            "user_id": Vocabulary("user_id", 1, 8, None),
            "title": Vocabulary("title", 0, 60, None, language_model=about),
        }
        schema = Schema(features, (Task(name="click"),), vocabularies, {}, None, 1000)
        keras.utils.set_random_seed(0)
        model = build_model(Model(architecture=MMOE, embedding_dim=4), schema)
        random = np.random.default_rng(0)
        texts = random.integers(5, 60, (6, 5)).astype("int32")
        users = random.integers(1, 10, 40)
        inputs = {
            "user_ids": users[:, None].astype("int32"),
            "title": texts[random.integers(0, 6, 40)],
            "query": texts[users % 3],
        }
        labels = {"click": random.integers(0, 2, (40, 1)).astype("float32")}
        exposures = EncodedExposures(schema, inputs, labels)
        return make_trainable(model, Training(jit=JIT, **training), schema), exposures

    return make_with


@pytest.mark.parametrize("groups_requests", [False, True])
def test_gradients_are_those_of_a_text_for_every_row(groups_requests, make):
    model, exposures = make({"kind": "full"})
    apart, shared = (
        Batches(exposures, 20, 0, groups_requests=groups_requests, shares_texts=own)
        for own in (False, True)
    )
    apart, shared = apart.item(0, 0), shared.item(0, 0)
    assert set(shared[0]) - set(apart[0]) == {TITLE, text_of_row("query")}

    one, other = model.gradients(apart), model.gradients(shared)

    for (variable, expected), (same, gradient) in zip(one, other, strict=True):
        assert variable is same
        expected, gradient = map(ops.convert_to_numpy, (expected, gradient))
        np.testing.assert_allclose(gradient, expected, rtol=1e-3, atol=1e-6)


@pytest.mark.slow
def test_an_interrupted_training_ends_with_the_bits_of_one_that_was_not(make, tmp_path):
    def fitted(folder, epochs):
        settings = {"batch_size": 10, "epochs": epochs, "steps_per_call": 2}
        model, exposures = make(
            {"kind": "lora", "rank": 2},
            **settings,
            text_augmentation={"dropout": 0.2},
        )
        fit_best(model, exposures, exposures, Training(**settings), folder)
        return {own.path: ops.convert_to_numpy(own) for own in model.weights}

    whole = fitted(tmp_path / "whole", 2)
    fitted(tmp_path / "twice", 1)
    twice = fitted(tmp_path / "twice", 2)

    for path, values in whole.items():
        np.testing.assert_array_equal(twice[path], values, err_msg=path)
