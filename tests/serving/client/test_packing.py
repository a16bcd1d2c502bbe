"""Rows go out packed where the model has the signature for it."""

from dataclasses import replace

import numpy as np
import pytest

from mtl_rec.serving.client import Client
from mtl_rec.serving.client.calls import ModelCalls
from mtl_rec.serving.client.packing import packing_of
from mtl_rec.serving.client.signatures import ModelMetadata, Signature, TensorType
from mtl_rec.serving.local import LocalServer

TEXT, NUMBER = TensorType("string", (None,)), TensorType("float32", (None,))
OUTPUTS = {"click": NUMBER}
ROWS = Signature(
    "serving_default",
    {
        "b": TEXT,
        "a": TEXT,
        "x": NUMBER,
        "list": TensorType("string", (None, 4)),
    },
    OUTPUTS,
)
PACKED = Signature(
    "packed",
    {
        "strings": TensorType("string", (None, 2)),
        "numbers": TensorType("float32", (None, 1)),
        "list": TensorType("string", (None, 4)),
    },
    OUTPUTS,
)


def metadata(*signatures: Signature) -> ModelMetadata:
    return ModelMetadata(1, {signature.name: signature for signature in signatures})


def test_features_of_one_value_are_columns_by_alphabet():
    packing = packing_of(metadata(ROWS, PACKED), "serving_default")
    rows = {
        "b": np.array(["b0", "b1"], object),
        "a": np.array(["a0", "a1"], object),
        "x": np.array([1.0, 2.0], np.float32),
        "list": np.full((2, 4), "", object),
    }

    assert packing is not None
    packed = packing.of(rows)

    assert packed.keys() == PACKED.inputs.keys()
    assert packed["strings"].tolist() == [["a0", "b0"], ["a1", "b1"]]
    assert packed["numbers"].tolist() == [[1.0], [2.0]]
    assert packed["list"] is rows["list"]


@pytest.mark.parametrize(
    "other",
    [
        replace(PACKED, inputs={**PACKED.inputs, "more": NUMBER}),
        replace(
            PACKED, inputs={**PACKED.inputs, "strings": TensorType("string", (None, 3))}
        ),
        replace(PACKED, outputs={"clicks": NUMBER}),
        replace(PACKED, name="another"),
    ],
)
def test_what_takes_something_else_is_left_alone(other):
    assert packing_of(metadata(ROWS, other), "serving_default") is None


@pytest.mark.parametrize("name", ["rank", "tf_example", "packed"])
def test_other_signatures_are_asked_as_they_are(name):
    assert packing_of(metadata(ROWS, PACKED), name) is None


@pytest.mark.parametrize("protocol", ["grpc", "rest"])
def test_packed_rows_get_the_answers_of_the_model(
    protocol, write_shop, tmp_path, rows, expected, monkeypatch
):
    write_shop(tmp_path / "shop" / "1", is_packed=True)
    asked = []
    send = ModelCalls._send
    monkeypatch.setattr(
        ModelCalls,
        "_send",
        lambda self, signature, *rest: (
            asked.append(signature.name) or send(self, signature, *rest)
        ),
    )

    with LocalServer({"shop": tmp_path / "shop"}, grpc_port=0, rest_port=0) as server:
        urls = {
            "grpc": f"grpc://{server.host}:{server.grpc_port}",
            "rest": f"http://{server.host}:{server.rest_port}",
        }
        with Client(urls[protocol], "shop", timeout_seconds=60) as client:
            answers = client.predict(rows)

    assert asked == ["packed"]
    for name, values in expected(rows).items():
        np.testing.assert_allclose(answers[name], values, atol=1e-6, rtol=0)
