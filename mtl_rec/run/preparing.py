"""The first stage of a run: its data, and what was learned of it."""

from dataclasses import dataclass
from pathlib import Path

from mtl_rec.config.data import EncodedCache
from mtl_rec.config.run import RunConfig
from mtl_rec.data import Splits, open_exposures
from mtl_rec.data.splitting import PARTS
from mtl_rec.evaluation.reading_keys import require_key_columns
from mtl_rec.preprocess import Preprocessor
from mtl_rec.run.data_card import About, about_splits, data_warnings
from mtl_rec.run.encoding import SplitEncoder
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.stages import Stage, quiet
from mtl_rec.training.defined import require_defined
from mtl_rec.whole_files import write_json


@dataclass(frozen=True)
class PreparedRun:
    """A run whose data is known; the later stages start from it.

    Attributes:
        folder: Has the config, the preprocessor, and `data.json`.
        config: Of the run.
        splits: The rows as they are in the data.
        preprocessor: Encodes them.
        encoder: Has each split encoded, or encodes it when it is first asked for.
    """

    folder: RunFolder
    config: RunConfig
    splits: Splits
    preprocessor: Preprocessor
    encoder: SplitEncoder


def prepare_run(
    config: RunConfig, runs_directory: Path, stage: Stage = quiet
) -> PreparedRun:
    """Learns from the data and encodes it; bad data leaves nothing behind.

    Args:
        config: The run.
        runs_directory: Gets `<name>/<time>/` when all else is done.
        stage: Called with what begins; the context ends with it.

    Raises:
        SchemaError: The rows contradict the config.
        ArtifactError: The data can't be read.
    """
    with stage("open the exposures, learn vocabularies and statistics") as progress:
        splits = open_exposures(config.data, config.features, config.tasks, progress)
        require_key_columns(splits, config.evaluation)
        preprocessor = Preprocessor.fit(config.features, config.tasks, splits.train)
    encoder = SplitEncoder(preprocessor, splits, _cache(config), stage)
    about = described(encoder)
    for warning in data_warnings(about):
        with stage(warning):
            pass
    metric = config.training.early_stopping.metric
    require_defined(metric, encoder.encode("validation"))
    folder = begin_run(config, runs_directory, preprocessor, about)
    return PreparedRun(folder, config, splits, preprocessor, encoder)


def begin_run(
    config: RunConfig, runs_directory: Path, preprocessor: Preprocessor, about: About
) -> RunFolder:
    """Makes the folder of a run, with what was learned of its rows.

    Args:
        config: The run.
        runs_directory: Gets `<name>/<time>/`.
        preprocessor: Fitted on its training rows.
        about: What `data.json` says of its rows.
    """
    folder = RunFolder.create(runs_directory, config)
    preprocessor.save(folder.preprocessor)
    # Last, as a run that has it can be gone on with.
    write_json(folder.data_path, about)
    return folder


def has_its_rows(run: PreparedRun) -> bool:
    """Whether the data is what it was when the run was prepared."""
    return described(run.encoder) == run.folder.read_json(run.folder.data_path)


def described(encoder: SplitEncoder) -> About:
    """What `data.json` says of every split as it is encoded."""
    return about_splits({name: encoder.encode(name) for name in PARTS})


def reopen_run(folder: RunFolder, stage: Stage = quiet) -> PreparedRun:
    """What `prepare_run` gave, from the folder it made; encodes nothing yet.

    Raises:
        SchemaError: The rows contradict the config.
        ArtifactError: The data or the preprocessor can't be read.
    """
    config = folder.config()
    preprocessor = Preprocessor.load(folder.preprocessor)
    with stage("open the exposures") as progress:
        splits = open_exposures(config.data, config.features, config.tasks, progress)
    encoder = SplitEncoder(preprocessor, splits, _cache(config), stage)
    return PreparedRun(folder, config, splits, preprocessor, encoder)


def _cache(config: RunConfig) -> EncodedCache:
    """Nothing stays in memory where another process trains."""
    cache = config.data.encoded
    is_shared = config.training.backend == "jax"
    return cache.model_copy(update={"memory_gib": 0.0}) if is_shared else cache
