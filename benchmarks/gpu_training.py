"""Training on one device with JAX: exposures a second, and the share of its limits.

Needs numpy, keras and jax, no TensorFlow, and runs on what JAX finds, a GPU or the CPU:

    PYTHONPATH=. python benchmarks/gpu_training.py

torch-rechub's MMOE runs beside it where torch and torch_rechub are installed too.
"""

import gc
import itertools
import json
import os
import subprocess
import sys
from argparse import Namespace
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "jax"
# Another process, torch's, is to find memory on the same GPU.
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")

from gpu import data, roofline
from gpu.models import ARCHITECTURES, FedByFit, OnDevice, build
from reporting import argument_parser, report

POLICIES = ("float32", "mixed_bfloat16")
BATCH_SIZES = (4096, 16_384, 65_536)
TABLE_ROWS = {"cpu": (100_000, 1_000_000), "other": (1_000_000, 100_000_000)}
# A call of `fit` has a cost of its own, which must be small beside its steps.
BATCHES = {"cpu": 4, "other": 32}


def main() -> int:
    parser = argument_parser(__doc__.splitlines()[0])
    parser.add_argument("--rows", type=float, nargs="+", help="rows of the table")
    parser.add_argument("--batches", type=int, nargs="+", help="exposures a step")
    options = parser.parse_args()
    device = roofline.measure_device(options.quick)
    print(f"{_description(device)}\n")
    sizes = options.rows or TABLE_ROWS.get(device.platform, TABLE_ROWS["other"])
    sizes = [int(size) for size in sizes]
    batch_sizes = options.batches or BATCH_SIZES
    if options.quick:
        sizes, batch_sizes = sizes[:1], batch_sizes[:1]
    peer, versions = _rechub(device, sizes, batch_sizes, options)
    table, details = [], []
    cases = list(itertools.product(ARCHITECTURES, POLICIES))
    if options.quick:
        cases = list(zip(ARCHITECTURES, POLICIES, strict=True))
    for (architecture, policy), rows in itertools.product(cases, sizes):
        case = {"model": f"ours, {architecture}", "rows": f"{rows:.0e}"}
        case["dtype"] = policy
        for row, repetitions in _ours(
            device, architecture, rows, policy, batch_sizes, options.quick
        ):
            table.append(_row(device=device.name, **case, **row))
            details.append({**case, **row, "repetitions": repetitions})
            print(f"{case} {row}", file=sys.stderr)
    table += [_row(**{"device": device.name, **row}) for row in peer]
    about = {"device": asdict(device), "cases": details, "torch_rechub": peer}
    return report("gpu_training", table, [], about, options, versions)


def _description(device: roofline.Device) -> str:
    rates = ", ".join(
        f"{rate / 1e12:.3g} TFLOP/s in products of {policy}"
        for policy, rate in device.matmul_rate.items()
    )
    no_gpu = " No GPU was found." if device.platform == "cpu" else ""
    return (
        f"Ran on {device.platform} ({device.name}).{no_gpu} Measured: "
        f"{device.bandwidth / 1e9:.3g} GB/s in a large copy, {rates}."
    )


def _ours(device, architecture, rows, policy, batch_sizes, is_quick):
    """Gives a row of the table and its repetitions for every size of batch."""
    fitting = []
    for batch_size in batch_sizes:
        needed = roofline.bytes_needed(rows, batch_size)
        if needed <= device.memory:
            fitting.append(batch_size)
        else:
            yield {"batch": batch_size, "note": _skipped(device, needed)}, None
    if not fitting:
        return
    model = build(architecture, rows, policy)
    for batch_size in fitting:
        yield _measured(device, model, architecture, rows, policy, batch_size, is_quick)
    del model
    gc.collect()


def _skipped(device: roofline.Device, needed: int) -> str:
    return f"skipped: needs {needed / 1e9:.1f} GB, free {device.memory / 1e9:.1f} GB"


def _measured(device, model, architecture, rows, policy, batch_size, is_quick):
    batches = BATCHES.get(device.platform, BATCHES["other"])
    repetitions = 3 if is_quick else 5
    ids, labels = data.exposures(batches * batch_size, rows)
    fed = FedByFit(model, ids, labels, batch_size)
    fed()
    fit = data.timed(fed, repetitions, batches)
    on_device = OnDevice(model, ids, labels, batch_size)
    data.timed(on_device, 2)
    step = data.timed(on_device, repetitions * batches)
    on_device.give_back()
    distinct = round(
        sum(data.distinct_rows(part) for part in ids.reshape(batches, batch_size, -1))
        / batches
    )
    work = roofline.least_work(architecture, policy, batch_size, distinct)
    xla_bytes, xla_flops = on_device.cost()
    on_cpu = device.platform == "cpu"
    row = {
        "batch": batch_size,
        "distinct rows": distinct,
        "step ms": step.median * 1e3,
        "exposures/s": batch_size / step.median,
        "CPU ms": step.cpu_median * 1e3 if on_cpu else "-",
        "fit ms": fit.median * 1e3,
        "fit exposures/s": batch_size / fit.median,
        "MB": work.bytes / 1e6,
        "GFLOP": work.flops / 1e9,
        "XLA MB": xla_bytes / 1e6,
        "XLA GFLOP": xla_flops / 1e9,
        "roofline share": work.seconds(device, policy) / step.median,
    }
    return row, {"step": asdict(step), "fit": asdict(fit)}


COLUMNS = (
    "device",
    "model",
    "rows",
    "dtype",
    "batch",
    "distinct rows",
    "step ms",
    "exposures/s",
    "CPU ms",
    "fit ms",
    "fit exposures/s",
    "MB",
    "GFLOP",
    "XLA MB",
    "XLA GFLOP",
    "roofline share",
    "note",
)


def _row(**known: Any) -> dict[str, Any]:
    """A row of the table, with a dash where there is nothing to say."""
    return {column: known.get(column, "-") for column in COLUMNS}


def _rechub(
    device: roofline.Device, sizes: list[int], batch_sizes, options: Namespace
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Rows for torch-rechub's MMOE, and the version of torch."""
    model = {"model": "torch-rechub, mmoe", "dtype": "float32"}
    if not (find_spec("torch") and find_spec("torch_rechub")):
        return [{**model, "note": "not installed"}], {}
    rows, versions = [], {}
    for size in sizes:
        for batch_size in batch_sizes:
            case = {**model, "rows": f"{size:.0e}", "batch": batch_size}
            needed = roofline.bytes_needed(size, batch_size, roofline.DENSE_ADAM)
            if needed > device.memory:
                rows.append({**case, "note": _skipped(device, needed)})
                continue
            arguments = ["--table-rows", size, "--batch-size", batch_size]
            arguments += ["--repetitions", 3 if options.quick else 10]
            done = subprocess.run(
                [sys.executable, "-m", "gpu.rechub", *map(str, arguments)],
                cwd=Path(__file__).parent,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                reason = done.stderr.strip().splitlines()[-1:]
                rows.append({**case, "note": f"failed: {' '.join(reason)}"})
                continue
            found = json.loads(done.stdout.splitlines()[-1])
            timing = data.Timing(found["seconds"], found["cpu_seconds"])
            on_cpu = found["device"] == "cpu"
            rows.append(
                {
                    **case,
                    "device": found["device"],
                    "step ms": timing.median * 1e3,
                    "exposures/s": batch_size / timing.median,
                    "CPU ms": timing.cpu_median * 1e3 if on_cpu else "-",
                }
            )
            versions = {"torch": found["torch"], "torch-rechub": found["torch_rechub"]}
    return rows, versions


if __name__ == "__main__":
    sys.exit(main())
