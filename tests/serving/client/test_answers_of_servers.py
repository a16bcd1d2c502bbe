"""Servers that are gone, late, slow, changed, or of another opinion."""

import asyncio
import socket
import threading
import time

import numpy as np
import pytest

from mtl_rec.errors import ConfigError
from mtl_rec.serving.client import (
    AsyncClient,
    Client,
    DeadlineExceeded,
    InvalidRequest,
    ModelNotFound,
    RequestError,
    Unavailable,
)
from mtl_rec.serving.local import LocalServer

ROW = {
    "user_id": "u1",
    "history": ["i1"],
    "item_id": "i2",
    "price": 1.5,
    "hour": "7",
}
SCHEMES = {"grpc": "grpc", "rest": "http"}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_a_server_that_starts_late_is_waited_for(shop_versions, protocol):
    port = free_port()
    ports = {"grpc_port": 0, "rest_port": 0, f"{protocol}_port": port}
    url = f"{SCHEMES[protocol]}://127.0.0.1:{port}"
    server = LocalServer({"shop": shop_versions}, **ports)
    starting = threading.Timer(0.5, server.start)
    starting.start()
    try:
        with Client(url, "shop", timeout_seconds=60, retries=30) as client:
            assert len(client.predict([ROW])["click"]) == 1
    finally:
        starting.join()
        server.stop()


def test_nobody_there_is_unavailable_after_all_tries(protocol):
    url = f"{SCHEMES[protocol]}://127.0.0.1:{free_port()}"

    with (
        Client(url, "shop", retries=2) as client,
        pytest.raises(Unavailable, match=rf"{url}, model 'shop'.* Tries: 3\.") as error,
    ):
        client.predict([ROW])

    assert error.value.status == "UNAVAILABLE"


def test_tries_end_with_the_deadline_of_the_call(protocol):
    url = f"{SCHEMES[protocol]}://127.0.0.1:{free_port()}"

    started = time.monotonic()
    with (
        Client(url, "shop", retries=1000, timeout_seconds=0.5) as client,
        pytest.raises((Unavailable, DeadlineExceeded)),
    ):
        client.predict([ROW])

    assert time.monotonic() - started < 10


def test_a_server_that_does_not_answer_in_time_is_named(protocol):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"{SCHEMES[protocol]}://127.0.0.1:{silent.getsockname()[1]}"
        with (
            Client(url, "shop", timeout_seconds=60) as client,
            pytest.raises(DeadlineExceeded, match="shop") as error,
        ):
            client.predict([ROW], timeout_seconds=0.3)

    assert error.value.status == "DEADLINE_EXCEEDED"


def test_a_model_or_version_that_is_not_there_is_not_found(url):
    for what in ({"model": "shoe"}, {"model": "shop", "version": 9}):
        with (
            Client(url, **what) as client,
            pytest.raises(ModelNotFound, match=rf"model '{what['model']}'") as error,
        ):
            client.predict([ROW])

        assert error.value.status == "NOT_FOUND"


def test_what_the_server_refuses_is_told(url):
    with Client(url, "shop", label="canary") as client, pytest.raises(InvalidRequest):
        client.predict([ROW])


def test_a_version_can_be_chosen(url):
    with Client(url, "shop", version=1, rows_per_request=1) as client:
        assert len(client.predict([ROW, ROW])["click"]) == 2


def test_metadata_and_status_describe_the_version(client):
    metadata = client.metadata()
    (status,) = client.status()

    assert (metadata.version, status.version, status.state) == (1, 1, "AVAILABLE")
    rank = metadata.signature("rank")
    assert (rank.inputs["history"].dtype, rank.inputs["history"].shape) == (
        "string",
        (None, 3),
    )
    assert rank.inputs["price"].shape == (None, None)
    assert rank.outputs["order"].dtype == "int32"


def test_threads_share_a_client(client, rows, expected):
    answers = {}

    def ask(number):
        answers[number] = client.predict(rows[number : number + 5])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for number, answer in answers.items():
        own = expected(rows[number : number + 5])
        np.testing.assert_allclose(answer["click"], own["click"], atol=1e-6)
    assert len(answers) == 16


def test_it_works_inside_a_running_loop(client):
    async def ask():
        return client.predict([ROW])

    assert len(asyncio.run(ask())["click"]) == 1


def test_tasks_share_an_async_client(url, rows, expected):
    async def ask():
        async with AsyncClient(url, "shop", timeout_seconds=60) as client:
            calls = [client.predict(rows[i : i + 5]) for i in range(16)]
            return await asyncio.gather(*calls)

    for number, answer in enumerate(asyncio.run(ask())):
        own = expected(rows[number : number + 5])
        np.testing.assert_allclose(answer["click"], own["click"], atol=1e-6)


def test_a_cancelled_call_leaves_the_client_usable(url):
    async def ask():
        async with AsyncClient(url, "shop", timeout_seconds=60) as client:
            call = asyncio.ensure_future(client.predict([ROW] * 50))
            await asyncio.sleep(0)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            return await client.predict([ROW])

    assert len(asyncio.run(ask())["click"]) == 1


def test_a_closed_client_says_so(url):
    client = Client(url, "shop")
    client.close()
    client.close()

    with pytest.raises(RuntimeError, match="This client is closed"):
        client.predict([ROW])


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"url": "localhost:8500"}, "must be grpc://host:8500"),
        ({"url": "grpc://host:8500/shop"}, "must be grpc://host:8500"),
        ({"url": "ftp://host:8500"}, "must be grpc://host:8500"),
        ({"url": "http://host:x"}, "must be grpc://host:8500"),
        ({"model": ""}, "`model` must name a model"),
        ({"version": 1, "label": "stable"}, "both choose a version"),
        ({"retries": -1}, "`retries` must be 0 or more. Received: -1."),
        ({"timeout_seconds": 0}, "`timeout_seconds` must be above 0"),
        ({"rows_per_request": 0}, "`rows_per_request` must be 1 or more"),
    ],
)
def test_wrong_arguments_are_named(arguments, text):
    right = {"url": "grpc://localhost:8500", "model": "shop"}

    with pytest.raises(ConfigError, match=text):
        Client(**right | arguments)


def test_a_served_model_without_the_signature_can_not_rank(client):
    # `serving_default` is no ranking either.
    with pytest.raises(RequestError, match="no output 'scor'"):
        client.rank({"user_id": "u1"}, [{"item_id": "i1"}], ["scor"])
