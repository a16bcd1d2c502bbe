"""R30, R31: many threads and many requests leave a server's memory as it was."""

import pytest
from serving_load.memory import resident_mib
from serving_load.parallel import in_parallel
from serving_load.server_process import serving
from serving_load.soak import soak
from serving_load.wire import Grpc, Rest, predict_request

# A leak of a hundred bytes a request is more in this time.
MOST_MIB = 5.0
SOAK_SECONDS = 12
COLUMNS = {"item": ["kettle"], "price": [2.0], "history": [["a", "b", ""]]}


@pytest.fixture(scope="module")
def process(tiny_version):
    with serving({"tiny": tiny_version.parent}) as server:
        yield server


@pytest.mark.slow
def test_threads_get_equal_replies_and_leave_no_memory_behind(process):
    request, body = predict_request("tiny", COLUMNS), {"inputs": COLUMNS}

    def ask(requests):
        return in_parallel(process.address, [request], [body], 16, requests)

    ask(30)
    before = resident_mib(process.process_id)
    report = ask(200)

    assert (report.differing, report.errors) == (0, [])
    assert resident_mib(process.process_id) - before < MOST_MIB


@pytest.mark.slow
def test_no_request_fails_over_a_while_and_memory_stays(process):
    request, body = predict_request("tiny", COLUMNS), {"inputs": COLUMNS}
    with Grpc(process.address) as grpc, Rest(process.address) as rest:

        def send():
            grpc.predict(request)
            assert rest.post("/v1/models/tiny:predict", body).status == 200

        report = soak(send, process.process_id, SOAK_SECONDS, warm_up_seconds=3)

    assert report.errors == []
    assert report.requests > 100
    assert report.rss_end_mib - report.rss_start_mib < MOST_MIB
