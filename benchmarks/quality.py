"""What row-by-row training costs in quality: LazyAdam against dense Adam, over seeds.

    python benchmarks/quality.py --only complete_journey --seeds 3
    python benchmarks/quality.py --only quickstart census_income

Dense Adam is Keras' own on JAX, which moves every row of every table at every step and,
unlike Keras' on TensorFlow, sums the gradients of an id that repeats in a batch. Both
train the shipped configs on the same batches with the same rule for stopping, on JAX;
what is compared is the AUC on the test split. Where a user's rows come in requests,
LazyAdam is also shown with them grouped (`training.group_requests`), without a bar.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean
from typing import Any

# Before the first import of Keras, which reads it then.
os.environ["KERAS_BACKEND"] = "jax"

from reporting import Bar, argument_parser, report

CONFIGS = Path(__file__).resolve().parents[1] / "configs"
RUNS = ("quickstart", "census_income", "complete_journey")
QUICK_RUN, QUICK_ROWS = "census_income", 20_000
MOST_REQUESTS = 0.5
LAZY, GROUPED, DENSE = "LazyAdam", "LazyAdam, grouped", "dense Adam"


def main() -> int:
    parser = argument_parser((__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=RUNS, default=RUNS)
    options = parser.parse_args()
    seeds, names = options.seeds, options.only
    if options.quick:
        seeds, names = 1, [QUICK_RUN]

    table, bars, details = [], [], {}
    for name in names:
        runs = compare(name, seeds, QUICK_ROWS if options.quick else None)
        table += rows_of(name, runs)
        bars += bars_of(name, runs)
        details[name] = runs
    which = "" if options.only == RUNS else "_" + "_".join(options.only)
    return report(f"quality{which}", table, bars, details, options)


def compare(name: str, seeds: int, num_rows: int | None) -> dict[str, list[dict]]:
    """By contender and seed: the AUCs of every task and what training took."""
    from mtl_rec.config import load_config
    from mtl_rec.data import open_exposures
    from mtl_rec.preprocess import Preprocessor
    from mtl_rec.training.requests import requests_per_row

    config = load_config(CONFIGS / f"{name}.yaml")
    splits = open_exposures(config.data, config.features, config.tasks)
    preprocessor = Preprocessor.fit(config.features, config.tasks, splits.train)
    encoded = {
        part: preprocessor.encode(getattr(splits, part))
        for part in ("train", "validation", "test")
    }
    if num_rows:
        encoded["train"] = encoded["train"].rows(0, num_rows)
    contenders: dict[str, Callable] = {LAZY: train_lazy, DENSE: train_dense}
    if requests_per_row(encoded["train"]) <= MOST_REQUESTS:
        contenders[GROUPED] = train_grouped
    runs: dict[str, list[dict]] = {contender: [] for contender in contenders}
    for seed in range(1, seeds + 1):
        for contender, train in contenders.items():
            begun, cpu = time.perf_counter(), time.process_time()
            model = train(config, preprocessor.schema, encoded, seed)
            took = time.perf_counter() - begun, time.process_time() - cpu
            runs[contender].append(scores(model, encoded["test"]) | timings(*took))
            print(
                f"{name}, seed {seed}, {contender}: {runs[contender][-1]}", flush=True
            )
    return runs


def timings(seconds: float, cpu_seconds: float) -> dict[str, float]:
    return {"seconds": seconds, "cpu_seconds": cpu_seconds}


def scores(model: Any, test: Any) -> dict[str, float]:
    """By task, the AUC of what is served for it on all exposures."""
    from mtl_rec.evaluation import evaluate

    metrics = evaluate(model, test)
    return {
        task.name: metrics[task.name]["auc"]
        for task in test.schema.tasks
        if task.kind == "binary"
    }


def train_lazy(
    config: Any, schema: Any, encoded: Any, seed: int, group_requests: bool = False
) -> Any:
    import keras

    from mtl_rec.models import build_model
    from mtl_rec.training import fit_best, make_trainable

    keras.utils.set_random_seed(seed)
    training = config.training.model_copy(update={"group_requests": group_requests})
    model = make_trainable(build_model(config.model, schema), training, schema)
    with tempfile.TemporaryDirectory() as folder:
        fit_best(
            model, encoded["train"], encoded["validation"], training, Path(folder), seed
        )
    return model


def train_grouped(config: Any, schema: Any, encoded: Any, seed: int) -> Any:
    return train_lazy(config, schema, encoded, seed, group_requests=True)


def train_dense(config: Any, schema: Any, encoded: Any, seed: int) -> Any:
    import keras

    from mtl_rec.config.checks import mode_of
    from mtl_rec.losses import funnel_losses
    from mtl_rec.models import build_model
    from mtl_rec.training import Batches
    from mtl_rec.training.validation import ValidationMetrics

    keras.utils.set_random_seed(seed)
    training, stopping = config.training, config.training.early_stopping
    model = build_model(config.model, schema)
    model.compile(
        keras.optimizers.Adam(training.optimizer.learning_rate),
        loss=funnel_losses(schema.tasks, schema.label_scales),
        loss_weights={task.name: task.loss_weight for task in schema.tasks},
    )
    model.fit(
        Batches(encoded["train"], training.batch_size, seed),
        epochs=training.epochs,
        shuffle=False,
        verbose=0,
        callbacks=[
            ValidationMetrics(encoded["validation"]),
            keras.callbacks.EarlyStopping(
                stopping.metric,
                mode=mode_of(stopping.metric),
                patience=stopping.patience,
                min_delta=stopping.min_delta,
                restore_best_weights=True,
            ),
        ],
    )
    return model


def tasks_of(runs: dict[str, list[dict]]) -> list[str]:
    return [name for name in runs[LAZY][0] if name not in timings(0, 0)]


def rows_of(name: str, runs: dict[str, list[dict]]) -> list[dict[str, Any]]:
    table = []
    for task in tasks_of(runs):
        for contender, repetitions in runs.items():
            aucs = [run[task] for run in repetitions]
            table.append(
                {
                    "config": name,
                    "task": task,
                    "optimizer": contender,
                    "seeds": len(aucs),
                    "mean AUC": f"{mean(aucs):.5f}",
                    "lowest": f"{min(aucs):.5f}",
                    "highest": f"{max(aucs):.5f}",
                    "CPU s": mean(run["cpu_seconds"] for run in repetitions),
                }
            )
    return table


def bars_of(name: str, runs: dict[str, list[dict]]) -> list[Bar]:
    """The mean of ours is within the seeds of dense Adam, or above them."""
    bars = []
    for task in tasks_of(runs):
        lowest = min(run[task] for run in runs[DENSE])
        measured = mean(run[task] for run in runs[LAZY])
        title = f"{name}, {task}: mean AUC of {LAZY}, less the lowest of {DENSE}"
        bars.append(Bar(title, measured - lowest, 0.0))
    return bars


if __name__ == "__main__":
    sys.exit(main())
