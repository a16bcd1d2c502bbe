"""New versions while requests are under way, and versions that are no good."""

import shutil
from contextlib import ExitStack

import numpy as np
import pytest
import tensorflow as tf
from serving_load.swaps import Load, swap_under_load
from serving_load.wire import Address, Grpc, arrays_of, predict_request
from tensorflow_serving.apis.get_model_status_pb2 import ModelVersionStatus
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

from mtl_rec.serving.local import LocalServer

WARM_UP = "assets.extra/tf_serving_warmup_requests"


def scale_of(number: int) -> float:
    return 1 + number / 10


@pytest.fixture
def swap(live_server, tiny_outputs, write_servable, tmp_path):
    """Publishes versions under the load of 8 clients."""

    def publish_all(num_swaps):
        first = live_server.newest() + 1
        numbers = range(first, first + num_swaps)
        for number in numbers:
            # Written ahead: then they are only copied while requests are sent.
            write_servable(tmp_path / f"ahead-{number}", scale_of(number))
        rows = {"item": ["kettle", "Ärmel"], "price": [2.0, 0.5]}
        columns = rows | {"history": [["a", "b", ""], ["", "", ""]]}
        expected = {n: tiny_outputs(**rows, scale=scale_of(n)) for n in numbers}
        expected[first - 1] = tiny_outputs(**rows)
        request = predict_request(live_server.model, columns)
        load = Load(live_server.address, request, {"inputs": columns}, expected)
        return swap_under_load(
            *(load, live_server.address, live_server.model),
            publish=lambda number: live_server.publish(scale_of(number)),
            numbers=numbers,
            steady_seconds=0.1,
        )

    return publish_all


def test_no_request_fails_over_swaps(swap):
    report = swap(5)

    assert report.problems == []
    assert len(report.versions_seen) == 6
    assert report.requests > 100


@pytest.mark.slow
def test_no_request_fails_over_fifty_swaps(swap):
    report = swap(50)

    assert report.problems == []
    assert len(report.versions_seen) == 51


def test_a_withdrawn_version_gives_way_to_the_one_before(
    live_server, columns, tiny_outputs
):
    first = live_server.newest()
    request = predict_request(live_server.model, columns)
    with Grpc(live_server.address) as client:
        before = client.predict(request)
        second = live_server.publish(scale=3.0)
        live_server.wait_until_alone(second)
        changed = client.predict(request)

        live_server.withdraw(second)
        live_server.wait_until_alone(first)
        after = client.predict(request)

    expected = tiny_outputs(columns["item"], columns["price"], 3.0)["click"]
    np.testing.assert_allclose(arrays_of(changed)["click"], expected, atol=1e-6)
    assert after == before


def test_two_looks_are_enough_to_go_back(tmp_path, write_servable, columns):
    """Without the clock: the server looks at its folder only when it is told to."""
    for number in (1, 2):
        write_servable(tmp_path / str(number), float(number))
    request = predict_request("tiny", columns)
    with ExitStack() as stack:
        server = LocalServer(
            {"tiny": tmp_path}, grpc_port=0, rest_port=0, poll_seconds=3600
        )
        stack.enter_context(server)
        address = Address(f"{server.host}:{server.grpc_port}", "")
        client = stack.enter_context(Grpc(address))
        before = client.predict(request).model_spec.version.value
        shutil.rmtree(tmp_path / "2")

        server.poll()
        server.poll()
        after = client.predict(request).model_spec.version.value

    assert (before, after) == (2, 1)


def damage(version, what):
    match what:
        case "graph":
            (version / "saved_model.pb").write_bytes(b"not a graph")
        case "weights":
            for file in (version / "variables").iterdir():
                file.unlink()
            (version / "variables").rmdir()
            write_warm_up(version, [good_record()])
        case "assets":
            for file in (version / "assets").iterdir():
                file.unlink()
        case "warm-up bytes":
            write_warm_up(version, [b"\xff\xff\xff"])
        case "warm-up request":
            write_warm_up(version, [good_record(signature="no_such")])
        case "warm-up count":
            write_warm_up(version, [good_record()] * 1001)


def good_record(signature=""):
    columns = {"item": ["kettle"], "price": [1.0], "history": [["", "", ""]]}
    log = PredictionLog()
    log.predict_log.request.CopyFrom(predict_request("tiny", columns, signature))
    return log.SerializeToString()


def write_warm_up(version, records):
    path = version / WARM_UP
    path.parent.mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in records:
            writer.write(record)


def publish_with(live_server, write_servable, change) -> int:
    """Publishes a version that was changed before it appeared."""
    number = live_server.newest() + 1
    hidden = live_server.directory / f".changed-{number}"
    change(write_servable(hidden, 5.0))
    hidden.rename(live_server.directory / str(number))
    return number


@pytest.mark.parametrize(
    "what",
    ["graph", "weights", "assets", "warm-up bytes", "warm-up request", "warm-up count"],
)
def test_a_version_that_can_not_answer_leaves_the_old_one_at_work(
    live_server, write_servable, columns, what
):
    old = live_server.newest()
    request = predict_request(live_server.model, columns)

    number = publish_with(live_server, write_servable, lambda v: damage(v, what))

    reason = live_server.wait_for_state(number, ModelVersionStatus.END)
    assert reason
    with Grpc(live_server.address) as client:
        assert client.predict(request).model_spec.version.value == old


def test_a_good_version_after_a_bad_one_is_served(live_server, write_servable):
    bad = publish_with(live_server, write_servable, lambda v: damage(v, "graph"))
    live_server.wait_for_state(bad, ModelVersionStatus.END)

    good = live_server.publish()

    live_server.wait_until_alone(good)


def test_warm_up_requests_are_no_obstacle(live_server, write_servable):
    def change(version):
        write_warm_up(version, [good_record(), good_record("serving_default"), b""])

    number = publish_with(live_server, write_servable, change)

    live_server.wait_until_alone(number)
