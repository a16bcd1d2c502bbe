import keras
import numpy as np
import pytest
from keras import ops

from mtl_rec.config.model import MMoE, Model, SharedBottom, SingleTask
from mtl_rec.models import build_model
from mtl_rec.models.layers import FusedEmbedding
from mtl_rec.schema import Schema
from mtl_rec.schema.fields import IdField, NumberField, Vocabulary

ARCHITECTURES = [
    SharedBottom(kind="shared_bottom", bottom_units=(6,), tower_units=(4,)),
    MMoE(kind="mmoe", num_experts=2, expert_units=(6,), tower_units=(4,)),
    SingleTask(kind="single_task", bottom_units=(6,), tower_units=(4,)),
]


def logits_model(architecture, schema):
    config = Model(architecture=architecture, embedding_dim=6)
    model = build_model(config, schema)
    return keras.Model(model.input, model.get_layer("logits").output)


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=lambda own: own.kind)
def test_without_a_network_logits_are_the_sum_of_what_each_value_weighs(
    architecture, schema, batch, monkeypatch
):
    monkeypatch.setattr("mtl_rec.models.inputs.SMALL_VOCABULARY", 20)
    model = logits_model(architecture, schema)
    random = np.random.default_rng(0)
    weights = {}
    for weight in model.weights:
        is_linear = "linear" in weight.path
        value = random.normal(size=weight.shape) if is_linear else 0 * weight.numpy()
        weight.assign(value)
        weights[weight.path] = np.array(weight)

    logits = ops.convert_to_numpy(model(batch))

    expected = np.zeros_like(logits)
    for position, task in enumerate(schema.tasks):
        network = f"{task.name}." if architecture.kind == "single_task" else ""
        column = 0 if network else position
        tables = {
            is_small: [
                vocabulary
                for vocabulary in schema.vocabularies.values()
                if (vocabulary.num_ids <= 20) == is_small
                and vocabulary.name in {f.vocabulary for f in id_fields(schema)}
            ]
            for is_small in (True, False)
        }
        for is_small, vocabularies in tables.items():
            name = f"{network}{'small_' if is_small else ''}linear/table"
            first = 0
            for vocabulary in vocabularies:
                for field in id_fields(schema):
                    if field.vocabulary == vocabulary.name:
                        ids = schema.ids_of(field, batch)[:, 0]
                        expected[:, position] += weights[name][first + ids, column]
                first += vocabulary.num_ids
        for is_user, sides in {True: ["user"], False: ["item", "context"]}.items():
            name = f"{network}linear_{'user_' if is_user else ''}numbers/kernel"
            numbers = [
                batch[f"{side}_numbers"]
                for side in sides
                if schema.fields_of(NumberField, side)
            ]
            if numbers:
                kernel = weights[name][:, column]
                expected[:, position] += np.concatenate(numbers, axis=1) @ kernel
    np.testing.assert_allclose(logits, expected, rtol=1e-5, atol=1e-5)
    assert np.abs(logits).max() > 1


def id_fields(schema):
    return [field for field in schema.fields if isinstance(field, IdField)]


def test_a_model_of_lists_alone_has_no_linear_terms(features, tasks):
    titles = [feature for feature in features if feature.name == "title"]
    vocabularies = {"title": Vocabulary("title", 1, 30, None)}
    schema = Schema(titles, tasks[:1], vocabularies, {})

    model = logits_model(ARCHITECTURES[0], schema)

    tables = [own for own in model.layers if isinstance(own, FusedEmbedding)]
    assert [table.embedding_dim for table in tables] == [6]
    title = np.ones((3, schema.inputs()["title"].width), "int32")
    assert model({"title": title}).shape == (3, 1)
