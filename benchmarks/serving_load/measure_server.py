"""Figures on a server: under swaps, hostile requests, many threads, and time."""

import itertools
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from serving_load.figures import Figure
from serving_load.hostile import hostile_bodies, hostile_calls, hostile_paths
from serving_load.memory import resident_mib
from serving_load.parallel import in_parallel
from serving_load.server_process import ServerProcess, serving
from serving_load.soak import soak
from serving_load.survival import survives_bytes, survives_grpc, survives_rest
from serving_load.swaps import Load, Outputs, swap_under_load
from serving_load.wire import Grpc, Rest, arrays_of, predict_request

MODEL = "quickstart"
PATH = f"/v1/models/{MODEL}:predict"
THREADS = 16
MOST_GROWTH_PERCENT, MOST_SLOPE = 2.0, 1.0
Columns = Mapping[str, list]


def swaps(
    variants: Sequence[tuple[Path, Outputs]],
    columns: Columns,
    scratch: Path,
    count: int,
    clients: int,
) -> Iterator[Figure]:
    """R14: requests that fail, or get the answer of two versions, over hot swaps.

    Args:
        variants: Versions that differ, and what each answers to the request.
        columns: The request.
        scratch: For the model's folder.
        count: How many swaps.
        clients: How many at once.
    """
    directory = scratch / "swaps" / MODEL
    numbers = range(1, count + 2)
    versions = dict(zip(numbers, itertools.cycle(variants), strict=False))

    def publish(number: int) -> None:
        hidden = directory / f".unfinished-{number}"
        shutil.copytree(versions[number][0], hidden)
        hidden.rename(directory / str(number))

    publish(1)
    expected = {number: outputs for number, (_, outputs) in versions.items()}
    with serving({MODEL: directory}, poll_seconds=0.2) as server:
        request = predict_request(MODEL, columns)
        load = Load(server.address, request, {"inputs": columns}, expected, clients)
        report = swap_under_load(load, server.address, MODEL, publish, numbers[1:])
    shutil.rmtree(directory)
    of = f"over {count} hot swaps under {clients} clients"
    yield Figure("R14", f"failed requests {of}", len(report.problems), 0)
    yield Figure("R14", f"requests {of}", report.requests)
    unseen = len(versions) - len(report.versions_seen)
    yield Figure("R14", "versions that no gRPC client got an answer of", unseen, 0)
    steady, swapping = report.steady_p99_seconds, report.swapping_p99_seconds
    yield Figure("R14", "p99 between swaps, ms", 1e3 * steady)
    yield Figure("R14", "p99 during swaps, ms", 1e3 * swapping)


def hostile(
    server: ServerProcess, columns: Columns, signatures: Sequence[str], cases: int
) -> Iterator[Figure]:
    """R27: hostile requests that are survived, half by gRPC and half by REST."""
    good = predict_request(MODEL, columns)
    row = {name: values[0] for name, values in columns.items()}
    with Grpc(server.address) as client:
        before = arrays_of(client.predict(good))
    by_grpc = survives_grpc(server.address, hostile_calls(good, signatures), cases // 2)
    paths, bodies = hostile_paths(MODEL), hostile_bodies(row, signatures)
    by_rest = survives_rest(server.address, paths, bodies, cases // 2)
    survives_bytes(server.address, cases // 20)
    with Grpc(server.address) as client:
        after = arrays_of(client.predict(good))
    is_well = server.is_alive and all(
        (values == before[name]).all() for name, values in after.items()
    )
    sent = by_grpc.total() + by_rest.total()
    refused = sent - by_grpc["OK"] - by_rest[200]
    survived = sent if is_well else 0
    yield Figure("R27", "hostile requests survived", survived, cases, at_least=True)
    yield Figure("R27", "of them refused with an error of the client's", refused)


def parallel(
    server: ServerProcess, requests: Sequence[Columns], count: int
) -> Iterator[Figure]:
    """R30: replies to many threads that differ from those to one.

    Args:
        server: The server.
        requests: Columns that are asked in turn.
        count: Requests of each thread.
    """
    calls = [predict_request(MODEL, columns) for columns in requests]
    bodies: list[Any] = [{"inputs": columns} for columns in requests]
    in_parallel(server.address, calls, bodies, THREADS, max(20, count // 10))
    before = resident_mib(server.process_id)
    report = in_parallel(server.address, calls, bodies, THREADS, count)
    growth = 100 * (resident_mib(server.process_id) / before - 1)
    of = f"of {THREADS} threads x {count:,} requests"
    yield Figure("R30", f"differing replies {of}", report.differing, 0)
    yield Figure("R30", f"failed requests {of}", len(report.errors), 0)
    yield Figure("R30", f"growth of memory {of}, %", growth, MOST_GROWTH_PERCENT)


def soaked(server: ServerProcess, columns: Columns, seconds: float) -> Iterator[Figure]:
    """R31: failed requests, and the slope of memory, over a long time."""
    call, body = predict_request(MODEL, columns), {"inputs": columns}
    with Grpc(server.address) as grpc, Rest(server.address) as rest:

        def send() -> None:
            grpc.predict(call)
            reply = rest.post(PATH, body)
            if reply.status != 200:
                raise RuntimeError(f"REST: {reply.status} {reply.body[:200]!r}")

        # Memory that one request more or less holds for good is not of interest.
        warm_up = min(30.0, seconds / 10)
        report = soak(send, server.process_id, seconds, warm_up_seconds=warm_up)
    of = f"in {seconds / 60:.3g} minutes"
    yield Figure("R31", f"requests {of}", 2 * report.requests)
    yield Figure("R31", f"failed requests {of}", len(report.errors), 0)
    slope = report.slope_mib_per_minute
    yield Figure("R31", f"slope of memory {of}, MiB a minute", slope, MOST_SLOPE)
    yield Figure("R31", f"memory at the end {of}, MiB", report.rss_end_mib)
