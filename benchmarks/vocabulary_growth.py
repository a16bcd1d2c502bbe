"""Step time and memory against the size of the vocabulary.

    python benchmarks/vocabulary_growth.py --check

Batches of 4096 rows with 20 id fields, of which 39,610 ids are distinct at every size
of the table, train an embedding of width 16 and two dense layers. Every contender runs
in a process of its own, in turn with the others, and trains through Keras `fit` (torch:
its own loop). Step time is the median over steps and rounds. Memory is what is resident
after the last step beyond the same script with 10,000 rows, as a multiple of the table.
Torch's environment is made on the first run; see `peers/environments.py`.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from peers.environments import DEFAULT, python_of
from reporting import Bar, argument_parser, report

WORKERS = Path(__file__).parent / "peers"
SMALL, SIZES = 10_000, (100_000, 1_000_000, 10_000_000)
OURS, OURS_ADAGRAD = "LazyAdam, TensorFlow", "RowAdagrad, TensorFlow"
OURS_JAX = "LazyAdam, JAX"
KERAS, KERAS_JAX = "Keras Adam, TensorFlow", "Keras Adam, JAX"
TORCH = "torch SparseAdam"
CONTENDERS = {
    OURS: ("keras_vocabulary.py", "tensorflow", "lazy_adam"),
    OURS_ADAGRAD: ("keras_vocabulary.py", "tensorflow", "row_adagrad"),
    OURS_JAX: ("keras_vocabulary.py", "jax", "lazy_adam"),
    KERAS: ("keras_vocabulary.py", "tensorflow", "keras_adam"),
    KERAS_JAX: ("keras_vocabulary.py", "jax", "keras_adam"),
    TORCH: ("torch_vocabulary.py", "", "sparse_adam"),
}


def main() -> int:
    parser = argument_parser(__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--environments", type=Path, default=DEFAULT, help="where torch is installed"
    )
    options = parser.parse_args()
    rounds, sizes, steps = options.rounds, SIZES, 15
    if options.quick:
        rounds, sizes, steps = 1, (100_000,), 5
    torch = python_of("torch", options.environments, may_make=not options.quick)
    names = [name for name in CONTENDERS if name != TORCH or torch]
    if options.quick:
        names = [name for name in names if name in (OURS, OURS_JAX, KERAS)]
    runs: dict[str, dict[int, list[dict]]] = {name: {} for name in names}
    for _ in range(rounds):
        for size in (SMALL, *sizes) if not options.quick else sizes:
            for name in names:
                few = name.startswith("Keras") and size == sizes[-1]
                result = _run(name, size, max(4, steps // 3) if few else steps, torch)
                runs[name].setdefault(size, []).append(result)
    table = [_row(name, sizes, runs[name]) for name in names]
    bars = [] if options.quick else _bars(runs)
    return report("vocabulary_growth", table, bars, runs, options)


def _run(name: str, size: int, steps: int, torch: Path | None) -> dict:
    script, backend, optimizer = CONTENDERS[name]
    python = str(torch) if name == TORCH else sys.executable
    done = subprocess.run(
        [python, str(WORKERS / script), optimizer, str(size), str(steps)],
        env={**os.environ, "KERAS_BACKEND": backend or "tensorflow"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    result = json.loads(done.stdout.splitlines()[-1])
    milliseconds = statistics.median(result["step_milliseconds"])
    print(f"{name}, {size:,} rows: {milliseconds:.1f} ms", file=sys.stderr)
    return result


def _milliseconds(results: list[dict]) -> list[float]:
    return [statistics.median(result["step_milliseconds"]) for result in results]


def _row(name: str, sizes, results: dict[int, list[dict]]) -> dict:
    row: dict = {"optimizer": name}
    for size in sizes:
        medians = _milliseconds(results[size])
        row[f"{size:,} rows, ms"] = statistics.median(medians)
        row[f"range at {size:,}"] = f"{min(medians):.0f} to {max(medians):.0f}"
    row["CPU ms a step"] = statistics.median(
        result["cpu_milliseconds"] for result in results[sizes[-1]]
    )
    if SMALL in results:
        row["memory / table"] = _memory(results, sizes[-1])
    return row


def _memory(results: dict[int, list[dict]], size: int) -> float:
    """Growth over the small table, in tables."""
    resident = {
        rows: statistics.median(run["resident_bytes"] for run in results[rows])
        for rows in (SMALL, size)
    }
    return (resident[size] - resident[SMALL]) / (size * 16 * 4)


def _bars(runs: dict[str, dict[int, list[dict]]]) -> list[Bar]:
    def ratio(over, over_size, under, under_size):
        """Median and range of the ratio of two step times, round by round."""
        pairs = zip(
            _milliseconds(runs[over][over_size]),
            _milliseconds(runs[under][under_size]),
            strict=True,
        )
        ratios = [one / other for one, other in pairs]
        return statistics.median(ratios), (min(ratios), max(ratios))

    bars = []
    small, middle, large = SIZES
    for name in (OURS, OURS_ADAGRAD, OURS_JAX):
        for other, limit in ((middle, 1.3), (small, 2.0)):
            value, interval = ratio(name, large, name, other)
            label = f"{name}: step time at {large:,} rows over {other:,}"
            bars.append(Bar(label, value, limit, False, interval))
    for peer, own, limit in ((KERAS, OURS, 25.0), (KERAS_JAX, OURS_JAX, 6.0)):
        value, interval = ratio(peer, large, own, large)
        bars.append(
            Bar(f"{peer} over ours at {large:,} rows", value, limit, True, interval)
        )
    if TORCH in runs:
        value, interval = ratio(OURS, large, TORCH, large)
    else:
        value, interval = float("nan"), None
    bars.append(
        Bar(f"ours over {TORCH} at {large:,} rows", value, 0.7, False, interval)
    )
    for name, limit in ((OURS, 3.2), (OURS_ADAGRAD, 1.2)):
        value = _memory(runs[name], large)
        bars.append(Bar(f"{name}: memory over the table's", value, limit, False))
    return bars


if __name__ == "__main__":
    sys.exit(main())
