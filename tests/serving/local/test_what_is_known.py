"""Status, signatures and metrics."""

import grpc
import pytest
from google.protobuf.any_pb2 import Any
from serving_load.wire import TIMEOUT_SECONDS, predict_request
from tensorflow_serving.apis.get_model_metadata_pb2 import (
    GetModelMetadataRequest,
    SignatureDefMap,
)

METRICS = "/monitoring/prometheus/metrics"
SIGNATURES = {"serving_default", "rank", "tf_example", "classify", "regress_click"}


def metadata(client, model="tiny", field="signature_def"):
    request = GetModelMetadataRequest(metadata_field=[field] if field else [])
    request.model_spec.name = model
    return client.predictions.GetModelMetadata(request, timeout=TIMEOUT_SECONDS)


def test_metadata_has_every_signature(server, grpc_client):
    response = metadata(grpc_client)

    packed: Any = response.metadata["signature_def"]
    signatures = SignatureDefMap()
    assert packed.Unpack(signatures)
    assert set(signatures.signature_def) >= SIGNATURES
    assert set(signatures.signature_def["serving_default"].inputs) == {
        *("item", "price", "history")
    }
    assert response.model_spec.version.value == server.newest()


@pytest.mark.parametrize(
    ("model", "field", "code"),
    [
        ("tiny", "", grpc.StatusCode.INVALID_ARGUMENT),
        ("tiny", "weights", grpc.StatusCode.INVALID_ARGUMENT),
        ("none", "signature_def", grpc.StatusCode.NOT_FOUND),
    ],
)
def test_other_metadata_is_refused(grpc_client, model, field, code):
    with pytest.raises(grpc.RpcError) as caught:
        metadata(grpc_client, model, field)

    assert caught.value.code() == code


def test_rest_tells_the_signatures(server, rest):
    reply = rest.get("/v1/models/tiny/metadata").json

    assert reply["model_spec"]["version"] == str(server.newest())
    signature = reply["metadata"]["signature_def"]["signature_def"]["serving_default"]
    price = signature["inputs"]["price"]
    assert price["dtype"] == "DT_FLOAT"
    assert [dimension["size"] for dimension in price["tensor_shape"]["dim"]] == ["-1"]


def test_rest_tells_the_state_of_versions(server, rest):
    reply = rest.get("/v1/models/tiny").json

    assert {
        "version": str(server.newest()),
        "state": "AVAILABLE",
        "status": {"error_code": "OK", "error_message": ""},
    } in reply["model_version_status"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/models/tiny/versions/999999", 404),
        ("/v1/models/none", 404),
        ("/v1/models/none/metadata", 404),
        ("/v1/models", 400),
        ("/v1/models/tiny/weights", 400),
    ],
)
def test_nothing_is_known_of_what_is_not_served(rest, path, status):
    assert rest.get(path).status == status


def count(text: str, start: str) -> int:
    lines = [line for line in text.splitlines() if line.startswith(start)]
    return int(lines[0].rpartition(" ")[2]) if lines else 0


@pytest.mark.parametrize(
    "start",
    [
        ':tensorflow:serving:request_count{model_name="tiny",status="OK"}',
        ":tensorflow:serving:request_latency_count{"
        'model_name="tiny",API="Predict",entrypoint="GRPC"}',
        ":tensorflow:serving:request_latency_count{"
        'model_name="tiny",API="predict",entrypoint="REST"}',
    ],
)
def test_metrics_count_what_is_answered(rest, grpc_client, columns, start):
    before = count(rest.get(METRICS).body.decode(), start)

    grpc_client.predict(predict_request("tiny", columns))
    rest.post("/v1/models/tiny:predict", {"inputs": columns})

    assert count(rest.get(METRICS).body.decode(), start) > before


def test_metrics_count_what_is_refused(rest):
    start = ':tensorflow:serving:request_count{model_name="tiny",'
    start += 'status="INVALID_ARGUMENT"}'
    before = count(rest.get(METRICS).body.decode(), start)

    rest.post("/v1/models/tiny:predict", b"{}")

    assert count(rest.get(METRICS).body.decode(), start) == before + 1


def test_metrics_are_in_prometheus_format(rest):
    rest.get("/v1/models/tiny")

    lines = rest.get(METRICS).body.decode().splitlines()

    assert "# TYPE :tensorflow:serving:request_count counter" in lines
    assert "# TYPE :tensorflow:serving:request_latency histogram" in lines
