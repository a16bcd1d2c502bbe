"""What the commands do: train, evaluate, export."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import keras
import pyarrow as pa

from mtl_rec.config.run import RunConfig
from mtl_rec.data import Splits, open_exposures
from mtl_rec.data.events.progress import Progress, unseen
from mtl_rec.data.splitting import PARTS
from mtl_rec.evaluation import evaluate
from mtl_rec.evaluation.report import Metrics, write_metrics
from mtl_rec.export import ExportedVersion, export_model
from mtl_rec.models import build_model, load_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.run.encoding import SplitEncoder
from mtl_rec.run.folder import RunFolder
from mtl_rec.training import fit_best, make_trainable
from mtl_rec.whole_files import written_whole

Stage = Callable[[str], AbstractContextManager[Progress]]
"""Tells the user what begins and ends; what it yields is told how far it is."""


@contextmanager
def quiet(text: str) -> Iterator[Progress]:
    """A stage that nobody watches."""
    yield unseen


@dataclass(frozen=True)
class RunResult:
    """What a finished run leaves.

    Attributes:
        folder: The run's folder.
        metrics: On the test split.
        version: The exported version.
    """

    folder: RunFolder
    metrics: Metrics
    version: ExportedVersion


def train_run(
    config: RunConfig,
    runs_directory: Path = Path("runs"),
    stage: Stage = quiet,
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
) -> RunResult:
    """Trains, evaluates and exports; bad data leaves nothing behind.

    Args:
        config: The run.
        runs_directory: Gets `<name>/<time>/`.
        stage: Called with what begins; the context ends with it.
        callbacks: More Keras callbacks for `fit`.

    Raises:
        SchemaError: The rows contradict the config.
        ArtifactError: The data can't be read.
        TrainingError: The loss is no longer a number.
        VerificationError: The exported version failed its proof; the trained model
            stays in the run's folder.
    """
    keras.utils.set_random_seed(config.seed)
    with stage("open the exposures, learn vocabularies and statistics") as progress:
        splits = _open(config, progress)
        preprocessor = Preprocessor.fit(config.features, config.tasks, splits.train)
    encoder = SplitEncoder(preprocessor, splits, config.data.encoded)
    encoded = {}
    for name in PARTS:
        with stage(f"encode the {name} split"):
            encoded[name] = encoder.encode(name)
    model = build_model(config.model, preprocessor.schema)
    trainable = make_trainable(model, config.training, preprocessor.schema)

    folder = RunFolder.create(runs_directory, config)
    preprocessor.save(folder.preprocessor)
    about = {
        n: {"rows": len(e), "fingerprint": e.fingerprint()} for n, e in encoded.items()
    }
    folder.write_json(folder.data_path, about)
    history = fit_best(
        trainable,
        encoded["train"],
        encoded["validation"],
        config.training,
        folder.path,
        config.seed,
        callbacks,
    )
    folder.write_json(folder.history_path, history)
    with written_whole(folder.model_path) as unfinished:
        model.save(unfinished)
    with stage("evaluate on the test split"):
        metrics = evaluate(model, encoded["test"])
    write_metrics(folder.metrics_path, metrics)
    with stage("export and verify"):
        rows = first_rows(splits.test, config.export.verify_rows)
        version = export_model(
            model,
            preprocessor,
            rows,
            export_directory(config),
            config=config,
            data=about,
            metrics=metrics,
        )
    return RunResult(folder, metrics, version)


def evaluate_run(folder: RunFolder, split: str, stage: Stage = quiet) -> Metrics:
    """Evaluates a finished run on one split of its data."""
    config = folder.config()
    preprocessor = Preprocessor.load(folder.preprocessor)
    model = load_model(folder.model_path)
    with stage(f"encode the {split} split") as progress:
        splits = _open(config, progress)
        encoder = SplitEncoder(preprocessor, splits, config.data.encoded)
        exposures = encoder.encode(split)
    with stage(f"evaluate on the {split} split"):
        return evaluate(model, exposures)


def export_run(folder: RunFolder, stage: Stage = quiet) -> ExportedVersion:
    """Exports a finished run as the next version."""
    config = folder.config()
    preprocessor = Preprocessor.load(folder.preprocessor)
    model = load_model(folder.model_path)
    with stage("export and verify") as progress:
        splits = _open(config, progress)
        rows = first_rows(splits.test, config.export.verify_rows)
        return export_model(
            model,
            preprocessor,
            rows,
            export_directory(config),
            config=config,
            data=folder.read_json(folder.data_path),
            metrics=folder.read_json(folder.metrics_path),
        )


def _open(config: RunConfig, progress: Progress) -> Splits:
    return open_exposures(config.data, config.features, config.tasks, progress)


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
