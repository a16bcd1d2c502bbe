"""Hot swaps under load: does any request fail, or get the answer of two versions?"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np
from tensorflow_serving.apis.get_model_status_pb2 import ModelVersionStatus
from tensorflow_serving.apis.predict_pb2 import PredictRequest

from serving_load.wire import Address, Grpc, Rest, arrays_of

TOLERANCE = 1e-6
WAIT_SECONDS = 60

Outputs = Mapping[str, np.ndarray]


class Sample(NamedTuple):
    """One request: when it was sent, how long it took, what was wrong with it."""

    sent: float
    seconds: float
    problem: str


class SwapReport(NamedTuple):
    """What clients saw over some swaps."""

    requests: int
    problems: list[str]
    versions_seen: set[int]
    steady_p99_seconds: float
    swapping_p99_seconds: float


class Load:
    """Clients that send the same request again and again, each in a thread.

    Args:
        address: The server.
        request: What half of them send by gRPC.
        rest_body: The same request, which the others post to `:predict`, in columns.
        expected: By version, what its outputs must be.
        clients: How many.
    """

    def __init__(
        self,
        address: Address,
        request: PredictRequest,
        rest_body: Mapping[str, object],
        expected: Mapping[int, Outputs],
        clients: int = 8,
    ) -> None:
        self.samples: list[Sample] = []
        self.versions_seen: set[int] = set()
        self._address, self._request = address, request
        self._rest_body, self._expected = rest_body, expected
        self._stopped = threading.Event()
        kinds = [self._by_grpc, self._by_rest]
        self._threads = [
            threading.Thread(target=kinds[n % 2], daemon=True) for n in range(clients)
        ]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(WAIT_SECONDS)

    def _by_grpc(self) -> None:
        with Grpc(self._address) as client:
            self._repeat(lambda: self._check_grpc(client))

    def _by_rest(self) -> None:
        with Rest(self._address) as client:
            self._repeat(lambda: self._check_rest(client))

    def _repeat(self, send: Callable[[], str]) -> None:
        while not self._stopped.is_set():
            sent = time.perf_counter()
            try:
                problem = send()
            except Exception as error:
                problem = f"{type(error).__name__}: {error}"
            seconds = time.perf_counter() - sent
            self.samples.append(Sample(sent, seconds, problem))

    def _check_grpc(self, client: Grpc) -> str:
        response = client.predict(self._request)
        version = response.model_spec.version.value
        self.versions_seen.add(version)
        if not _equal(arrays_of(response), self._expected[version]):
            return f"gRPC: version {version} gave the answer of another."
        return ""

    def _check_rest(self, client: Rest) -> str:
        path = f"/v1/models/{self._request.model_spec.name}:predict"
        reply = client.post(path, self._rest_body)
        if reply.status != 200:
            return f"REST: {reply.status} {reply.body[:200]!r}"
        outputs = {n: np.array(v) for n, v in reply.json["outputs"].items()}
        if not any(_equal(outputs, each) for each in self._expected.values()):
            return "REST: the answer is of no single version."
        return ""


def swap_under_load(
    load: Load,
    address: Address,
    model: str,
    publish: Callable[[int], None],
    numbers: Iterable[int],
    steady_seconds: float = 0.3,
) -> SwapReport:
    """Publishes versions one after the other while clients send requests.

    Args:
        load: The clients, not started.
        address: The server.
        model: Name of the model, of which one version is served.
        publish: Makes a version appear in the model's folder.
        numbers: Of the versions, each higher than the one before.
        steady_seconds: Between the end of a swap and the next.
    """
    swaps = []
    with Grpc(address) as client, load:
        for number in numbers:
            time.sleep(steady_seconds)
            started = time.perf_counter()
            publish(number)
            wait_until_alone(client, model, number)
            swaps.append((started, time.perf_counter()))
        time.sleep(steady_seconds)
    swapping, steady = [], []
    for sample in load.samples:
        within = any(start <= sample.sent <= end for start, end in swaps)
        (swapping if within else steady).append(sample.seconds)
    return SwapReport(
        len(load.samples),
        [sample.problem for sample in load.samples if sample.problem],
        load.versions_seen,
        _p99(steady),
        _p99(swapping),
    )


def wait_until_alone(client: Grpc, model: str, number: int) -> None:
    """Returns when a version is the only one that takes requests."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        statuses = client.statuses(model).values()
        gone = ModelVersionStatus.END
        left = {s.version: s.state for s in statuses if s.state != gone}
        if left == {number: ModelVersionStatus.AVAILABLE}:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"Version {number} is not served alone: {statuses}")
        time.sleep(0.02)


def _equal(outputs: Outputs, expected: Outputs) -> bool:
    return outputs.keys() == expected.keys() and all(
        values.shape == expected[name].shape
        and np.allclose(values, expected[name], rtol=0, atol=TOLERANCE)
        for name, values in outputs.items()
    )


def _p99(seconds: list[float]) -> float:
    return float(np.quantile(seconds, 0.99)) if seconds else float("nan")
