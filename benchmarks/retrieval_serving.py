"""Latency of exact retrieval: raw features of a user to the best of all items.

    python benchmarks/retrieval_serving.py --check

A two-tower with random weights (a user id and a history of 50 items, a hidden layer of
128, vectors as wide as those of `configs/quickstart.yaml`) is exported, and asked for
the best 300 items with and without 100 that are excluded, in TensorFlow's C library and
over gRPC at the local server, on all cores. `TFRS` is the exact index of TensorFlow
Recommenders, exported with as many vectors: it is given the user's vector, where ours
looks up and encodes the user.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from reporting import Bar, argument_parser, report
from serving_latency import timed

ITEMS, MANY_ITEMS, DIM, TOP_K, EXCLUDED, BATCH = 100_000, 1_000_000, 177, 300, 100, 32
MOST_MILLISECONDS = 20
OURS, PEER = "ours", "TFRS"

Asked = dict[tuple[str, str], Callable[[], float]]
Seconds = Mapping[str, Mapping[str, Sequence[Sequence[float]]]]


def main() -> int:
    parser = argument_parser((__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--requests", type=int, default=50, help="of a round")
    options = parser.parse_args()
    rounds = 2 if options.quick else options.rounds
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    table, details = [], {}
    with tempfile.TemporaryDirectory() as name:
        for num_items in (ITEMS,) if options.quick else (ITEMS, MANY_ITEMS):
            versions = write_versions(Path(name, str(num_items)), num_items)
            for way, measure in (("C library", over_c), ("gRPC", over_grpc)):
                seconds = measure(versions, num_items, rounds, options.requests)
                details[f"{num_items:,} items, {way}"] = seconds
                table += rows_of(num_items, way, seconds)
    return report(
        "retrieval_serving", table, bars_of(details), medians_of(details), options
    )


def write_versions(folder: Path, num_items: int) -> dict[str, Path]:
    """By contender, its version."""
    from serving.retrieval_models import write_retrieval

    folder.mkdir()
    versions = {OURS: write_retrieval(folder / OURS, num_items, DIM, TOP_K)}
    script = Path(__file__).parent / "serving" / "tfrs_export.py"
    path = folder / PEER / "1"
    sizes = map(str, (num_items, DIM, TOP_K, EXCLUDED))
    subprocess.run([sys.executable, script, *sizes, path], check=True)
    return {**versions, PEER: path}


def cases(num_items: int) -> dict[tuple[str, str], tuple[str, dict[str, np.ndarray]]]:
    """By request and contender, the signature and its inputs."""
    from serving.retrieval_models import requests

    vectors = np.random.default_rng(2).normal(size=(BATCH, DIM)).astype(np.float32)
    asked = {}
    for count in (1, BATCH) if num_items == ITEMS else (1,):
        title = f"{count} user{'s' * (count > 1)}"
        for suffix, signature, excluded in (
            ("", "serving_default", None),
            (f", {EXCLUDED} excluded", "excluding", EXCLUDED),
        ):
            ours = requests(num_items, count, excluded)
            own = {"vector": vectors[:count]}
            if excluded is not None:
                own["excluded_items"] = ours["excluded_items"]
            asked[title + suffix, OURS] = signature, ours
            asked[title + suffix, PEER] = signature, own
    return asked


def over_c(
    versions: Mapping[str, Path], num_items: int, rounds: int, count: int
) -> Seconds:
    """Seconds by request, contender and round, in the C library."""
    from serving.c_requests import CRequest, sessions_of

    with ExitStack() as stack:
        library, sessions = stack.enter_context(sessions_of(versions.values()))
        asked: Asked = {}
        for (case, contender), (signature, batch) in cases(num_items).items():
            path = versions[contender]
            request = CRequest(library, sessions[path], path, signature, batch)
            stack.callback(request.close)
            asked[case, contender] = request.seconds
        return timed(asked, rounds, count)


def over_grpc(
    versions: Mapping[str, Path], num_items: int, rounds: int, count: int
) -> Seconds:
    """The same over gRPC on loopback, from a process of its own."""
    from serving.grpc_requests import GrpcRequest, serving

    with serving({name: path.parent for name, path in versions.items()}) as channel:
        asked: Asked = {
            (case, contender): GrpcRequest(channel, contender, *rest).seconds
            for (case, contender), rest in cases(num_items).items()
        }
        return timed(asked, rounds, count)


def rows_of(num_items: int, way: str, seconds: Seconds) -> list[dict[str, Any]]:
    return [
        {
            "items": f"{num_items:,}",
            "way": way,
            "request": case,
            "contender": contender,
            "p50 ms": 1e3 * median(map(median, rounds)),
            "p99 ms": 1e3 * float(np.percentile(np.concatenate(rounds), 99)),
        }
        for case, by_contender in seconds.items()
        for contender, rounds in by_contender.items()
    ]


def medians_of(details: Mapping[str, Seconds]) -> dict[str, Any]:
    """The median of each round instead of all its requests."""
    return {
        title: {
            case: {
                name: [median(own) for own in rounds] for name, rounds in asked.items()
            }
            for case, asked in own_cases.items()
        }
        for title, own_cases in details.items()
    }


def bars_of(details: Mapping[str, Seconds]) -> list[Bar]:
    """One user among 100,000 items, in milliseconds."""
    bars = []
    for way in ("C library", "gRPC"):
        for case in ("1 user", f"1 user, {EXCLUDED} excluded"):
            rounds = details[f"{ITEMS:,} items, {way}"][case][OURS]
            medians = [1e3 * median(own) for own in rounds]
            bars.append(
                Bar(
                    f"p50 ms of {case}, {ITEMS:,} items, {way}",
                    median(medians),
                    MOST_MILLISECONDS,
                    at_least=False,
                    interval=(min(medians), max(medians)),
                )
            )
    return bars


if __name__ == "__main__":
    sys.exit(main())
