"""What is wrong with a request is named before it leaves."""

import re
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from mtl_rec.errors import MtlRecError
from mtl_rec.serving.client import Client, RequestError
from mtl_rec.serving.local import LocalServer

ROW = {
    "user_id": "u1",
    "history": ["i1"],
    "item_id": "i2",
    "price": 1.5,
    "hour": "7",
}

WRONG_VALUES = [
    ("price", "cheap", "must be a number. Received: 'cheap' (str) in row 1 of `rows`"),
    ("price", "1.5", "must be a number. Received: '1.5' (str)"),
    ("price", [1.5], "must be a number. Received: [1.5] (list)"),
    ("price", date(2026, 1, 1), "must be a number."),
    ("price", 10**400, "must be a number. Received: a larger one than floats hold"),
    ("user_id", 1.5, "must be text or a whole number. Received: 1.5 (float)"),
    ("user_id", ["u1"], "must be text or a whole number. Received: ['u1'] (list)"),
    ("user_id", 2.0**60, "must be text or a whole number."),
    ("user_id", "\ud800", "must be text that UTF-8 can write. Received: '\\ud800'"),
    ("history", "i1", "must be a list. Received: 'i1' (str) in row 1"),
    ("history", 3, "must be a list. Received: 3 (int)"),
    ("history", [["i1"]], "must be text or a whole number in its lists."),
    ("history", ["a", "b", "c", "d"], "must have at most 3 elements: send the newest"),
]


@pytest.mark.parametrize(("feature", "value", "text"), WRONG_VALUES)
def test_a_wrong_value_is_named_with_its_feature(client, feature, value, text):
    with pytest.raises(RequestError, match=re.escape(text)) as error:
        client.predict([ROW, ROW | {feature: value}])

    assert error.value.feature == feature
    assert f"Feature '{feature}'" in str(error.value)


@pytest.mark.parametrize(
    "value", [1, True, np.float32(2), np.int64(3), Decimal("1.5"), 1e300, -np.inf]
)
def test_every_number_is_one(client, value):
    assert len(client.predict([ROW | {"price": value}])["click"]) == 1


@pytest.mark.parametrize("value", [True, np.int32(5), b"u1", np.str_("u1"), 2.0])
def test_whole_numbers_and_bytes_are_text(client, value):
    assert len(client.predict([ROW | {"user_id": value}])["click"]) == 1


def test_an_unknown_feature_is_named_with_the_nearest_that_is_missing(client):
    row = {name: value for name, value in ROW.items() if name != "price"}
    text = (
        "has no feature 'prise'. Did you mean 'price'? Features that are missing: "
        "['price']."
    )

    with pytest.raises(RequestError, match=re.escape(text)) as error:
        client.predict([row | {"prise": 1.0}])

    assert error.value.feature == "prise"


def test_all_missing_features_are_named(client):
    text = "Features that are missing: ['history', 'hour', 'price']."

    with pytest.raises(RequestError, match=re.escape(text)):
        client.predict([{"user_id": "u1", "item_id": "i1"}])


def test_a_feature_that_one_row_has_not_is_named_with_the_row(client):
    short = {name: value for name, value in ROW.items() if name != "hour"}
    text = "Feature 'hour' is missing in row 2 of `rows` (counted from 0)."

    with pytest.raises(RequestError, match=re.escape(text)) as error:
        client.predict([ROW, ROW, short, ROW])

    assert error.value.feature == "hour"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (3, "must be a list of dicts, a dict of columns, a pandas DataFrame or"),
        ([ROW, None], "Received: list of NoneType."),
        ("rows", "Received: str."),
        ({"price": 1.0}, "Column 'price' of `rows` must be a list or an array."),
        ({"price": "abc"}, "Column 'price' of `rows` must be a list or an array."),
        ({"price": [1], "hour": ["1", "2"]}, "must have one length."),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "more than once: ['a']."),
    ],
)
def test_rows_of_another_form_are_refused(client, rows, text):
    with pytest.raises(RequestError, match=re.escape(text)):
        client.predict(rows)


def test_an_unknown_output_is_named(client):
    text = "has no output 'purchse'. Did you mean 'purchase'?"

    with pytest.raises(RequestError, match=re.escape(text)):
        client.predict([ROW], ["purchse"])


def test_an_unknown_signature_is_named(client):
    text = "no signature 'serving_defalt'. Did you mean 'serving_default'?"

    with pytest.raises(RequestError, match=re.escape(text)):
        client.predict([ROW], signature="serving_defalt")


def test_a_wrong_request_needs_no_server_once_the_signature_is_known(
    shop_versions, protocol
):
    with LocalServer({"shop": shop_versions}, grpc_port=0, rest_port=0) as server:
        urls = {
            "grpc": f"grpc://127.0.0.1:{server.grpc_port}",
            "rest": f"http://127.0.0.1:{server.rest_port}",
        }
        client = Client(urls[protocol], "shop", retries=0)
        client.predict([ROW])
    with client:
        for feature, value, _ in WRONG_VALUES:
            with pytest.raises(RequestError):
                client.predict([ROW | {feature: value}])
        with pytest.raises(MtlRecError, match=r"UNAVAILABLE|refused|Cannot connect"):
            client.predict([ROW])
