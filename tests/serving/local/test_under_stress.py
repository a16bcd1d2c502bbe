"""Many threads, and requests nobody should send."""

import pytest
from serving_load.hostile import hostile_bodies, hostile_calls, hostile_paths
from serving_load.parallel import in_parallel
from serving_load.survival import survives_bytes, survives_grpc, survives_rest
from serving_load.wire import arrays_of, predict_request

SIGNATURES = ("serving_default", "rank", "tf_example", "classify", "regress_click")
FEW, MANY = 300, 3000


@pytest.fixture
def still_answers(server, grpc_client, columns, tiny_outputs):
    """Checks at the end that a good request gets the right answer."""
    yield
    response = grpc_client.predict(predict_request(server.model, columns))
    expected = tiny_outputs(columns["item"], columns["price"])["click"]
    assert arrays_of(response)["click"] == pytest.approx(expected, abs=1e-6)


@pytest.mark.usefixtures("still_answers")
@pytest.mark.parametrize("cases", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_hostile_calls_by_grpc_are_refused(server, columns, cases):
    good = predict_request(server.model, columns)

    answers = survives_grpc(
        *(server.address, hostile_calls(good, SIGNATURES), cases),
        allowed=server.grpc_answers,
    )

    assert answers["INVALID_ARGUMENT"] > cases / 4
    assert answers["OK"] > 0


@pytest.mark.usefixtures("still_answers")
@pytest.mark.parametrize("cases", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_hostile_requests_by_rest_are_refused(server, rows, cases):
    answers = survives_rest(
        *(server.address, hostile_paths(server.model)),
        *(hostile_bodies(rows[0], SIGNATURES), cases),
    )

    assert answers[400] > cases / 4
    assert answers[200] > 0


@pytest.mark.usefixtures("still_answers")
def test_bytes_that_are_no_protocol_are_survived(server):
    survives_bytes(server.address, FEW)


@pytest.mark.parametrize(
    "requests_per_thread", [20, pytest.param(300, marks=pytest.mark.slow)]
)
def test_many_threads_get_what_one_gets(server, columns, requests_per_thread):
    changed = [columns | {"price": [price, 1.0]} for price in (0.5, 1.0, 2.0)]
    requests = [predict_request(server.model, each) for each in changed]
    bodies = [{"inputs": each} for each in changed]

    report = in_parallel(server.address, requests, bodies, 16, requests_per_thread)

    assert report.errors == []
    assert report.differing == 0
    assert report.requests == 16 * requests_per_thread
