"""Predict, as TensorFlow Serving answers it: the same tests for both servers."""

import grpc
import numpy as np
import pytest
import tensorflow as tf
from serving_load.wire import Grpc, arrays_of, predict_request

CODE = grpc.StatusCode
NUM_MANY_ROWS = 100_000


@pytest.fixture
def request_of(server):
    return lambda inputs, *args, **spec: predict_request(
        server.model, inputs, *args, **spec
    )


def refusal(client, request):
    with pytest.raises(grpc.RpcError) as caught:
        client.predict(request)
    return caught.value.code(), caught.value.details()


def test_every_output_has_the_values_of_the_graph(
    grpc_client, request_of, columns, tiny_outputs
):
    response = grpc_client.predict(request_of(columns))

    expected = tiny_outputs(columns["item"], columns["price"])
    assert arrays_of(response).keys() == expected.keys()
    for name, values in arrays_of(response).items():
        np.testing.assert_allclose(values, expected[name], rtol=0, atol=1e-6)
        assert values.dtype == np.float32


def test_values_are_in_the_fields_of_their_type(grpc_client, request_of, columns):
    response = grpc_client.predict(request_of(columns))

    assert len(response.outputs["click"].float_val) == 2


def test_a_reply_names_model_version_and_signature(
    server, grpc_client, request_of, columns
):
    spec = grpc_client.predict(request_of(columns)).model_spec

    assert (spec.name, spec.signature_name) == (server.model, "serving_default")
    assert spec.version.value == server.newest()


def test_a_version_can_be_asked_for(server, grpc_client, request_of, columns):
    response = grpc_client.predict(request_of(columns, version=server.newest()))

    assert response.model_spec.version.value == server.newest()


def test_a_filter_picks_outputs(grpc_client, request_of, columns):
    request = request_of(columns)
    request.output_filter.append("purchase")

    assert list(grpc_client.predict(request).outputs) == ["purchase"]


def test_candidates_are_ranked_by_the_graph(grpc_client, request_of):
    candidates = {
        "history": [["a", "b", ""]],
        "item": [["Ärmel", "kettle", "unknown"]],
        "price": [[1.0, 1.0, 1.0]],
    }

    outputs = arrays_of(grpc_client.predict(request_of(candidates, "rank")))

    assert outputs["order"].tolist() == [[1, 2, 0]]
    assert outputs["order"].dtype == np.int32


def test_missing_and_extra_inputs_are_both_named(grpc_client, request_of, columns):
    del columns["price"]

    code, message = refusal(
        grpc_client, request_of({**columns, "colour": ["red"], "size": ["M"]})
    )

    assert code == CODE.INVALID_ARGUMENT
    assert "price" in message
    assert "colour" in message


@pytest.mark.parametrize(
    "changed",
    [
        {"price": ["2.0", "0.5"]},
        {"item": [1.0, 2.0]},
        {"history": [["a", "b"], ["", ""]]},
        {"item": ["kettle"] * 3},
    ],
    ids=["string for float", "float for string", "width", "rows"],
)
def test_wrong_types_and_shapes_are_refused(grpc_client, request_of, columns, changed):
    code, _ = refusal(grpc_client, request_of(columns | changed))

    assert code == CODE.INVALID_ARGUMENT


def test_the_rank_of_an_input_is_kept_to(shared_local_server, columns):
    """TensorFlow Serving leaves that to the graph, which may broadcast."""
    request = predict_request("tiny", columns | {"item": [["kettle"], ["Ärmel"]]})

    with Grpc(shared_local_server.address) as client:
        code, message = refusal(client, request)

    assert code == CODE.INVALID_ARGUMENT
    assert "'item' must have shape [-1]. Received: [2, 1]" in message


def test_an_unknown_output_is_refused_with_those_that_exist(
    grpc_client, request_of, columns
):
    request = request_of(columns)
    request.output_filter.append("clik")

    code, message = refusal(grpc_client, request)

    assert code == CODE.INVALID_ARGUMENT
    assert "purchase" in message


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"version": 2**40}, CODE.NOT_FOUND),
        ({"version_label": "stable"}, CODE.INVALID_ARGUMENT),
    ],
)
def test_what_is_not_served_is_not_found(
    grpc_client, request_of, columns, spec, expected
):
    code, _ = refusal(grpc_client, request_of(columns, **spec))

    assert code == expected


def test_an_unknown_model_is_not_found(grpc_client, columns):
    code, _ = refusal(grpc_client, predict_request("no_such_model", columns))

    assert code == CODE.NOT_FOUND


def test_an_unknown_signature_is_refused(grpc_client, request_of, columns):
    code, message = refusal(grpc_client, request_of(columns, "no_such"))

    assert code == CODE.FAILED_PRECONDITION
    assert "no_such" in message


def test_no_rows_get_no_scores(grpc_client, request_of):
    request = request_of({"item": [], "price": [], "history": []})
    request.inputs["item"].CopyFrom(tf.make_tensor_proto([], tf.string, [0]))
    request.inputs["history"].CopyFrom(tf.make_tensor_proto([], tf.string, [0, 3]))

    outputs = arrays_of(grpc_client.predict(request))

    assert {name: values.shape for name, values in outputs.items()} == {
        "click": (0,),
        "purchase": (0,),
    }


def test_a_last_value_stands_for_those_left_out(grpc_client, request_of, columns):
    """As in messages that repeat a value for every row."""
    request = request_of(columns | {"price": [2.0, 2.0]})
    del request.inputs["price"].float_val[:]
    request.inputs["price"].tensor_content = b""
    request.inputs["price"].float_val.append(2.0)

    explicit = grpc_client.predict(request_of(columns | {"price": [2.0, 2.0]}))

    assert grpc_client.predict(request) == explicit


def test_a_hundred_thousand_rows_are_answered(grpc_client, request_of, columns):
    """More than the 4 MB at which gRPC stops by default."""
    many = {name: values * (NUM_MANY_ROWS // 2) for name, values in columns.items()}
    many["item"] = ["a long name of an item that nobody sells " * 2] * NUM_MANY_ROWS
    request = request_of(many)
    assert request.ByteSize() > 2 * 4_194_304

    outputs = arrays_of(grpc_client.predict(request))

    assert outputs["click"].shape == (NUM_MANY_ROWS,)
    assert len(set(outputs["click"].tolist())) == 2
