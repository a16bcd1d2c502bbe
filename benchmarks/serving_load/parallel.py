"""The same requests from many threads: do they get what one thread gets?"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from tensorflow_serving.apis.predict_pb2 import PredictRequest

from serving_load.wire import Address, Grpc, Rest


class ParallelReport(NamedTuple):
    """What the threads got."""

    requests: int
    differing: int
    errors: list[str]


def in_parallel(
    address: Address,
    requests: Sequence[PredictRequest],
    bodies: Sequence[Any],
    num_threads: int,
    requests_per_thread: int,
) -> ParallelReport:
    """Compares the bytes of replies with those one thread got before.

    Args:
        address: The server.
        requests: Sent by gRPC in turn by every other thread.
        bodies: Posted to `:predict` of the same model in turn by the others.
        num_threads: How many at once.
        requests_per_thread: How many each sends.
    """
    kinds = [
        (_GrpcSender, requests),
        (_RestSender, [(requests[0].model_spec.name, body) for body in bodies]),
    ]
    expected = []
    for kind, sent in kinds:
        with kind(address) as sender:
            expected.append([sender.reply(each) for each in sent])

    def work(thread: int) -> tuple[int, list[str]]:
        (kind, sent), wanted = kinds[thread % 2], expected[thread % 2]
        differing, errors = 0, []
        with kind(address) as sender:
            for number in range(thread, thread + requests_per_thread):
                turn = number % len(sent)
                try:
                    differing += sender.reply(sent[turn]) != wanted[turn]
                except Exception as error:
                    errors.append(f"{type(error).__name__}: {error}")
        return differing, errors

    with ThreadPoolExecutor(num_threads) as threads:
        results = list(threads.map(work, range(num_threads)))
    return ParallelReport(
        num_threads * requests_per_thread,
        sum(differing for differing, _ in results),
        [error for _, errors in results for error in errors],
    )


class _GrpcSender(Grpc):
    def reply(self, request: PredictRequest) -> bytes:
        # Maps of a message have no order of their own.
        return self.predict(request).SerializeToString(deterministic=True)


class _RestSender(Rest):
    def reply(self, model_and_body: tuple[str, Any]) -> bytes:
        model, body = model_and_body
        return self.post(f"/v1/models/{model}:predict", body).body
