"""Ten million rows through the evaluator: six outputs with intervals, by user, sliced.

    python benchmarks/evaluation_speed.py

Predictions of click, cart and purchase are drawn with their labels, as if a model had
made them. What is timed is all that a run does with predictions: every metric with its
95 % interval over users, GAUC and lists of users, calibration, and four slicings, two
of them by features.
"""

import os
import resource
import time

# As the command line does: see `mtl_rec.cli.backend`.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import reporting

from mtl_rec.config.evaluation import Evaluation
from mtl_rec.config.tasks import Task
from mtl_rec.evaluation.evaluation import evaluate_fully
from mtl_rec.evaluation.evaluator import best_thresholds
from mtl_rec.evaluation.keys import EvaluationKeys
from mtl_rec.evaluation.slicing import (
    by_band,
    by_novelty,
    by_training_count,
    by_value,
)
from mtl_rec.schema import EncodedExposures, Schema

ROWS, QUICK_ROWS = 10_000_000, 200_000
ROWS_PER_USER = 20
TASKS = (
    Task(name="click"),
    Task(name="add_to_cart", after="click"),
    Task(name="purchase", after="add_to_cart"),
)
MOST_SECONDS, MOST_GIB = 120, 6


def made_rows(num_rows: int):
    """Labels, predictions that are off by some noise, and keys."""
    random = np.random.default_rng(1)
    reached = np.ones(num_rows, bool)
    conditional, labels = {}, {}
    for task, (positive, negative) in zip(
        TASKS, ((1.5, 16), (2, 10), (3, 6)), strict=True
    ):
        chance = random.beta(positive, negative, num_rows).astype(np.float32)
        reached = reached & (random.random(num_rows, np.float32) < chance)
        labels[task.name] = reached[:, np.newaxis].astype(np.float32)
        noise = random.normal(0, 0.3, num_rows).astype(np.float32)
        odds = chance / (1 - chance) * np.exp(noise)
        conditional[task.name] = odds / (1 + odds)
    click, cart, buy = conditional.values()
    predictions = {
        "click": click,
        "add_to_cart": click * cart,
        "purchase": click * cart * buy,
        "add_to_cart_given_click": cart,
        "purchase_given_click": cart * buy,
        "purchase_given_add_to_cart": buy,
    }
    schema = Schema(features=(), tasks=TASKS, vocabularies={}, label_scales={})
    exposures = EncodedExposures(schema, {}, labels)
    users = random.integers(0, num_rows // ROWS_PER_USER, num_rows).astype(np.int32)
    hours = [str(hour) for hour in range(24)]
    keys = EvaluationKeys(
        users,
        (
            by_novelty("users by training", users % 10 > 0),
            by_training_count(
                "items by training rows", random.geometric(0.1, num_rows) - 1
            ),
            by_value("hour", random.integers(0, 24, num_rows), hours),
            by_band("price", random.gamma(2, 20, num_rows).astype(np.float32)),
        ),
    )
    return predictions, exposures, keys


def main() -> int:
    options = reporting.argument_parser(__doc__ or "").parse_args()
    num_rows = QUICK_ROWS if options.quick else ROWS
    predictions, exposures, keys = made_rows(num_rows)
    thresholds = best_thresholds(predictions, exposures)  # Of validation, elsewhere.
    data_gib = peak_gib()
    started, cpu_started = time.perf_counter(), time.process_time()
    evaluation = evaluate_fully(predictions, exposures, keys, thresholds, Evaluation())
    seconds = time.perf_counter() - started
    cpu_seconds = time.process_time() - cpu_started
    slices = sum(len(own) for s in evaluation.slices.values() for own in s.values())
    table = [
        {
            "rows": f"{num_rows:,}",
            "users": f"{evaluation.users or 0:,}",
            "outputs": len(evaluation.metrics),
            "slices of outputs": slices,
            "resamples": evaluation.resamples,
            "seconds": seconds,
            "CPU-seconds": cpu_seconds,
            "peak GiB": peak_gib(),
            "GiB of the rows": data_gib,
        }
    ]
    bars = [
        # What two free cores take; the other core of this machine may not be free.
        reporting.Bar("seconds", seconds, MOST_SECONDS, at_least=False),
        reporting.Bar("peak memory, GiB", peak_gib(), MOST_GIB, at_least=False),
    ]
    details = {"metrics": evaluation.metrics, "intervals": evaluation.intervals}
    return reporting.report("evaluation_speed", table, bars, details, options)


def peak_gib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    raise SystemExit(main())
