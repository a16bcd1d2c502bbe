"""Training on TensorFlow and on JAX: the same losses step by step, the same AUC.

    python benchmarks/backend_agreement.py

Both start from the same weights and see the same batches, as `mtl-rec train` does with
one seed. First, the loss of each of 200 single steps is compared, with and without
dropout, and with the tables so small beside a batch that all are swept whole, or so
large that they are trained row by row. Then both train whole runs of the shipped
configs, over seeds, and the AUC on the test split is compared.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

# Before the first import of Keras, which reads it then: evaluation is TensorFlow's.
os.environ["KERAS_BACKEND"] = "tensorflow"

from reporting import Bar, argument_parser, report

ROOT = Path(__file__).resolve().parents[1]
STEPS_SCRIPT = Path(__file__).parent / "agreement" / "single_steps.py"
BACKENDS = ("tensorflow", "jax")
NUM_STEPS, MAX_LOSS_DIFFERENCE = 200, 1e-5
RUNS = ("quickstart", "census_income")
QUICK = ["data.source.num_exposures=10_000", "training.epochs=1"]


@dataclass(frozen=True)
class StepCase:
    """A config whose single steps are compared.

    Attributes:
        config: Its name.
        what: What is special of it.
        settings: Overrides of the config.
    """

    config: str
    what: str
    settings: tuple[str, ...] = ()


DROPOUT = "model.architecture.dropout=0.2"
# Few ids in a batch: the table of users and items is then trained row by row.
ROW_BY_ROW = "training.batch_size=32"
# An epoch of census_income has fewer steps than are compared.
MORE_BATCHES = "training.batch_size=256"
STEP_CASES = (
    StepCase("quickstart", "as shipped"),
    StepCase("quickstart", "dropout", (DROPOUT,)),
    StepCase("quickstart", "dropout, rows of a large table", (DROPOUT, ROW_BY_ROW)),
    StepCase("census_income", "no dropout", (MORE_BATCHES,)),
    StepCase("census_income", "dropout", (DROPOUT, MORE_BATCHES)),
)


def main() -> int:
    parser = argument_parser((__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    cases, runs, seeds = STEP_CASES, RUNS, range(1, options.seeds + 1)
    settings: list[str] = []
    if options.quick:
        cases, runs, seeds, settings = STEP_CASES[2:3], RUNS[:1], range(1, 2), QUICK

    table, bars, details = [], [], {"steps": {}, "runs": {}}
    with tempfile.TemporaryDirectory() as place:
        for case in cases:
            losses = step_losses(case, settings, Path(place))
            details["steps"][f"{case.config}, {case.what}"] = losses
            table.append(row_of_steps(case, losses))
            bars.append(bar_of_steps(case, losses))
            print(bars[-1], flush=True)
        for name in runs:
            aucs = run_aucs(name, seeds, settings, Path(place))
            details["runs"][name] = aucs
            table += rows_of_runs(name, aucs)
            bars += bars_of_runs(name, aucs)
    return report("backend_agreement", table, bars, details, options)


def prepared(name: str, settings: list[str], place: Path) -> Any:
    """A run that is ready to be trained."""
    from mtl_rec.config import load_config
    from mtl_rec.run.preparing import prepare_run

    os.chdir(ROOT)
    cache = f"data.encoded.directory={place}/encoded"
    config = load_config(ROOT / "configs" / f"{name}.yaml", [*settings, cache])
    return prepare_run(config, place / "runs")


def step_losses(
    case: StepCase, settings: list[str], place: Path
) -> dict[str, list[float]]:
    """By backend, the loss of every step."""
    in_files = "data.encoded.memory_gib=0"
    run = prepared(case.config, [*case.settings, *settings, in_files], place)
    losses = {}
    for backend in BACKENDS:
        arguments = [run.folder.path, run.encoder.folder, NUM_STEPS]
        done = subprocess.run(
            [sys.executable, STEPS_SCRIPT, *map(str, arguments)],
            env={**os.environ, "KERAS_BACKEND": backend},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        answer = json.loads(done.stdout.splitlines()[-1])
        if ("rows" in case.what) != bool(answer["row_tables"]):
            raise RuntimeError(f"{case}: trained row by row: {answer['row_tables']}.")
        losses[backend] = answer["losses"]
    return losses


def largest_difference(losses: dict[str, list[float]]) -> float:
    ours, theirs = (losses[backend] for backend in BACKENDS)
    return max(abs(a - b) for a, b in zip(ours, theirs, strict=True))


def run_aucs(
    name: str, seeds: Sequence[int], settings: list[str], place: Path
) -> dict[str, list[dict[str, float]]]:
    """By backend and seed, the AUC of every task."""
    aucs: dict[str, list[dict[str, float]]] = {backend: [] for backend in BACKENDS}
    for seed in seeds:
        for backend, own in aucs.items():
            own.append(test_aucs(name, backend, [f"seed={seed}", *settings], place))
            print(f"{name}, seed {seed}, {backend}: {own[-1]}", flush=True)
    return aucs


def test_aucs(
    name: str, backend: str, settings: list[str], place: Path
) -> dict[str, float]:
    """By task, the AUC on the test split of a model that was trained as a run is."""
    from mtl_rec.evaluation import evaluate
    from mtl_rec.models import load_model
    from mtl_rec.run.pipeline import fit_prepared

    run = prepared(name, [*settings, f"training.backend={backend}"], place)
    fit_prepared(run)
    metrics = evaluate(load_model(run.folder.model_path), run.encoder.encode("test"))
    binary = [task.name for task in run.config.tasks if task.kind == "binary"]
    return {task: float(metrics[task]["auc"] or "nan") for task in binary}


def row_of_steps(case: StepCase, losses: dict[str, list[float]]) -> dict[str, Any]:
    return {
        "config": f"{case.config}, {case.what}",
        "compared": f"loss, {len(losses['jax'])} steps",
        **{b: f"{losses[b][0]:.6f} to {losses[b][-1]:.6f}" for b in BACKENDS},
        "largest difference": f"{largest_difference(losses):.1e}",
    }


def bar_of_steps(case: StepCase, losses: dict[str, list[float]]) -> Bar:
    title = f"{case.config}, {case.what}: largest difference of a step's loss"
    return Bar(title, largest_difference(losses), MAX_LOSS_DIFFERENCE, at_least=False)


def _aucs(runs: dict[str, list[dict[str, float]]], task: str) -> dict[str, list[float]]:
    return {backend: [run[task] for run in own] for backend, own in runs.items()}


def rows_of_runs(
    name: str, runs: dict[str, list[dict[str, float]]]
) -> list[dict[str, Any]]:
    table = []
    for task in runs["jax"][0]:
        aucs = _aucs(runs, task)
        table.append(
            {
                "config": f"{name}, {task}",
                "compared": f"AUC, {len(aucs['jax'])} seeds",
                **{
                    b: f"{mean(own):.5f} ({min(own):.5f} to {max(own):.5f})"
                    for b, own in aucs.items()
                },
                "largest difference": f"{largest_difference(aucs):.1e}",
            }
        )
    return table


def bars_of_runs(name: str, runs: dict[str, list[dict[str, float]]]) -> list[Bar]:
    """The backend moves the AUC less than the seed does."""
    bars = []
    for task in runs["jax"][0]:
        aucs = _aucs(runs, task)
        spread = max(aucs["tensorflow"]) - min(aucs["tensorflow"])
        moved = abs(mean(aucs["jax"]) - mean(aucs["tensorflow"]))
        title = f"{name}, {task}: difference of the mean AUC, beside the seeds' spread"
        bars.append(Bar(title, moved, spread, at_least=False))
    return bars


if __name__ == "__main__":
    sys.exit(main())
