"""What `mtl-rec retrieve` does: train, judge, export."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from mtl_rec.config.retrieval import (
    Content,
    ItemKnn,
    MatrixFactorization,
    Popularity,
    RetrievalArchitecture,
    TwoTower,
)
from mtl_rec.config.run import RunConfig
from mtl_rec.export import ExportedVersion
from mtl_rec.retrieval.data_card import about_data
from mtl_rec.retrieval.encoding import encode_side
from mtl_rec.retrieval.exporting import export_retrieval
from mtl_rec.retrieval.folder import RetrievalFolder
from mtl_rec.retrieval.judged_users import JudgedUsers
from mtl_rec.retrieval.judging import Judgement
from mtl_rec.retrieval.preparing import PreparedRetrieval, prepare_retrieval
from mtl_rec.retrieval.recommenders import recommenders, require_installed
from mtl_rec.retrieval.tower_fitting import Callbacks
from mtl_rec.retrieval.training import (
    FittedRetrieval,
    fit_retrieval,
    judge_retrieval,
)
from mtl_rec.retrieval.two_towers import CANDIDATE, QUERY, TwoTowers, vectors
from mtl_rec.run.backends import require_backends
from mtl_rec.run.stages import Stage, quiet
from mtl_rec.whole_files import write_json, written_whole

_PAIRS = 1024


@dataclass(frozen=True)
class RetrievalResult:
    """What a finished retrieval run leaves.

    Attributes:
        folder: The run's folder.
        judgement: On the test split.
        version: The exported version.
    """

    folder: RetrievalFolder
    judgement: Judgement
    version: ExportedVersion


def retrieve_run(
    config: RunConfig,
    runs_directory: Path = Path("runs"),
    stage: Stage = quiet,
    callbacks: Callbacks = (),
) -> RetrievalResult:
    """Trains, judges and exports a retrieval model; bad data leaves nothing behind.

    Args:
        config: The run; the model's name is `<name>-<kind>`.
        runs_directory: Gets `<name>-<kind>/<time>/`.
        stage: Called with what begins; the context ends with it.
        callbacks: More Keras callbacks for towers.

    Raises:
        ConfigError: The features do not suit the architecture, or the extra
            `retrieval` is not installed.
        SchemaError: The rows contradict the config.
        ArtifactError: The data can't be read.
        TrainingError: The loss is no longer a number.
        VerificationError: The exported version failed its proof.
    """
    require_backends(config.training)
    require_extra(config.retrieval.architecture)
    prepared = prepare_retrieval(config, stage)
    kind = config.retrieval.architecture.kind
    named = config.model_copy(update={"name": f"{config.name}-{kind}"})
    folder = RetrievalFolder.create(runs_directory, named)
    with folder.locked():
        return _retrieved(prepared, named, folder, stage, callbacks)


def _retrieved(
    prepared: PreparedRetrieval,
    named: RunConfig,
    folder: RetrievalFolder,
    stage: Stage,
    callbacks: Callbacks,
) -> RetrievalResult:
    prepared.preprocessor.save(folder.preprocessor)
    write_json(folder.data_path, about_data(prepared.interactions))
    fitted = fit_retrieval(prepared, folder.path, callbacks, stage)
    if fitted.towers is not None:
        _save(folder, fitted.towers)
    with stage("judge it by the users of the test split"):
        judgement = judge_retrieval(prepared, fitted.model)
        about = judgement.plain()
        if fitted.towers is not None:
            about["factorized_top_k"] = factorized_top_k(prepared, fitted)
        _judged_users(prepared, judgement).write(folder.judged_users_path)
        write_json(folder.judgement_path, about)
    with stage("export and verify"):
        rows = prepared.interactions.train.rows.slice(0, named.export.verify_rows)
        with written_whole(folder.rows_path) as unfinished:
            pq.write_table(rows, unfinished)
        version = export_retrieval(
            fitted.model,
            rows,
            Path(named.export.directory) / named.name,
            top_k=named.retrieval.top_k,
            config=named,
            data=folder.read_json(folder.data_path),
            metrics=judgement.plain_metrics(),
        )
    write_json(folder.version_path, {"path": str(version.path)})
    return RetrievalResult(folder, judgement, version)


def require_extra(architecture: RetrievalArchitecture) -> None:
    """Refuses a kind whose libraries are missing, before any data is read.

    Raises:
        ConfigError: The extra `retrieval` is not installed.
    """
    match architecture:
        case TwoTower() | Content() | MatrixFactorization():
            recommenders()
        case ItemKnn():
            require_installed("scipy")
        case Popularity():
            pass


def factorized_top_k(
    prepared: PreparedRetrieval, fitted: FittedRetrieval, split: str = "test"
) -> dict[str, float]:
    """How often an item that a user should find is among the best, by TFRS.

    Each pair of user and item counts once, and items that the user had an event with
    before stay in the lists, as `tfrs.metrics.FactorizedTopK` has it.

    Args:
        prepared: The data.
        fitted: A model with towers.
        split: `validation` or `test`.

    Returns:
        By name of the metric.
    """
    tfrs, data = recommenders(), prepared.interactions
    assert fitted.towers is not None
    assert fitted.item_vectors is not None
    rows = data.query_rows[split]
    users = vectors(
        fitted.towers.query, encode_side(prepared.preprocessor, rows, "user")
    )
    items, relevant = fitted.item_vectors, data.queries[split].relevant
    cutoffs = [min(k, len(items)) for k in prepared.config.retrieval.cutoffs]
    index = tfrs.layers.factorized_top_k.BruteForce(k=max(cutoffs))
    index.index(items, np.arange(len(items)).astype(np.int32))
    metric = tfrs.metrics.FactorizedTopK(index, ks=cutoffs)
    pairs = np.stack([relevant.rows, relevant.items], axis=1)
    for start in range(0, len(pairs), _PAIRS):
        queries, wanted = pairs[start : start + _PAIRS].T
        metric.update_state(
            users[queries], items[wanted], wanted.astype(np.int32)[:, None]
        )
    return {own.name: float(own.result()) for own in metric.metrics}


def _judged_users(prepared: PreparedRetrieval, judgement: Judgement) -> JudgedUsers:
    data = prepared.interactions
    asked = data.queries["test"]
    users = data.user_ids[asked.users]
    return JudgedUsers(users, asked.relevant.lengths, judgement.by_user)


def _save(folder: RetrievalFolder, towers: TwoTowers) -> None:
    for name, tower in ((QUERY, towers.query), (CANDIDATE, towers.candidate)):
        with written_whole(folder.tower_path(name)) as unfinished:
            tower.save(unfinished)
