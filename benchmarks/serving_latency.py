"""Latency of what is served, against DeepCTR's export and the bare numeric graph.

    python benchmarks/serving_latency.py --check

All contenders are exported with random weights and the same fields and sizes. Rows are
asked of an MMoE on census_income (40 fields, 8 experts x 16, towers of 8); candidates
of one on an event log whose user has four histories of 50, and of one on the simulated
shop, whose candidates have titles. Every request goes to TensorFlow's C library, the
one that TensorFlow Serving is made of, with its tensors made beforehand, on one core:
on several, what a single row takes is mostly how long a sleeping thread takes to wake,
which is the machine's. It goes over gRPC to the local server too, on all cores, where
serialising counts. Round after round
every contender answers some requests, in a new order; a round's figure is their median,
the table shows the median over rounds and the 99th percentile of all.

`ours` takes raw strings, one input for each feature, and looks them up in the graph;
`packed` takes the same in two inputs, `examples` as serialized `tf.Example`s. `bare` is
the network on encoded ids in two inputs; DeepCTR's export takes encoded ids, one input
for each field. `rank` gives the user once, `repeated` is our row-wise signature with
the user repeated.
"""

import argparse
import json
import math
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from peers.environments import DEFAULT, python_of
from reporting import Bar, argument_parser, report
from serving.models import Served, by_field, census, log, shop, write_models

from mtl_rec.config.run import RunConfig

ROWS = 2000
ROW_BATCHES, CANDIDATES = (1, 100, 1000), (100, 500, 2000)
TOLERANCE = 1e-6
BENCHMARKS = Path(__file__).parent
DATA = BENCHMARKS.parent / ".." / "shared" / "data"

Request = tuple[str, str, str, Mapping[str, np.ndarray]]
"""Case, contender, signature and inputs."""


