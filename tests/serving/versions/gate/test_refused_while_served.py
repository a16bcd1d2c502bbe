"""R16: what the gate refuses never reaches the users of the version before."""

import numpy as np
import pytest
from serving_load.swaps import Load
from serving_load.wire import Address, predict_request

from mtl_rec.errors import GateError
from mtl_rec.export.publishing import versions_in
from mtl_rec.serving.local import LocalServer
from mtl_rec.serving.versions.gate import compare
from mtl_rec.serving.versions.placing import Checked, publish_checked
from mtl_rec.serving.versions.thresholds import GateThresholds

COLUMNS = {"price": [0.5, -1.0], "age": [0.0, 2.0]}


@pytest.fixture
def publish(rows, model_directory):
    def publish_next(version):
        def check(folder, served):
            report = compare(folder, served, rows, GateThresholds())
            if report.problems:
                raise GateError("; ".join(report.problems), report)
            return Checked([], report)

        return publish_checked(version, model_directory, check)

    return publish_next


def expected_outputs():
    price, age = np.float32(COLUMNS["price"]), np.float32(COLUMNS["age"])
    click = 1 / (1 + np.exp(-(2 * price + age - 1)))
    given = np.full(2, 0.3, np.float32)
    return {"click": click, "purchase": click * given, "purchase_given_click": given}


def test_bad_versions_are_refused_and_no_request_fails(
    export, good, publish, model_directory
):
    bad = {
        "not finite": export((2.0, np.nan, -1.0)),
        "the AUC falls": export((2.0, 0.0, -0.9)),
        "times the observed rate": export((2.0, 1.0, 1.0)),
        "'age' is gone": export((2.0, 0.0, -0.9), with_age=False),
    }
    publish(good)
    request = predict_request("shop", COLUMNS)
    ports = {"grpc_port": 0, "rest_port": 0}
    with LocalServer({"shop": model_directory}, **ports, poll_seconds=0.02) as server:
        rest = f"http://127.0.0.1:{server.rest_port}"
        address = Address(f"127.0.0.1:{server.grpc_port}", rest)
        body = {"inputs": COLUMNS}
        with Load(address, request, body, {1: expected_outputs()}, clients=2) as load:
            for reason, version in bad.items():
                with pytest.raises(GateError, match=reason):
                    publish(version)
                assert list(versions_in(model_directory)) == [1]

    assert [sample.problem for sample in load.samples if sample.problem] == []
    assert len(load.samples) > len(bad)
    assert load.versions_seen == {1}
