"""Trains one of DeepCTR's multi-task models and keeps what it predicts.

    python -m peers.deepctr_quality --rows FOLDER --settings JSON --seed 1 --output FILE

Runs in DeepCTR's environment, on columns that `contenders.columns` wrote. Its defaults
are kept but for what `--settings` says: L2 of embeddings, initial weights, Adam. As in
its examples every task is an event with a sigmoid of its own, learned on all rows. Its
own seed is given too, since it is what decides the initial weights.
"""

import argparse
import json
import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from contenders.runs import Run, write_run

from mtl_rec.metrics.binary import auc, log_loss
from peers.deepctr import keep_from_asking_for_updates

SCORED_ROWS = 16_384


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("rows", "settings", "output"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    settings = json.loads(options.settings)
    run = train(Path(options.rows), settings, options.seed)
    write_run(Path(options.output), run)


def train(rows: Path, settings: dict[str, Any], seed: int) -> Run:
    """Trains until the validation metric gets no better; the best epoch predicts."""
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    keep_from_asking_for_updates()
    from tensorflow import keras

    about = json.loads((rows / "about.json").read_text())
    given = SimpleNamespace(**settings)
    keras.utils.set_random_seed(seed)
    model = build(about, given, seed)
    losses = ["binary_crossentropy"] * len(about["tasks"])
    model.compile(keras.optimizers.Adam(given.learning_rate), loss=losses)
    parts = {part: read(rows / part, about) for part in ("train", "validation", "test")}
    cpu, wall = time.process_time(), time.perf_counter()
    values, best = fit(model, parts["train"], parts["validation"], about, given)
    cost = {
        "cpu_seconds": time.process_time() - cpu,
        "seconds": time.perf_counter() - wall,
        "validation": values,
        "best_epoch": best,
    }
    predictions = predict(model, parts["test"][0], about["tasks"])
    description = {
        "settings": settings,
        "seed": seed,
        "num_parameters": model.count_params(),
        **cost,
    }
    return Run(predictions, description)


def read(folder: Path, about: dict[str, Any]) -> tuple[dict, list]:
    inputs = {n: np.load(folder / "columns" / f"{n}.npy") for n in about["fields"]}
    labels = [np.load(folder / "labels" / f"{n}.npy") for n in about["tasks"]]
    return inputs, labels


def build(about: dict[str, Any], given: SimpleNamespace, seed: int) -> Any:
    from deepctr.models import MMOE, SharedBottom

    features = feature_columns(about["fields"], given.widths, seed)
    settings = {
        "tower_dnn_hidden_units": tuple(given.tower_units),
        "dnn_dropout": given.dropout,
        "seed": seed,
        "task_types": ["binary"] * len(about["tasks"]),
        "task_names": list(about["tasks"]),
    }
    units = tuple(given.units)
    if given.architecture == "mmoe":
        num = given.num_experts
        return MMOE(features, num, expert_dnn_hidden_units=units, **settings)
    return SharedBottom(features, bottom_dnn_hidden_units=units, **settings)


def feature_columns(
    fields: dict[str, dict], widths: dict[str, int], seed: int
) -> list[Any]:
    """Ids, lists that share the embedding of their vocabulary, and numbers."""
    from deepctr.feature_column import DenseFeat, SparseFeat, VarLenSparseFeat
    from tensorflow import keras

    columns = []
    for name, field in fields.items():
        if field["kind"] == "number":
            columns.append(DenseFeat(name))
            continue
        vocabulary = field["vocabulary"]
        # DeepCTR's own distribution, of another seed in every run.
        initial = keras.initializers.RandomNormal(0.0, 0.0001, seed=seed)
        ids = SparseFeat(
            name,
            field["num_ids"],
            embedding_dim=widths[vocabulary],
            embeddings_initializer=initial,
            embedding_name=vocabulary,
        )
        is_list = field["kind"] == "list"
        columns.append(VarLenSparseFeat(ids, field["length"]) if is_list else ids)
    return columns


def fit(
    model: Any, train: tuple, validation: tuple, about: dict, given: SimpleNamespace
) -> tuple[list[float], int]:
    """Fits epoch by epoch; leaves the weights of the best.

    Returns:
        The validation metric after every epoch, and the best of them, from 0.
    """
    sign = 1.0 if given.metric.endswith("_auc") else -1.0
    best, better, waited, values, weights, best_epoch = -np.inf, -np.inf, 0, [], None, 0
    for epoch in range(given.epochs):
        model.fit(*train, given.batch_size, epochs=1, verbose=0)
        predictions = predict(model, validation[0], about["tasks"])
        labels = dict(zip(about["tasks"], validation[1], strict=True))
        values.append(measure(given.metric, labels, predictions))
        print(f"epoch {epoch + 1}: {given.metric} {values[-1]:.5f}", flush=True)
        value = sign * values[-1]
        if value > best:
            best, best_epoch, weights = value, epoch, model.get_weights()
        if value > better + given.min_delta:
            better, waited = value, 0
            continue
        waited += 1
        if waited >= given.patience and epoch > 0:
            break
    model.set_weights(weights)
    return values, best_epoch


def measure(metric: str, labels: dict, predictions: dict) -> float:
    """`val_loss`, `val_<task>_loss` or `val_<task>_auc`, as ours are stopped by."""
    if metric == "val_loss":
        return sum(measure(f"val_{n}_loss", labels, predictions) for n in labels)
    name, _, kind = metric.removeprefix("val_").rpartition("_")
    score = {"auc": auc, "loss": log_loss}[kind]
    return float(score(labels[name][:, 0], predictions[name]))


def predict(model: Any, inputs: dict, tasks: list[str]) -> dict[str, np.ndarray]:
    """By task, `(rows,)` probabilities given the exposure."""
    outputs = model.predict(inputs, SCORED_ROWS, verbose=0)
    return {
        name: output[:, 0].astype(np.float32)
        for name, output in zip(tasks, outputs, strict=True)
    }


if __name__ == "__main__":
    main()