def main() -> int:
    parser = argument_parser((__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--requests", type=int, default=60, help="of a round")
    parser.add_argument(
        "--environments",
        type=Path,
        default=DEFAULT,
        help=f"where DeepCTR is installed (default: {DEFAULT})",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=DATA,
        help="folder with census_income and taobao_userbehavior",
    )
    options = parser.parse_args()
    rounds = 2 if options.quick else options.rounds
    cores = os.sched_getaffinity(0)
    # Before TensorFlow makes its threads, which inherit it.
    one = {min(cores)}
    os.sched_setaffinity(0, one)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    table, details = [], {}
    with tempfile.TemporaryDirectory() as name:
        for title, config in configs(options.data).items():
            folder = Path(name, title)
            folder.mkdir()
            served = write_models(folder, config, ROWS)
            versions = {"ours": served.ours}
            if title == "rows":
                versions["bare"] = served.bare
                peer = export_deepctr(served, folder, options)
                versions |= {"DeepCTR": peer} if peer else {}
                requests = row_requests(served, versions)
            else:
                requests = candidate_requests(served)
            ways = (("C library", over_c, one), ("gRPC", over_grpc, cores))
            for way, measure, own_cores in ways[: 1 if options.quick else 2]:
                os.sched_setaffinity(0, own_cores)
                seconds = measure(versions, requests, rounds, options.requests)
                details[f"{title}, {way}"] = seconds
                table += rows_of(title, way, seconds)
    return report(
        "serving_latency",
        table,
        bars_of(details),
        medians_of(details),
        options,
        _peer_versions(),
    )


def configs(data: Path) -> dict[str, RunConfig]:
    """What is asked for rows, and what for candidates."""
    return {
        "rows": census(data / "census_income"),
        "candidates": log(data / "taobao_userbehavior"),
        "candidates with titles": shop(),
    }


def export_deepctr(
    served: Served, folder: Path, options: argparse.Namespace
) -> Path | None:
    """DeepCTR's version, None where its environment is not there."""
    python = python_of("deepctr", options.environments, not options.quick)
    if python is None:
        return None
    version = folder / "deepctr" / "1"
    script = BENCHMARKS / "serving" / "deepctr_export.py"
    subprocess.run(
        [python, script, served.about, version],
        check=True,
        capture_output=True,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
    )
    return version


def row_requests(served: Served, versions: Mapping[str, Path]) -> list[Request]:
    """The same rows for every contender, as each takes them."""
    from mtl_rec.preprocess.raw_columns import packed_rows

    about = json.loads(served.about.read_text())
    fields = by_field(served.encoded, served.config, about)
    rows = {"ours": served.raw, "bare": served.encoded, "DeepCTR": fields}
    rows = {contender: rows[contender] for contender in versions}
    signatures = dict.fromkeys(rows, "serving_default")
    rows["packed"] = packed_rows(served.config.features, served.raw)
    rows["examples"] = {"examples": served.examples}
    signatures |= {"packed": "packed", "examples": "tf_example"}
    return [
        (
            f"{size:,} rows",
            contender,
            signature,
            {name: values[:size] for name, values in rows[contender].items()},
        )
        for size in ROW_BATCHES
        for contender, signature in signatures.items()
    ]


def candidate_requests(served: Served) -> list[Request]:
    """One user with candidates: given once, and repeated for every candidate."""
    requests: list[Request] = []
    for count in CANDIDATES:
        once, repeated = {}, {}
        for name, values in served.raw.items():
            is_user = name in served.users
            once[name] = values[:1] if is_user else values[np.newaxis, :count]
            same = np.zeros(count, int)
            repeated[name] = values[same] if is_user else values[:count]
        case = f"1 x {count:,}"
        requests.append((case, "rank", "rank", once))
        requests.append((case, "repeated", "serving_default", repeated))
    return requests


def version_of(contender: str, versions: Mapping[str, Path]) -> Path:
    """`examples`, `rank` and `repeated` are asked of our version."""
    return versions.get(contender, versions["ours"])


def over_c(
    versions: Mapping[str, Path], requests: list[Request], rounds: int, count: int
) -> dict[str, dict[str, list[list[float]]]]:
    """Seconds of every request by case, contender and round, in the C library."""
    from contextlib import ExitStack

    from serving.c_requests import CRequest, sessions_of

    with ExitStack() as stack:
        library, sessions = stack.enter_context(sessions_of(versions.values()))
        asked = {}
        for case, contender, signature, batch in requests:
            path = version_of(contender, versions)
            request = CRequest(library, sessions[path], path, signature, batch)
            stack.callback(request.close)
            asked[case, contender] = request
        for case, contender in asked:
            if contender == "rank":
                repeated = asked[case, "repeated"].answers()
                require_equal(asked[case, "rank"].answers(), repeated)
        return timed({k: r.seconds for k, r in asked.items()}, rounds, count)


def over_grpc(
    versions: Mapping[str, Path], requests: list[Request], rounds: int, count: int
) -> dict[str, dict[str, list[list[float]]]]:
    """The same over gRPC on loopback, from a process of its own."""
    from serving.grpc_requests import GrpcRequest, serving

    folders = {name: path.parent for name, path in versions.items()}
    with serving(folders) as channel:
        asked = {
            (case, contender): GrpcRequest(
                channel, contender if contender in versions else "ours", *rest
            )
            for case, contender, *rest in requests
        }
        return timed({k: r.seconds for k, r in asked.items()}, rounds, count)


def require_equal(ranked: Mapping, rows: Mapping) -> None:
    """Ranking must answer what rows do."""
    for name, values in rows.items():
        distance = np.abs(ranked[name].ravel() - values).max()
        if not distance <= TOLERANCE:
            raise SystemExit(f"`rank` differs from rows by {distance:g} in '{name}'.")


def timed(
    asked: Mapping[tuple[str, str], Callable[[], float]], rounds: int, count: int
) -> dict[str, dict[str, list[list[float]]]]:
    """Seconds by case, contender and round; contenders of a case take turns."""
    cases = list(dict.fromkeys(case for case, _ in asked))
    seconds: dict[str, dict[str, list[list[float]]]] = {case: {} for case in cases}
    order = random.Random(1)
    for case in cases:
        contenders = [own for other, own in asked if other == case]
        for contender in contenders:
            seconds[case][contender] = []
            for _ in range(count):
                asked[case, contender]()
        for _ in range(rounds):
            order.shuffle(contenders)
            for contender in contenders:
                ask = asked[case, contender]
                seconds[case][contender].append([ask() for _ in range(count)])
    return seconds


def rows_of(
    title: str, way: str, seconds: Mapping[str, Mapping]
) -> list[dict[str, Any]]:
    table = []
    for case, by_contender in seconds.items():
        medians = {
            name: [median(own) for own in rounds]
            for name, rounds in by_contender.items()
        }
        base = medians.get("ours") or medians["rank"]
        for name, own in medians.items():
            ratios = [theirs / ours for theirs, ours in zip(own, base, strict=True)]
            everything = [s for own_round in by_contender[name] for s in own_round]
            table.append(
                {
                    "model": title,
                    "way": way,
                    "request": case,
                    "contender": name,
                    "p50 us": 1e6 * median(own),
                    "p99 us": 1e6 * float(np.percentile(everything, 99)),
                    "ratio to ours": median(ratios),
                    "lowest": min(ratios),
                    "highest": max(ratios),
                }
            )
    return table


def medians_of(details: Mapping[str, Any]) -> dict[str, Any]:
    """The median of each round instead of all its requests."""
    return {
        title: {
            case: {
                name: [median(own) for own in rounds] for name, rounds in asked.items()
            }
            for case, asked in cases.items()
        }
        for title, cases in details.items()
    }


def bars_of(details: Mapping[str, Mapping[str, Mapping[str, list]]]) -> list[Bar]:
    """The bars are on the C library; each is a ratio within a round.

    Of rows they are on `packed`, which clients ask for by themselves: of forty named
    inputs the C library takes most of the time that is left, whatever the model.
    """

    def bar(
        title: str, case: str, contenders: tuple[str, str], limit: float, at_least: bool
    ) -> Bar:
        name = f"p50 of {case}, {contenders[0]} over {contenders[1]}"
        by_contender = details[f"{title}, C library"][case]
        if not by_contender.keys() >= set(contenders):
            return Bar(name, math.nan, limit, at_least)
        rounds = zip(*(by_contender[own] for own in contenders), strict=True)
        ratios = [median(one) / median(other) for one, other in rounds]
        interval = min(ratios), max(ratios)
        return Bar(name, median(ratios), limit, at_least, interval)

    row = [
        bar("rows", "1 rows", ("packed", other), limit, at_least=False)
        for other, limit in (("DeepCTR", 0.5), ("bare", 1.5))
    ]
    both = ("repeated", "rank")
    return [*row, bar("candidates", "1 x 500", both, 5.0, at_least=True)]


def _peer_versions() -> dict[str, str]:
    wanted = (BENCHMARKS / "peers" / "requirements-deepctr.txt").read_text()
    lines = [line for line in wanted.splitlines() if "==" in line]
    pairs = [line.split("==") for line in lines]
    return {
        name if name == "deepctr" else f"{name} of DeepCTR": number
        for name, number in pairs
        if name in ("deepctr", "tensorflow", "tf_keras")
    }


if __name__ == "__main__":
    sys.exit(main())
