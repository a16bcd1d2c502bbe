"""Training throughput on census_income, against DeepCTR, torch-rechub and MTReclib.

    git clone https://github.com/easezyc/Multitask-Recommendation-Library mtreclib
    python benchmarks/training_throughput.py --mtreclib mtreclib

Measured is what a row costs to train on: CPU-seconds of the whole process, threads and
loaders included, and wall time beside them. Every contender runs in a process and an
environment of its own (made on the first run: minutes, 6 GB) on the same encoded rows,
with the same model, batch size and learning rate, and otherwise as its library ships
it. All are started and warmed up first; then, round after round, each trains for some
epochs while the others wait. Ratios are taken within a round; shown are medians over
rounds with the lowest and highest. `peers/cases.py` has the models and the bars,
`peers/<contender>.py` how each is used.
"""

import argparse
import importlib.util
import math
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from peers.cases import CASES, CONTENDERS, LIMITS, OURS, Case
from peers.census import DATA, write_rows
from peers.environments import DEFAULT, python_of
from peers.race import race
from reporting import Bar, argument_parser, report

MTRECLIB = "https://github.com/easezyc/Multitask-Recommendation-Library"
# All batch sizes divide it, so that nobody has a last batch that is smaller.
ROWS_MULTIPLE_OF = max(case.batch_size for case in CASES.values())
QUICK_CASES, QUICK_ROWS = ("mmoe-2048",), 4 * ROWS_MULTIPLE_OF
QUICK_CONTENDERS = (OURS, "DeepCTR", "torch-rechub", "MTReclib")
# Threads of torch spin where they must share a core, which costs them the ratio.
QUIET_CORES = 0.25


def main() -> int:
    parser = argument_parser((__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--only", nargs="+", choices=CASES, metavar="CASE", help=", ".join(CASES)
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--epochs", type=int, default=2, help="of one repetition")
    parser.add_argument(
        "--mtreclib",
        type=Path,
        help=f"a checkout of {MTRECLIB}; without it, its bars are missed",
    )
    parser.add_argument(
        "--environments",
        type=Path,
        default=DEFAULT,
        help=f"where peers are installed (default: {DEFAULT})",
    )
    parser.add_argument("--data", type=Path, default=DATA, help="of census_income")
    options = parser.parse_args()
    if options.mtreclib and not (options.mtreclib / "models" / "mmoe.py").exists():
        parser.error(
            f"`--mtreclib` must be a checkout of {MTRECLIB}. Received: "
            f"{options.mtreclib}, which has no models/mmoe.py."
        )
    sources = {"mtreclib": options.mtreclib} if options.mtreclib else {}
    rounds, epochs, most = options.rounds, options.epochs, None
    if options.quick:
        rounds, epochs, most = 1, 1, QUICK_ROWS

    table: list[dict[str, Any]] = []
    bars, details, versions = [], {}, {}
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder)
        num_rows = write_rows(rows, options.data, ROWS_MULTIPLE_OF, most)
        for name in options.only or (QUICK_CASES if options.quick else CASES):
            case = CASES[name]
            pythons = available(case, options)
            print(f"{name}: {', '.join(pythons)}", flush=True)
            about, runs = race(case, pythons, rows, sources, rounds, epochs)
            ratios = {contender: cpu_ratios(runs, contender) for contender in runs}
            bars += bars_of(name, ratios, QUICK_CONTENDERS if options.quick else None)
            for contender in runs:
                limit = LIMITS.get((name, contender), (None, None))
                shown = {"case": name, "contender": contender}
                table.append(
                    shown | table_row(about, runs, contender, ratios[contender], limit)
                )
                versions |= versions_of(contender, about[contender]["versions"])
            details[name] = {"warm": about, "rounds": runs}
    loud = max(row["cores of others"] for row in table)
    if loud > QUIET_CORES:
        print(f"Not a figure: other processes used {loud:.2f} cores meanwhile.")
    details["rows"], details["epochs_of_a_round"] = num_rows, epochs
    return report("training_throughput", table, bars, details, options, versions)


def available(case: Case, options: argparse.Namespace) -> dict[str, Path]:
    """The interpreters of the contenders that can run here."""
    pythons = {}
    for name in case.contenders:
        contender = CONTENDERS[name]
        if options.quick and name not in QUICK_CONTENDERS:
            continue
        if contender.module == "mtreclib" and not options.mtreclib:
            continue
        if contender.variant == "jax" and not importlib.util.find_spec("jax"):
            continue
        python: Path | None = Path(sys.executable)
        if contender.environment:
            python = python_of(
                contender.environment, options.environments, not options.quick
            )
        if python:
            pythons[name] = python
    return pythons


def cpu_per_row(run: dict[str, Any]) -> float:
    return run["cpu"] / run["rows"]


def cpu_ratios(runs: dict[str, list], contender: str) -> list[float]:
    """CPU-seconds a row over ours, by round."""
    pairs = zip(runs[contender], runs[OURS], strict=True)
    return [cpu_per_row(theirs) / cpu_per_row(own) for theirs, own in pairs]


def table_row(
    about: dict[str, dict],
    runs: dict[str, list],
    contender: str,
    ratios: list[float],
    limit: tuple[float | None, float | None],
) -> dict[str, Any]:
    own, pairs = runs[contender], zip(runs[contender], runs[OURS], strict=True)
    wall_ratios = [
        theirs["wall"] / theirs["rows"] / (ours["wall"] / ours["rows"])
        for theirs, ours in pairs
    ]
    return {
        "parameters": f"{about[contender]['num_parameters']:,}",
        "CPU us/row": 1e6 * median(map(cpu_per_row, own)),
        "rows/s": median(run["rows"] / run["wall"] for run in own),
        "CPU ratio": median(ratios),
        "lowest": min(ratios),
        "highest": max(ratios),
        "wall ratio": median(wall_ratios),
        "bar": limit[0] or "",
        "stretch": limit[1] or "",
        "loss": own[-1]["loss"],
        "s to warm": about[contender]["seconds_to_warm"],
        "cores of others": median(run["cores_of_others"] for run in own),
    }


def bars_of(
    case: str, ratios: dict[str, list[float]], only: Sequence[str] | None
) -> list[Bar]:
    """The bars of one case; NaN for a contender that did not run."""
    bars = []
    for (name, contender), (limit, _) in LIMITS.items():
        if name != case or (only and contender not in only):
            continue
        title = f"{case}: CPU-seconds a row, {contender} over ours"
        measured = ratios.get(contender, [math.nan])
        interval = (min(measured), max(measured)) if contender in ratios else None
        bars.append(Bar(title, median(measured), limit, interval=interval))
    return bars


def versions_of(contender: str, versions: dict[str, str]) -> dict[str, str]:
    """What a contender's environment adds; TensorFlow says whose it is."""
    return {
        f"{package} of {contender}" if package == "tensorflow" else package: number
        for package, number in versions.items()
    }


if __name__ == "__main__":
    sys.exit(main())
