"""What the data knows of a user, as a request."""

import pytest

from mtl_rec.config import load_config
from mtl_rec.errors import SchemaError
from mtl_rec.retrieval.recommending.user_requests import read_user_requests


def test_a_request_is_the_users_newest_exposure_in_time(shop):
    own = shop.exposures[shop.exposures["user_id"] == "u5"]
    newest = own.sort_values("time").iloc[-1]

    request = read_user_requests(shop.config, ["u5"])["u5"].request

    assert request.keys() == {"user_id", "history", "age", "hour"}
    assert request["user_id"] == "u5"
    # The model reads the three newest of a history.
    assert request["history"] == list(newest["history"])[-3:]
    assert request["age"] == pytest.approx(newest["age"])


def test_the_users_id_is_told_where_no_feature_declares_it(shop):
    undeclared = [f for f in shop.config.features if f.name != "user_id"]
    config = shop.config.model_copy(update={"features": tuple(undeclared)})

    found = read_user_requests(config, ["u5", "u9"])

    assert found == read_user_requests(shop.config, ["u5", "u9"])


def test_what_a_user_has_bought_is_excluded(shop):
    exposures = shop.exposures
    users = exposures["user_id"].unique()[:20].tolist()

    found = read_user_requests(shop.config, users)

    assert list(found) == users
    for user in users:
        is_bought = (exposures["user_id"] == user) & (exposures["purchase"] == 1)
        bought = set(exposures.loc[is_bought, "item_id"])
        assert set(found[user].excluded_items) == bought


def test_several_users_are_read_as_each_by_itself(shop):
    together = read_user_requests(shop.config, ["u9", "u5"])

    for user in ("u5", "u9"):
        assert read_user_requests(shop.config, [user]) == {user: together[user]}


def test_a_user_that_the_data_does_not_have_is_refused(shop):
    with pytest.raises(SchemaError, match=r"'user_id' .* Received: 'nobody'"):
        read_user_requests(shop.config, ["nobody"])


def test_of_many_users_those_that_the_data_does_not_have_are_left_out(shop):
    assert list(read_user_requests(shop.config, ["nobody", "u5"])) == ["u5"]


def test_without_a_column_of_users_nobody_can_be_looked_for(shop):
    config = load_config("shop.yaml", ["evaluation.user=user"])

    with pytest.raises(SchemaError, match=r"mean 'user_id'.*`evaluation\.user`"):
        read_user_requests(config, ["u5"])
