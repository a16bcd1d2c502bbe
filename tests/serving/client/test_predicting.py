"""Rows over both protocols: the model's own answers, whatever their form and number."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mtl_rec.serving.client import Client


def as_columns(rows):
    return {name: [row[name] for row in rows] for name in rows[0]}


def assert_equal(received, expected):
    assert sorted(received) == sorted(expected)
    for name, values in expected.items():
        assert received[name].dtype == np.float32
        np.testing.assert_allclose(received[name], values, atol=1e-6, rtol=0)


FORMS = {
    "dicts": lambda rows: rows,
    "columns": as_columns,
    "arrays": lambda rows: {
        name: np.array(values, object if name != "price" else None)
        for name, values in as_columns(rows).items()
    },
    "frame": pd.DataFrame,
    "table": pa.Table.from_pylist,
    "batch": lambda rows: pa.Table.from_pylist(rows).to_batches()[0],
}


@pytest.mark.parametrize("form", FORMS)
def test_rows_of_every_form_get_the_answers_of_the_model(client, rows, expected, form):
    assert_equal(client.predict(FORMS[form](rows)), expected(rows))


@pytest.mark.parametrize("size", [1, 7, 49, 50])
def test_rows_that_are_sent_in_parts_come_back_in_order(url, rows, expected, size):
    with Client(url, "shop", timeout_seconds=60, rows_per_request=size) as client:
        assert_equal(client.predict(rows), expected(rows))


def test_only_the_outputs_asked_for_come_back(client, rows, expected):
    received = client.predict(rows, ["purchase"])

    assert_equal(received, {"purchase": expected(rows)["purchase"]})


@pytest.mark.parametrize("nothing", [[], {"user_id": []}, pd.DataFrame()])
def test_no_rows_get_no_answers(client, nothing):
    received = client.predict(nothing)

    assert {name: len(values) for name, values in received.items()} == {
        "click": 0,
        "purchase": 0,
    }


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan])
def test_missing_values_are_sent_as_missing(client, rows, expected, missing):
    row = rows[0] | {"user_id": missing, "price": missing, "history": missing}
    same = row | {"user_id": "", "price": float("nan"), "history": []}

    assert_equal(client.predict([row]), expected([same]))


def test_a_frame_may_have_the_missing_values_of_pandas(client, rows, expected):
    row = rows[0] | {"user_id": "", "price": float("nan")}
    frame = pd.DataFrame([row, rows[1]])
    frame["user_id"] = frame["user_id"].replace("", pd.NA).astype("string")
    frame["price"] = frame["price"].astype("Float32")

    assert_equal(client.predict(frame), expected([row, rows[1]]))


def test_features_that_are_not_there_can_be_sent_as_missing(client, rows, expected):
    row = rows[0] | {"price": float("nan"), "history": [], "hour": ""}
    known = {name: row[name] for name in ("user_id", "item_id")}

    received = client.predict([known, row], fill_missing=True)

    assert_equal(received, expected([row, row]))


def test_whole_numbers_are_ids_as_in_training(client, rows, expected):
    frame = pd.DataFrame([rows[0] | {"item_id": 12, "user_id": None}, rows[1]])
    frame["item_id"] = [12, 7]
    frame["user_id"] = [np.nan, 3.0]
    same = [
        rows[0] | {"item_id": "12", "user_id": ""},
        rows[1] | {"item_id": "7", "user_id": "3"},
    ]

    assert_equal(client.predict(frame), expected(same))


def test_empty_elements_of_a_list_take_no_place(client, rows, expected):
    given = [rows[0] | {"history": ["", "i1", None, "i2", ""]}]

    same = [rows[0] | {"history": ["i1", "i2"]}]
    assert_equal(client.predict(given), expected(same))


def test_bytes_that_are_no_text_arrive(client, rows, expected):
    row = rows[0] | {"item_id": b"\xff\xfe\x00"}

    assert_equal(client.predict([row]), expected([row]))


def test_large_requests_and_answers_arrive(url, protocol, rows):
    # Above 4 MB of answers for gRPC, and 1 MB of request for REST: limits of the
    # libraries that are lifted.
    count = {"grpc": 530_000, "rest": 30_000}[protocol]
    columns = {
        name: np.repeat(np.array([value], object), count)
        for name, value in (rows[0] | {"history": None, "price": 1.0}).items()
    }
    with Client(url, "shop", timeout_seconds=300, rows_per_request=count) as client:
        received = client.predict(columns)

    assert len(received["click"]) == count
    assert np.ptp(received["click"]) < 1e-6
