"""Hostile requests sent: which answers came, and were there others than allowed?"""

import socket
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import urlsplit

import grpc
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from serving_load.wire import TIMEOUT_SECONDS, Address, Grpc, Rest

GRPC_ANSWERS = {"OK", "INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION"} | {
    "UNIMPLEMENTED",
    "OUT_OF_RANGE",
}
HTTP_ANSWERS = {200, 400, 404, 501}

_SERVICE = "/tensorflow.serving.PredictionService/"


def survives_grpc(
    address: Address,
    calls: st.SearchStrategy,
    cases: int,
    allowed: Collection[str] = GRPC_ANSWERS,
) -> Counter[str]:
    """Sends hostile calls; returns how often each code was answered.

    Args:
        address: The server.
        calls: Of `hostile_calls`.
        cases: How many.
        allowed: Codes that may be answered; another fails with the request.
    """
    answers: Counter[str] = Counter()
    with Grpc(address) as client:

        @_cases(cases)
        @given(calls)
        def send(call: tuple[str, bytes]) -> None:
            method, content = call
            code = _code(client.channel, _SERVICE + method, content)
            assert code in allowed, f"{code} to {method} {content!r}"
            answers[code] += 1

        send()
    return answers


def survives_rest(
    address: Address, paths: st.SearchStrategy, bodies: st.SearchStrategy, cases: int
) -> Counter[int]:
    """Sends hostile requests; returns how often each HTTP status was answered.

    Args:
        address: The server.
        paths: Of `hostile_paths`.
        bodies: Of `hostile_bodies`.
        cases: How many.
    """
    answers: Counter[int] = Counter()

    @_cases(cases)
    @given(st.sampled_from(("POST", "POST", "POST", "GET", "PUT")), paths, bodies)
    def send(method: str, path: str, body: bytes) -> None:
        with Rest(address) as client:
            reply = client.send(method, path, body)
        assert reply.status in HTTP_ANSWERS, f"{reply} to {method} {path} {body!r}"
        assert reply.status == 200 or "error" in reply.json
        answers[reply.status] += 1

    send()
    return answers


def survives_bytes(address: Address, cases: int) -> None:
    """Sends bytes that are neither HTTP nor gRPC to both ports.

    Args:
        address: The server.
        cases: How many, for each port.
    """
    rest = urlsplit(address.rest).netloc
    starts = st.sampled_from((b"", b"GET ", b"POST /v1/models/", b"PRI * HTTP/2.0\r\n"))

    @_cases(cases)
    @given(starts, st.binary(max_size=200))
    def send(start: bytes, noise: bytes) -> None:
        for place in (rest, address.grpc):
            host, _, port = place.rpartition(":")
            with socket.create_connection((host, int(port)), TIMEOUT_SECONDS) as line:
                line.sendall(start + noise + b"\r\n\r\n")

    send()


def _cases(number: int) -> Callable[[Any], Any]:
    # What fails is shown as it was found: making it smaller would take as long again.
    return settings(
        max_examples=number,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def _code(channel: grpc.Channel, method: str, content: bytes) -> str:
    try:
        channel.unary_unary(method)(content, timeout=TIMEOUT_SECONDS)
    except grpc.RpcError as error:
        return error.code().name  # type: ignore[attr-defined]
    return "OK"
