"""`retrieve`: from a run's config to a retrieval model that was judged."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import tensorflow as tf

from mtl_rec.config.retrieval import (
    Content,
    ItemKnn,
    MatrixFactorization,
    Popularity,
    Towers,
    TwoTower,
)
from mtl_rec.config.retrieval_checks import history_of
from mtl_rec.retrieval import counted
from mtl_rec.retrieval.content_fitting import fit_content
from mtl_rec.retrieval.encoding import encode_side, side_inputs
from mtl_rec.retrieval.id_factors import ids_alone, with_factors
from mtl_rec.retrieval.id_features import item_history
from mtl_rec.retrieval.id_fields import ids_of_values, num_ids_of
from mtl_rec.retrieval.judging import Judgement, judge
from mtl_rec.retrieval.model import RetrievalModel
from mtl_rec.retrieval.preparing import PreparedRetrieval
from mtl_rec.retrieval.share_of_sum import try_shares
from mtl_rec.retrieval.tower_design import TowerDesign
from mtl_rec.retrieval.tower_fitting import Callbacks, TowerFitting
from mtl_rec.retrieval.tower_inputs import TowerInputs
from mtl_rec.retrieval.tower_model import tower_model
from mtl_rec.retrieval.two_towers import TwoTowers, vectors
from mtl_rec.run.stages import Stage, quiet
from mtl_rec.whole_files import write_json

FACTORS = "ids"
"""Folder of what the training of a factorization beside towers leaves."""


@dataclass(frozen=True)
class FittedRetrieval:
    """A retrieval model and what it is made of.

    Attributes:
        model: Scores items.
        towers: Of a model that has some.
        item_vectors: `(items, dim)`, what its candidate tower makes of the catalogue.
    """

    model: RetrievalModel
    towers: TwoTowers | None = None
    item_vectors: np.ndarray | None = None


def fit_retrieval(
    prepared: PreparedRetrieval,
    folder: Path,
    callbacks: Callbacks = (),
    stage: Stage = quiet,
) -> FittedRetrieval:
    """Trains the model of a prepared run, or counts it.

    Args:
        prepared: The data.
        folder: Gets `history.json` and TensorBoard's `logs/` of towers, what
            `fit_content` tells of these, and below `ids/` those of the factorization
            that they have beside them, with what `share.json` of the sum of both
            counts.
        callbacks: More Keras callbacks for towers.
        stage: Called with what begins; the context ends with it.

    Raises:
        ConfigError: The extra `retrieval` is not installed, or nothing has the history
            that the architecture needs.
        TrainingError: The loss is no longer a number.
    """
    config, data = prepared.config, prepared.interactions
    architecture = config.retrieval.architecture
    ids = prepared.id_features
    match architecture:
        case TwoTower() | Content() | MatrixFactorization():
            with stage("encode users and items"):
                inputs = TowerInputs.of(prepared.preprocessor, data, ids.item)
            towers = _fit_towers(prepared, inputs, folder, callbacks, stage)
            items = vectors(towers.candidate, inputs.catalogue)
            model = tower_model(
                prepared.preprocessor, ids.item, towers, data.catalogue, items
            )
            return FittedRetrieval(model, towers, items)
        case Popularity() | ItemKnn():
            with stage(f"count for {architecture.kind}"):
                own = _counted_score(prepared, architecture)
            return FittedRetrieval(
                RetrievalModel(
                    prepared.preprocessor, own.score, own.variables, data.catalogue
                )
            )


def _fit_towers(
    prepared: PreparedRetrieval,
    inputs: TowerInputs,
    folder: Path,
    callbacks: Callbacks,
    stage: Stage,
) -> TwoTowers:
    """Trains towers, and the factorization of ids that they may have beside them."""
    config, schema = prepared.config, prepared.preprocessor.schema
    settings, ids = config.retrieval, prepared.id_features
    architecture = settings.architecture
    assert isinstance(architecture, Towers)
    design = TowerDesign(architecture, schema, config.model.embedding_dim, ids)
    asked = prepared.interactions, config.seed
    make = partial(TowerFitting, settings, design, inputs, *asked)
    if isinstance(architecture, Content):
        towers = fit_content(make, architecture, folder, callbacks, stage)
    else:
        towers = make()
        with stage(f"train {architecture.kind}"):
            towers.fit(folder, callbacks)
    to_refit, of_ids, share = {architecture.kind: towers}, None, 1.0
    if (alone := ids_alone(design)) is not None:
        of_ids = TowerFitting(settings, alone, inputs.of_ids_alone(schema, ids), *asked)
        with stage("train the ids beside it"):
            of_ids.fit(folder / FACTORS, callbacks)
        to_refit["the ids beside it"] = of_ids
        both = towers.towers, of_ids.towers
        with stage("try how much of both counts"):
            temperature = settings.training.temperature
            tried = try_shares(*both, design, towers.asked, temperature)
        share = tried.chosen
        write_json(folder / FACTORS / "share.json", tried.about())
        with stage(f"{share:g} of the sum of both counts for known users"):
            pass
    for name, own in to_refit.items() if settings.training.refit else ():
        with stage(f"train {name} anew, with the validation rows"):
            own.refit(callbacks)
    if of_ids is None:
        return towers.towers
    return with_factors(towers.towers, of_ids.towers, design, share)


def _counted_score(
    prepared: PreparedRetrieval, architecture: Popularity | ItemKnn
) -> counted.Counted:
    data, preprocessor = prepared.interactions, prepared.preprocessor
    schema = preprocessor.schema
    events = data.train.joined(data.validation)
    num_items = len(data.catalogue)
    inputs = encode_side(preprocessor, data.catalogue.rows, "item")
    match architecture:
        case Popularity(within=None):
            some = side_inputs(schema, "user")[0]
            return counted.popularity_score(events, num_items, some)
        case Popularity(within=within):
            owner = next(f for f in schema.features if f.name == within)
            history = history_of(owner, schema.features)
            assert history is not None  # As the config was checked for it.
            num_values = num_ids_of(schema, owner.name)
            values = ids_of_values(schema, owner.name, inputs)[:, 0]
            return counted.popularity_within_score(
                events, num_items, history.name, values, num_values
            )
        case ItemKnn():
            history, owner = item_history(
                schema.features, prepared.config.evaluation.item_column
            )
            ids = ids_of_values(schema, owner.name, inputs)[:, 0]
            num_ids = num_ids_of(schema, owner.name)
            places = counted.places_of_ids(ids, num_ids)
            return counted.item_knn_score(
                architecture, events, num_items, history.name, places
            )


def judge_retrieval(
    prepared: PreparedRetrieval, model: RetrievalModel, split: str = "test"
) -> Judgement:
    """What the model's lists are worth to users of a split.

    Args:
        prepared: The data.
        model: That was fitted on it.
        split: `validation` or `test`.
    """
    data, settings = prepared.interactions, prepared.config.retrieval
    users = encode_side(prepared.preprocessor, data.query_rows[split], "user")
    scored = tf.function(model.score, reduce_retracing=True)

    def score(queries: slice) -> np.ndarray:
        own = {name: tf.constant(rows[queries]) for name, rows in users.items()}
        return scored(own).numpy()

    return judge(
        score,
        data.queries[split],
        data.training_counts(),
        data.cold_items[split],
        settings.cutoffs,
        settings.exclude_seen,
        prepared.config.evaluation.resamples,
    )
