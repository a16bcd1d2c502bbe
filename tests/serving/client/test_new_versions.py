"""A client that outlives the version it first met."""

import shutil
import threading

import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.serving.client import Client, InvalidRequest, RequestError
from mtl_rec.serving.local import LocalServer

ROW = {
    "user_id": "u1",
    "history": ["i1"],
    "item_id": "i2",
    "price": 1.5,
    "hour": "7",
}


@pytest.fixture(scope="module")
def second_versions(tmp_path_factory, write_shop, row_specs):
    """By name: the same features with other answers, and one feature more."""
    folder = tmp_path_factory.mktemp("second")
    more = row_specs | {"brand": tf.TensorSpec([None], tf.string, name="brand")}
    return {
        "other_answers": write_shop(folder / "other_answers", bias=1.0),
        "one_more_feature": write_shop(folder / "one_more_feature", specs=more),
    }


@pytest.fixture
def swapped(tmp_path, shop_versions, second_versions, protocol):
    """A server of version 1, its URL, and what brings the second version."""
    models = tmp_path / "shop"
    shutil.copytree(shop_versions, models)
    with LocalServer(
        {"shop": models}, grpc_port=0, rest_port=0, poll_seconds=1000
    ) as server:

        def bring(name):
            shutil.copytree(second_versions[name], models / "2")
            server.poll()

        urls = {
            "grpc": f"grpc://127.0.0.1:{server.grpc_port}",
            "rest": f"http://127.0.0.1:{server.rest_port}",
        }
        yield urls[protocol], bring


def test_a_feature_of_a_new_version_is_known_at_once(swapped):
    url, bring = swapped
    with Client(url, "shop", timeout_seconds=60) as client:
        client.predict([ROW])
        with pytest.raises(RequestError, match="no feature 'brand'"):
            client.predict([ROW | {"brand": "acme"}])
        bring("one_more_feature")

        assert len(client.predict([ROW | {"brand": "acme"}])["click"]) == 1


def test_a_feature_that_a_new_version_misses_is_named(swapped):
    url, bring = swapped
    with Client(url, "shop", timeout_seconds=60) as client:
        client.predict([ROW])
        bring("one_more_feature")

        with pytest.raises(RequestError, match=r"missing: \['brand'\]") as error:
            client.predict([ROW])

    assert error.value.feature == "brand"
    # Not while handling it: the server's refusal was the reason to look again.
    assert not isinstance(error.value, InvalidRequest)


def test_one_version_answers_all_parts_of_a_call(swapped, rows, expected):
    url, bring = swapped
    with Client(url, "shop", timeout_seconds=60, rows_per_request=1) as client:
        old = expected(rows)["click"]
        bringing = threading.Thread(target=bring, args=["other_answers"])
        answers = [client.predict(rows)["click"]]
        bringing.start()
        while abs(answers[-1] - old).max() < 1e-3:
            answers.append(client.predict(rows)["click"])
        bringing.join()
        new = client.predict(rows)["click"]

    for answer in answers:
        closest = old if abs(answer[0] - old[0]) < 1e-3 else new
        np.testing.assert_allclose(answer, closest, atol=1e-6)
    assert abs(new - old).max() > 0.1


def test_the_version_of_a_label_answers_all_parts_of_a_call(
    tmp_path, shop_versions, second_versions, protocol, rows, expected
):
    models = tmp_path / "shop"
    shutil.copytree(shop_versions, models)
    shutil.copytree(second_versions["other_answers"], models / "2")
    config = tmp_path / "models.config"
    config.write_text(
        f"model_config_list {{ config {{ name: 'shop' base_path: '{models}' "
        "model_platform: 'tensorflow' model_version_policy { all {} } "
        "version_labels { key: 'stable' value: 1 } } }"
    )
    with LocalServer(models_config=config, grpc_port=0, rest_port=0) as server:
        port = server.grpc_port if protocol == "grpc" else server.rest_port
        scheme = "grpc" if protocol == "grpc" else "http"
        url = f"{scheme}://127.0.0.1:{port}"
        with Client(url, "shop", label="stable", rows_per_request=20) as client:
            answer = client.predict(rows, timeout_seconds=60)["click"]

    np.testing.assert_allclose(answer, expected(rows)["click"], atol=1e-6)
