"""What a run is worth beside its single-task twin and two baselines."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from mtl_rec.baselines import fit_linear, fit_popularity
from mtl_rec.baselines.linear import require_scikit_learn
from mtl_rec.config.model import SingleTask
from mtl_rec.errors import ArtifactError
from mtl_rec.evaluation.differences import (
    Differences,
    estimates_of,
    paired_differences,
)
from mtl_rec.evaluation.evaluator import evaluate_predictions
from mtl_rec.evaluation.predicting import predict
from mtl_rec.evaluation.reading_keys import read_keys
from mtl_rec.evaluation.report import Metrics
from mtl_rec.evaluation.stored_predictions import StoredPredictions
from mtl_rec.models import load_model
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.preparing import PreparedRun, has_its_rows, reopen_run
from mtl_rec.run.stages import Stage, quiet
from mtl_rec.run.twin_runs import twin_run

TWIN, POPULARITY, REGRESSION = "single_task", "popularity", "logistic_regression"

Prediction = tuple[dict[str, Any], dict[str, np.ndarray]]
"""What a contender says of itself, and what it predicts, by output."""


@dataclass(frozen=True)
class Contender:
    """What a run is held against, on the same test rows.

    Attributes:
        name: `single_task`, `popularity` or `logistic_regression`.
        about: Where the twin's run is; what was chosen for a baseline, by output.
        metrics: As the run's own.
        differences: Metrics of the run less those of the contender.
    """

    name: str
    about: dict[str, Any]
    metrics: Metrics
    differences: Differences


@dataclass(frozen=True)
class Truth:
    """A run and its contenders.

    Attributes:
        run: Folder of the run.
        architecture: Its kind of model.
        users: Users in the test rows; None where each row is its own.
        metrics: Of the run.
        contenders: A run of single tasks has no twin among them.
    """

    run: Path
    architecture: str
    users: int | None
    metrics: Metrics
    contenders: tuple[Contender, ...]

    def to_json(self) -> dict[str, Any]:
        """All figures as plain values, for `truth.json`."""
        return {
            "run": str(self.run),
            "architecture": self.architecture,
            "users": self.users,
            "metrics": self.metrics,
            "contenders": {
                contender.name: {
                    **contender.about,
                    "metrics": contender.metrics,
                    "differences": {
                        output: {name: asdict(own) for name, own in metrics.items()}
                        for output, metrics in contender.differences.items()
                    },
                }
                for contender in self.contenders
            },
        }


def truth_of(
    folder: RunFolder,
    runs_directory: Path,
    stage: Stage = quiet,
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
) -> Truth:
    """Trains the twin, fits the baselines and scores all on the run's test rows.

    Args:
        folder: Of a finished run.
        runs_directory: Has the twin's run, or gets it.
        stage: Called with what begins; the context ends with it.
        callbacks: More Keras callbacks for `fit` of the twin.

    Raises:
        ConfigError: scikit-learn is not installed, or a framework that trains.
        ArtifactError: The data is no longer what the run was trained on.
    """
    require_scikit_learn()
    run = reopen_run(folder, stage)
    _require_same_rows(run)
    others: dict[str, Prediction] = {}
    train, validation, test = map(run.encoder.encode, ("train", "validation", "test"))
    if not isinstance(run.config.model.architecture, SingleTask):
        twin = twin_run(run, runs_directory, stage, callbacks)
        with stage("score the test rows with the single-task twin"):
            predictions = predict(load_model(twin.model_path), test)
        others[TWIN] = {"run": str(twin.path)}, predictions
    with stage("count how popular items are"):
        item = run.config.evaluation.item
        baseline = fit_popularity(train, validation, test, item)
    others[POPULARITY] = {"chosen": baseline.chosen}, baseline.predictions
    with stage("fit logistic regressions") as progress:
        baseline = fit_linear(train, validation, test, progress)
    others[REGRESSION] = {"chosen": baseline.chosen}, baseline.predictions
    with stage("score the test rows with the run"):
        keys = read_keys(run.splits, "test", run.config.evaluation)
        own = predict(load_model(folder.model_path), test)
    stored = StoredPredictions(own, test, keys)
    return _compared(run, stored, others, stage)


def _compared(
    run: PreparedRun,
    own: StoredPredictions,
    others: dict[str, Prediction],
    stage: Stage,
) -> Truth:
    exposures, keys, settings = own.exposures, own.keys, run.config.evaluation

    def metrics_of(predictions) -> Metrics:
        cutoffs = settings.cutoffs
        return evaluate_predictions(predictions, exposures, keys, cutoffs=cutoffs)

    contenders = []
    with stage("draw users for the intervals"):
        ours = estimates_of(own, settings.resamples)
    for name, (about, predictions) in others.items():
        with stage(f"compare with {name}"):
            stored = StoredPredictions(predictions, exposures, keys)
            theirs = estimates_of(stored, settings.resamples)
            differences = paired_differences(theirs, ours)
            metrics = metrics_of(predictions)
        contenders.append(Contender(name, about, metrics, differences))
    return Truth(
        run.folder.path,
        run.config.model.architecture.kind,
        None if keys.users is None else len(np.unique(keys.users)),
        metrics_of(own.predictions),
        tuple(contenders),
    )


def _require_same_rows(run: PreparedRun) -> None:
    if not has_its_rows(run):
        raise ArtifactError(
            f"The data must be what the run in '{run.folder.path}' was trained on. "
            "Received: other rows. Restore them, or train the run again."
        )
