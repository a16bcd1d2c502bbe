"""Classify, Regress and MultiInference, which take `tf.Example`s."""

import grpc
import pytest
import tensorflow as tf
from serving_load.wire import TIMEOUT_SECONDS
from tensorflow_serving.apis.classification_pb2 import ClassificationRequest
from tensorflow_serving.apis.inference_pb2 import MultiInferenceRequest
from tensorflow_serving.apis.regression_pb2 import RegressionRequest

CODE = grpc.StatusCode
CLASSIFY, REGRESS = "tensorflow/serving/classify", "tensorflow/serving/regress"
ROWS = [{"item": "kettle", "price": 2.0}, {"item": "Ärmel"}]


def example(row):
    filled = tf.train.Example()
    for name, value in row.items():
        feature = filled.features.feature[name]
        if isinstance(value, str):
            feature.bytes_list.value.append(value.encode())
        else:
            feature.float_list.value.append(value)
    return filled


def filled(request, signature, rows=ROWS, model="tiny"):
    request.model_spec.name = model
    request.model_spec.signature_name = signature
    request.input.example_list.examples.extend(example(row) for row in rows)
    return request


@pytest.fixture
def clicks(tiny_outputs):
    return tiny_outputs(["kettle", "Ärmel"], [2.0, 0.0])["click"]


def test_each_example_gets_its_classes(grpc_client, clicks):
    request = filled(ClassificationRequest(), "classify")

    response = grpc_client.predictions.Classify(request, timeout=TIMEOUT_SECONDS)

    for row, click in zip(response.result.classifications, clicks, strict=True):
        assert [class_.label for class_ in row.classes] == ["click", "purchase"]
        scores = [class_.score for class_ in row.classes]
        assert scores == pytest.approx([click, click**2], abs=1e-6)
    assert response.model_spec.signature_name == "classify"


def test_each_example_gets_its_number(grpc_client, clicks):
    request = filled(RegressionRequest(), "regress_click")

    response = grpc_client.predictions.Regress(request, timeout=TIMEOUT_SECONDS)

    values = [regression.value for regression in response.result.regressions]
    assert values == pytest.approx(clicks, abs=1e-6)


def test_a_context_belongs_to_every_example(grpc_client, tiny_outputs):
    request = RegressionRequest()
    request.model_spec.name, request.model_spec.signature_name = "tiny", "regress_click"
    listed = request.input.example_list_with_context
    listed.context.CopyFrom(example({"price": 2.0}))
    listed.examples.extend(example({"item": item}) for item in ("kettle", "Ärmel"))

    response = grpc_client.predictions.Regress(request, timeout=TIMEOUT_SECONDS)

    expected = tiny_outputs(["kettle", "Ärmel"], [2.0, 2.0])["click"]
    values = [regression.value for regression in response.result.regressions]
    assert values == pytest.approx(expected, abs=1e-6)


def test_several_answers_come_from_one_version(grpc_client, clicks):
    request = MultiInferenceRequest()
    request.input.example_list.examples.extend(example(row) for row in ROWS)
    for signature, method in (("classify", CLASSIFY), ("regress_click", REGRESS)):
        task = request.tasks.add(method_name=method)
        task.model_spec.name, task.model_spec.signature_name = "tiny", signature

    response = grpc_client.predictions.MultiInference(request, timeout=TIMEOUT_SECONDS)

    first, second = response.results
    score = first.classification_result.classifications[0].classes[0].score
    assert score == pytest.approx(clicks[0], abs=1e-6)
    value = second.regression_result.regressions[1].value
    assert value == pytest.approx(clicks[1], abs=1e-6)
    assert first.model_spec.version == second.model_spec.version


@pytest.mark.parametrize("tasks", [[], ["classify", "classify"]])
def test_no_signature_is_asked_for_twice_or_never(grpc_client, tasks):
    request = MultiInferenceRequest()
    request.input.example_list.examples.append(example(ROWS[0]))
    for signature in tasks:
        task = request.tasks.add(method_name=CLASSIFY)
        task.model_spec.name, task.model_spec.signature_name = "tiny", signature

    with pytest.raises(grpc.RpcError) as caught:
        grpc_client.predictions.MultiInference(request, timeout=TIMEOUT_SECONDS)

    assert caught.value.code() == CODE.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ("signature", "rows"),
    [
        ("regress_click", []),
        ("classify", ROWS),
        ("serving_default", ROWS),
        ("no_such", ROWS),
        ("regress_click", [{"price": "a string"}, {"price": 2.0}]),
    ],
)
def test_what_can_not_be_regressed_is_refused(grpc_client, signature, rows):
    request = filled(RegressionRequest(), signature, rows)

    with pytest.raises(grpc.RpcError) as caught:
        grpc_client.predictions.Regress(request, timeout=TIMEOUT_SECONDS)

    assert caught.value.code() == CODE.INVALID_ARGUMENT


def test_rest_classifies(rest, clicks):
    body = {"signature_name": "classify", "examples": ROWS}

    results = rest.post("/v1/models/tiny:classify", body).json["results"]

    assert [[label for label, _ in row] for row in results] == 2 * [
        ["click", "purchase"]
    ]
    assert results[0][0][1] == pytest.approx(clicks[0], abs=1e-6)


def test_rest_regresses(rest, clicks):
    body = {"signature_name": "regress_click", "examples": ROWS}

    reply = rest.post("/v1/models/tiny:regress", body)

    assert reply.json["results"] == pytest.approx(clicks, abs=1e-6)


def test_rest_takes_a_context(rest, clicks):
    body = {
        "signature_name": "regress_click",
        "context": {"price": 2.0},
        "examples": [{"item": "kettle"}, {"item": {"b64": "a2V0dGxl"}}],
    }

    results = rest.post("/v1/models/tiny:regress", body).json["results"]

    assert results == pytest.approx([clicks[0]] * 2, abs=1e-6)


def test_a_number_without_a_point_is_no_float_and_fails_all_rows(rest):
    """Unlike in `:predict`: an example has no signature to say what is meant."""
    body = {"signature_name": "regress_click", "examples": [*ROWS, {"price": 5}]}

    reply = rest.post("/v1/models/tiny:regress", body)

    assert reply.status == 400
    assert "price" in reply.json["error"]


@pytest.mark.parametrize(
    "examples", [None, [], {}, [5], [{"price": [1.0, 2]}], [{"price": None}]], ids=str
)
def test_what_is_no_example_is_refused(rest, examples):
    body = {"signature_name": "regress_click", "examples": examples}

    assert rest.post("/v1/models/tiny:regress", body).status == 400
