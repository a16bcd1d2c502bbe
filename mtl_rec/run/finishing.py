"""The last stage of a run: what the trained model is worth, and its version."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import keras
import pyarrow as pa

from mtl_rec.config.run import RunConfig
from mtl_rec.evaluation.evaluation import Evaluation
from mtl_rec.evaluation.report import Metrics, write_metrics
from mtl_rec.evaluation.stored_predictions import write_predictions
from mtl_rec.export import ExportedVersion, export_model
from mtl_rec.models import load_model
from mtl_rec.run.board_notes import add_test_metrics
from mtl_rec.run.evaluating import score_split
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.preparing import PreparedRun
from mtl_rec.run.stages import Stage, quiet
from mtl_rec.training.trainer import LOGS
from mtl_rec.whole_files import write_json


@dataclass(frozen=True)
class RunResult:
    """What a finished run leaves.

    Attributes:
        folder: The run's folder.
        evaluation: On the test split.
        version: The exported version.
    """

    folder: RunFolder
    evaluation: Evaluation
    version: ExportedVersion

    @property
    def metrics(self) -> Metrics:
        """On the test split, without intervals."""
        return self.evaluation.metrics


def finish_run(run: PreparedRun, stage: Stage = quiet) -> RunResult:
    """Evaluates the trained model on the test split, exports and verifies it.

    Args:
        run: Whose folder has the trained model.
        stage: Called with what begins; the context ends with it.

    Raises:
        VerificationError: The exported version failed its proof.
    """
    folder, model = run.folder, load_model(run.folder.model_path)
    scored = score_split(run, model, "test", stage)
    write_predictions(
        folder.predictions_path, scored.predictions, scored.exposures, scored.keys
    )
    write_json(folder.evaluation_path, scored.evaluation.about())
    # Last, as a run that has it is exported next.
    write_metrics(folder.metrics_path, scored.evaluation.metrics)
    add_test_metrics(folder.path / LOGS, scored.evaluation.metrics, run.config.tasks)
    version = export_prepared(run, model, stage)
    return RunResult(folder, scored.evaluation, version)


def export_prepared(
    run: PreparedRun, model: keras.Model, stage: Stage = quiet
) -> ExportedVersion:
    """Exports the model of a run as the next version.

    Raises:
        VerificationError: The exported version failed its proof.
    """
    with stage("export and verify"):
        rows = first_rows(run.splits.test, run.config.export.verify_rows)
        version = export_model(
            model,
            run.preprocessor,
            rows,
            export_directory(run.config),
            config=run.config,
            data=run.folder.read_json(run.folder.data_path),
            metrics=run.folder.read_json(run.folder.metrics_path),
        )
    write_json(run.folder.version_path, {"path": str(version.path)})
    return version


def export_directory(config: RunConfig) -> Path:
    """Where the versions of a run go."""
    return Path(config.export.directory) / config.name


def first_rows(chunks: Iterable[pa.Table], num_rows: int) -> pa.Table:
    """The first rows of a stream."""
    taken: list[pa.Table] = []
    for chunk in chunks:
        taken.append(chunk.slice(0, num_rows - sum(len(t) for t in taken)))
        if sum(len(t) for t in taken) >= num_rows:
            break
    return pa.concat_tables(taken)
