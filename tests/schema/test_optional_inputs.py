"""Inputs that rows may leave out are padding where they do."""

from dataclasses import replace

import numpy as np
import pytest

from mtl_rec.config.features import Text, Vector
from mtl_rec.config.tasks import Task
from mtl_rec.errors import SchemaError
from mtl_rec.schema import Schema
from mtl_rec.schema.encoded import EncodedExposures, joined
from mtl_rec.schema.encoded_checks import require_valid_inputs
from mtl_rec.schema.encoded_files import open_encoded, write_encoded
from mtl_rec.schema.fields import IdField, Vocabulary

ENCODER = {"kind": "pretrained", "source": "m"}
FALLBACK = {"kind": "encode", "text": "title"}
SCHEMA = Schema(
    (
        Vector(kind="vector", name="item", side="item", path="v", fallback=FALLBACK),
        Text(kind="text", name="title", side="item", encoder=ENCODER),
    ),
    (Task(name="click"),),
    {"item": Vocabulary("item", 1, 9, None, 4), "title": Vocabulary("title", 0, 6, 0)},
    {},
    text_lengths={"title": 3},
)


def part(ids, texts=None):
    inputs = {"item_ids": np.array(ids, np.int32)[:, np.newaxis]}
    if texts is not None:
        inputs["title"] = np.array(texts, np.int32)
    return EncodedExposures(SCHEMA, inputs, {})


PARTS = [
    part([2, 3]),
    part([1, 2], [[5, 6, 0], [0, 0, 0]]),
    part([4]),
    part([1], [[5, 2, 6]]),
    part([7, 8]),
]
TITLES = [[0] * 3, [0] * 3, [5, 6, 0], [0] * 3, [0] * 3, [5, 2, 6], [0] * 3, [0] * 3]


def test_a_text_that_stands_in_for_vectors_is_an_input_and_no_field():
    assert SCHEMA.fields == (IdField("item", "item", "item"),)
    assert SCHEMA.inputs()["title"].is_optional
    assert not SCHEMA.inputs()["item_ids"].is_optional
    assert Schema.from_json(SCHEMA.to_json()).inputs() == SCHEMA.inputs()


def test_rows_without_it_are_padding_once_others_have_it(tmp_path):
    write_encoded(tmp_path / "rows", iter(PARTS))

    for whole in (joined(PARTS), open_encoded(tmp_path / "rows", SCHEMA)):
        assert whole.inputs["title"].tolist() == TITLES


def test_where_no_row_has_it_nothing_is_kept_and_all_is_padding(tmp_path):
    write_encoded(tmp_path / "rows", iter(PARTS[::2]))

    for whole in (joined(PARTS[::2]), open_encoded(tmp_path / "rows", SCHEMA)):
        assert list(whole.inputs) == ["item_ids"]
        assert whole.inputs_of(["title"])["title"].tolist() == [[0] * 3] * 5
        require_valid_inputs(whole, SCHEMA.inputs())


def test_what_is_there_is_looked_at():
    wrong = replace(
        PARTS[3], inputs={**PARTS[3].inputs, "title": np.array([[5, 7, 6]])}
    )

    with pytest.raises(SchemaError, match="must hold ids of 'title', from 0 to 6"):
        require_valid_inputs(wrong, SCHEMA.inputs())
