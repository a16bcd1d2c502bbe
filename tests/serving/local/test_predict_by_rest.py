"""`:predict`, as TensorFlow Serving's REST API answers it."""

import base64
import gzip
import json

import numpy as np
import pytest
from serving_load.wire import Rest

PATH = "/v1/models/tiny:predict"
NUM_MANY_ROWS = 100_000


def test_rows_get_rows(rest, rows, columns, tiny_outputs):
    reply = rest.post(PATH, {"instances": rows})

    expected = tiny_outputs(columns["item"], columns["price"])
    predictions = reply.json["predictions"]
    for name, values in expected.items():
        answered = [row[name] for row in predictions]
        np.testing.assert_allclose(answered, values, rtol=0, atol=1e-6)


def test_columns_get_columns(rest, columns, tiny_outputs):
    reply = rest.post(PATH, {"inputs": columns})

    expected = tiny_outputs(columns["item"], columns["price"])
    assert reply.json["outputs"].keys() == expected.keys()
    for name, values in reply.json["outputs"].items():
        np.testing.assert_allclose(values, expected[name], rtol=0, atol=1e-6)


def test_numbers_are_written_with_the_decimals_of_a_float(rest, columns):
    reply = rest.post(PATH, {"inputs": columns | {"price": [0.0, 0.0]}})

    assert reply.json["outputs"]["click"] == [0.5, 0.5]
    assert len(str(reply.json["outputs"]["purchase"][0])) <= 10


def test_a_signature_can_be_named(rest):
    candidates = {
        "history": [["a", "b", ""]],
        "item": [["Ärmel", "kettle"]],
        "price": [[1.0, 1.0]],
    }

    reply = rest.post(PATH, {"signature_name": "rank", "inputs": candidates})

    assert reply.json["outputs"]["order"] == [[1, 0]]


def test_one_input_needs_no_name(rest):
    examples = [{"b64": base64.b64encode(b"").decode()}] * 2
    call = {"signature_name": "tf_example"}

    by_rows = rest.post(PATH, {**call, "instances": examples}).json["predictions"]
    by_columns = rest.post(PATH, {**call, "inputs": examples}).json["outputs"]

    assert [row["click"] for row in by_rows] == by_columns["click"] == [0.5, 0.5]


def test_a_whole_number_is_a_float_too(rest, rows):
    whole = [row | {"price": 2} for row in rows]
    with_point = [row | {"price": 2.0} for row in rows]

    replies = [
        rest.post(PATH, {"instances": each}).json for each in (whole, with_point)
    ]

    assert replies[0] == replies[1]


@pytest.mark.parametrize(
    ("sent", "answered"), [("NaN", b"NaN"), ("Infinity", b"1.0"), ("-Infinity", b"0.0")]
)
def test_numbers_that_json_lacks_are_taken_and_given(rest, sent, answered):
    body = (
        '{"inputs": {"item": ["kettle"], "history": [["", "", ""]], "price": ['
        + sent
        + "]}}"
    )

    reply = rest.post(PATH, body.encode())

    assert reply.status == 200
    assert answered in reply.body


def test_a_version_can_be_asked_for(server, rest, rows):
    number = server.newest()
    path = f"/v1/models/tiny/versions/{number}:predict"

    asked = rest.post(path, {"instances": rows})

    assert asked.json == rest.post(PATH, {"instances": rows}).json


@pytest.mark.parametrize(
    "change",
    [
        {"price": "2.0"},
        {"price": None},
        {"price": True},
        {"price": {"b64": "AA=="}},
        {"item": 5},
        {"item": {"b64": "no base64"}},
        {"item": {"b64": "AA==", "more": 1}},
        {"history": "a"},
        {"history": ["a", "b"]},
        {"history": ["a", ["b"], "c"]},
        {"colour": "red"},
    ],
    ids=str,
)
def test_one_wrong_row_is_refused_with_all_others(rest, rows, change):
    reply = rest.post(PATH, {"instances": [rows[0], rows[1] | change]})

    assert reply.status == 400
    assert isinstance(reply.json["error"], str)


def test_a_row_must_have_every_input(rest, rows):
    del rows[1]["price"]

    reply = rest.post(PATH, {"instances": rows})

    assert reply.status == 400
    assert "price" in reply.json["error"]


def test_columns_may_have_more_than_the_inputs(rest, columns):
    reply = rest.post(PATH, {"inputs": columns | {"colour": ["red", "blue"]}})

    assert reply.status == 200


def test_columns_must_have_every_input(rest, columns):
    del columns["price"]

    reply = rest.post(PATH, {"inputs": columns})

    assert (reply.status, "price" in reply.json["error"]) == (400, True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[1]",
        b'"instances"',
        b"{}",
        b'{"instances": []}',
        b'{"instances": {}}',
        b'{"instances": [1, 2]}',
        b'{"inputs": [1, 2]}',
        b'{"instances": [{}], "inputs": {}}',
        b'{"signature_name": 5, "instances": [{}]}',
        b'{"signature_name": "none", "instances": [{}]}',
    ],
)
def test_a_body_that_says_nothing_is_refused(rest, body):
    reply = rest.post(PATH, body)

    assert reply.status == 400
    assert reply.json.keys() == {"error"}


def test_a_body_may_be_compressed(rest, rows):
    body = gzip.compress(json.dumps({"instances": rows}).encode())

    reply = rest.send("POST", PATH, body, **{"Content-Encoding": "gzip"})

    assert reply.json == rest.post(PATH, {"instances": rows}).json


def test_a_body_must_be_compressed_if_it_says_so(shared_local_server):
    with Rest(shared_local_server.address) as rest:
        reply = rest.send("POST", PATH, b"{}", **{"Content-Encoding": "gzip"})

    assert (reply.status, "gzip" in reply.json["error"]) == (400, True)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/models/none:predict", 404),
        ("/v1/models/tiny/versions/999999:predict", 404),
        ("/v1/models/tiny/labels/none:predict", 400),
        ("/v1/models/tiny:guess", 400),
        ("/v1/models/tiny/versions/x:predict", 400),
        ("/other", 404),
    ],
)
def test_paths_to_nothing_are_refused(rest, rows, path, status):
    assert rest.post(path, {"instances": rows}).status == status


def test_a_hundred_thousand_rows_are_answered(rest):
    count = NUM_MANY_ROWS
    columns = {
        "item": ["kettle"] * count,
        "price": [1.0] * count,
        "history": [["a", "b", ""]] * count,
    }

    reply = rest.post(PATH, {"inputs": columns})

    assert len(reply.json["outputs"]["click"]) == count
