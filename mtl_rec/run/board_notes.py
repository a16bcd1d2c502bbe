"""What TensorBoard is told of a run: config, data, and names for embeddings."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import keras
from pydantic import BaseModel

from mtl_rec.config.run import RunConfig
from mtl_rec.config.tasks import Task
from mtl_rec.config.yaml_text import render
from mtl_rec.evaluation.report import Metrics
from mtl_rec.run.embedding_labels import embedding_labels
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.training.board import BoardNotes, add_results
from mtl_rec.training.board.cards import config_card, data_card


def board_notes(
    config: RunConfig,
    run_folder: Path,
    splits: Mapping[str, EncodedExposures],
) -> BoardNotes:
    """Notes of a run whose preprocessor is saved; needs no TensorFlow.

    Args:
        config: The run.
        run_folder: `runs/<name>/<time>`.
        splits: Encoded, by name; `train` among them.
    """
    name = f"{run_folder.parent.name}/{run_folder.name}"
    texts = {"config": config_card(_yaml(config)), "data": data_card(splits)}
    labels = embedding_labels(run_folder / "preprocessor", splits["train"])
    return BoardNotes(name, flat_settings(config), texts, labels)


def flat_settings(config: RunConfig) -> dict[str, bool | int | float | str]:
    """The settings that runs are compared by: of model and training, seed, backend."""
    settings: dict[str, Any] = {
        "run": config.name,
        "seed": config.seed,
        "backend": keras.backend.backend(),
        "num_features": len(config.features),
    }
    for section in (config.model, config.training):
        _flatten(section, "", settings)
    return settings


def _flatten(section: BaseModel, prefix: str, settings: dict[str, Any]) -> None:
    """Adds all settings of a section; a `kind` by what it is a kind of."""
    for name, value in section:
        if name in ("early_stopping", "checkpoints"):
            # They leave the best epoch as it is.
            continue
        if isinstance(value, BaseModel):
            kind = getattr(value, "kind", None)
            if kind is not None:
                settings[prefix + name] = kind
            # No two settings of an architecture and an optimizer have one name.
            own = "" if name in ("architecture", "optimizer") else f"{name}."
            _flatten(value, own, settings)
        elif isinstance(value, tuple):
            settings[prefix + name] = "-".join(map(str, value))
        elif value is not None and name != "kind":
            settings[prefix + name] = value


def _yaml(config: RunConfig) -> str:
    """The config without what is not given; what is often varied comes first."""
    values = config.model_dump(mode="json", exclude_none=True)
    first = ("name", "seed", "model", "training", "tasks")
    ordered = {name: values.pop(name) for name in first} | values
    return render(ordered)


def add_test_metrics(folder: Path, metrics: Metrics, tasks: Iterable[Task]) -> None:
    """Adds the metrics of the test split to a run's row among hyper-parameters.

    Args:
        folder: The run's `logs`.
        metrics: As `evaluate` returns them.
        tasks: The funnel; what is given an earlier step is left out.
    """
    values = {}
    for task in tasks:
        for metric in ("auc", "rmse", "calibration_ratio"):
            value = metrics[task.name].get(metric)
            if value is not None:
                values[f"test/{task.name}_{metric}"] = float(value)
    add_results(folder, values)
