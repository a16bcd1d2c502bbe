"""The schema knows the model's inputs, and survives being written down."""

import json

import pytest

from mtl_rec.schema import Schema
from mtl_rec.schema.feature_fields import vocabulary_name
from mtl_rec.schema.fields import IdField, IdListField, NumberField, Vocabulary
from mtl_rec.schema.schema import PackedInput


def test_it_is_read_back_from_json_equal(schema):
    assert Schema.from_json(schema.to_json()) == schema


def test_its_json_keeps_names_in_any_language_readable(schema):
    brand = schema.features[4].model_copy(update={"column": "商标"})
    features = (*schema.features[:4], brand, *schema.features[5:])

    text = Schema(features, schema.tasks, {}, {}).to_json()

    assert "商标" in text
    assert json.loads(text)["features"][4]["column"] == "商标"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"features": [{"kind": "x"}]}'])
def test_text_that_is_no_schema_is_refused(text):
    with pytest.raises((ValueError, KeyError, TypeError)):
        Schema.from_json(text)


def test_inputs_are_packed_by_side_and_lists_stand_alone(schema):
    assert schema.inputs() == {
        "user_ids": PackedInput(1, "int32"),
        "user_numbers": PackedInput(1, "float32"),
        "history": PackedInput(3, "int32"),
        "item_ids": PackedInput(2, "int32"),
        "item_numbers": PackedInput(2, "float32"),
        "tags": PackedInput(2, "int32"),
        "title": PackedInput(6, "int32"),
        "context_ids": PackedInput(1, "int32"),
    }


def test_inputs_without_a_column_are_left_out(schema):
    (user, *_) = schema.features

    assert list(Schema((user,), schema.tasks, {}, {}).inputs()) == ["user_ids"]


def test_fields_of_a_side_have_the_order_of_the_alphabet(schema):
    assert schema.fields_of(IdField, "item") == [
        IdField("brand", "item", "brand"),
        IdField("item_id", "item", "item_id"),
    ]
    assert [field.name for field in schema.fields_of(IdListField, "item")] == [
        *("tags", "title")
    ]


def test_the_flag_of_a_missing_number_follows_it(schema):
    assert schema.fields_of(NumberField, "item") == [
        NumberField("price", "item"),
        NumberField("price_is_missing", "item"),
    ]


def test_quantiles_are_ids(schema):
    assert schema.fields_of(NumberField, "context") == []
    assert schema.fields_of(IdField, "context") == [IdField("hour", "context", "hour")]


def test_a_feature_that_shares_uses_the_owners_vocabulary(schema):
    (history,) = schema.fields_of(IdListField, "user")

    assert history.vocabulary == "item_id"
    assert vocabulary_name(schema.features[1]) == "item_id"
    assert vocabulary_name(schema.features[2]) == "age"


def test_a_vocabulary_has_ids_for_padding_unknown_and_known_values():
    assert Vocabulary("item_id", 3, 50, None).num_ids == 54


def test_the_funnel_is_that_of_the_tasks(schema, tasks):
    assert schema.funnel.tasks == tasks
