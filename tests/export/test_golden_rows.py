import json
import re
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.errors import ArtifactError
from mtl_rec.export.golden_rows import golden_rows, proofs_from
from mtl_rec.export.requests import first_rows


def through_json(proofs):
    written = json.dumps(golden_rows(proofs), allow_nan=False)
    return proofs_from(json.loads(written))


def assert_equal(actual, expected):
    assert actual.keys() == expected.keys()
    for name, values in expected.items():
        assert actual[name].dtype == values.dtype
        np.testing.assert_array_equal(actual[name], values)


def test_the_first_rows_and_candidates_come_back_as_they_were(many_proofs):
    # Text comes back as its bytes, which is what a server answers.
    rank = many_proofs["rank"]
    users = np.array([user.encode() for user in rank.rows["user"]], object)
    classes = np.full((4, 1), b"click", object)
    classify = many_proofs["classify"]
    proofs = {
        **many_proofs,
        "rank": replace(rank, rows={**rank.rows, "user": users}),
        "classify": replace(
            classify, expected={**classify.expected, "classes": classes}
        ),
    }

    read = through_json(proofs)

    assert read.keys() == proofs.keys()
    for name, proof in proofs.items():
        kept = first_rows(proof, "kept", 3, 5)
        assert_equal(read[name].rows, kept.inputs)
        assert_equal(read[name].expected, kept.expected)
        assert read[name].orders == proof.orders
        assert read[name].ratios == proof.ratios


def test_declared_types_come_back(many_proofs):
    read = through_json(many_proofs)["rank"]

    assert read.inputs["user"] == tf.TensorSpec([None], tf.string, name="user")
    assert read.outputs["order"] == tf.TensorSpec([None, None], tf.int32, name="order")


def test_text_is_readable_and_bytes_are_not_lost(many_proofs):
    golden = golden_rows(many_proofs)

    assert golden["rank"]["inputs"]["user"] == ["eve", "adam", "x"]
    assert set(golden["classify"]["inputs"]["inputs"][0]) == {"b64"}


def test_numbers_that_json_lacks_come_back(proof):
    prices = np.array([np.nan, np.inf, -np.inf, 1, 2], np.float32)
    odd = replace(proof, rows={**proof.rows, "price": prices})

    golden = golden_rows({"score": odd})["score"]
    read = through_json({"score": odd})["score"]

    assert golden["inputs"]["price"] == [None, "Infinity", "-Infinity"]
    np.testing.assert_array_equal(read.rows["price"], prices[:3])


@pytest.mark.parametrize(
    "damage",
    [
        lambda golden: golden.pop("types"),
        lambda golden: golden["inputs"].pop("price"),
        lambda golden: golden["types"]["inputs"].update(price="float99 [-1]"),
        lambda golden: golden["types"]["inputs"].update(price="float32"),
        lambda golden: golden["inputs"].update(price=["cheap", 1, 2]),
        lambda golden: golden["inputs"].update(item=[{"b64": "?"}, "a", "b"]),
        lambda golden: golden["outputs"].update(click=[0.5]),
    ],
    ids=["types", "input", "type", "no shape", "number", "bytes", "fewer answers"],
)
def test_damaged_golden_rows_are_refused(damage, proof):
    golden = golden_rows({"score": proof})
    damage(golden["score"])

    with pytest.raises(
        ArtifactError, match=re.escape("The golden rows of 'score' are damaged: ")
    ):
        proofs_from(golden)
