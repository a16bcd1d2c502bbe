"""Items that come and go, without training anything again."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mtl_rec.config.retrieval import (
    Content,
    ItemKnn,
    MatrixFactorization,
    Popularity,
    TwoTower,
)
from mtl_rec.config.run import RunConfig
from mtl_rec.errors import ArtifactError, SchemaError
from mtl_rec.export import ExportedVersion
from mtl_rec.models import load_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.retrieval.catalogue import Catalogue
from mtl_rec.retrieval.catalogue_file import read_catalogue
from mtl_rec.retrieval.encoding import encode_side
from mtl_rec.retrieval.exporting import export_retrieval
from mtl_rec.retrieval.folder import RetrievalFolder
from mtl_rec.retrieval.id_features import id_features
from mtl_rec.retrieval.id_fields import with_prior_ids
from mtl_rec.retrieval.new_items import read_new_items
from mtl_rec.retrieval.tower_model import tower_model
from mtl_rec.retrieval.two_towers import CANDIDATE, QUERY, TwoTowers, vectors
from mtl_rec.run.stages import Stage, quiet
from mtl_rec.schema.rows import Rows
from mtl_rec.whole_files import write_json


@dataclass(frozen=True)
class UpdatedItems:
    """What became of a catalogue.

    Attributes:
        version: The exported version that has it.
        num_added: Items that are new.
        num_changed: Items that were there and have other features now.
        num_removed: Items that are gone.
        num_items: Items that there are.
    """

    version: ExportedVersion
    num_added: int
    num_changed: int
    num_removed: int
    num_items: int


def update_items(
    folder: RetrievalFolder,
    added: Rows | None = None,
    removed: Collection[str] = (),
    stage: Stage = quiet,
) -> UpdatedItems:
    """Exports the next version of a retrieval run, of another catalogue.

    The towers stay as they are: a new item gets the vector that they make of what is
    known of it. Each update goes on from the one before.

    Args:
        folder: Of a finished run whose architecture has towers.
        added: Items, a row for each, with the column of their id and of every feature
            of theirs that the run's config declares; those that are there already are
            replaced.
        removed: Ids.
        stage: Called with what begins; the context ends with it.

    Raises:
        ArtifactError: The run has no towers, or a file of it is missing or damaged.
        SchemaError: The rows contradict the config, have no id, or one twice; an
            item that should go is not there, or none would be left.
        VerificationError: The exported version failed its proof.
    """
    config = folder.config()
    _require_towers(config, folder)
    catalogue = read_catalogue(Path(folder.read_json(folder.version_path)["path"]))
    item_column = config.evaluation.item_column
    kept = _without(catalogue, removed)
    of_items = [feature for feature in config.features if feature.side == "item"]
    new = None if added is None else read_new_items(added, of_items, item_column)
    whole = kept if new is None else _replaced(kept, new)
    if not len(whole):
        raise SchemaError(
            "A catalogue must keep an item. Received ids of all "
            f"{len(catalogue):,} to remove. Remove fewer, or add others."
        )
    with stage(f"encode {len(whole):,} items"):
        preprocessor = Preprocessor.load(folder.preprocessor)
        towers = TwoTowers(
            *(load_model(folder.tower_path(name)) for name in (QUERY, CANDIDATE))
        )
        ids = id_features(
            preprocessor.schema.features, config.evaluation.user_column, item_column
        )
        inputs = encode_side(preprocessor, whole.rows, "item")
        inputs = with_prior_ids(inputs, preprocessor.schema, ids.item)
        items = vectors(towers.candidate, inputs)
    with stage("export and verify"):
        judged = folder.read_json(folder.judgement_path) or {}
        version = export_retrieval(
            tower_model(preprocessor, ids.item, towers, whole, items),
            pq.read_table(folder.rows_path),
            Path(config.export.directory) / config.name,
            top_k=config.retrieval.top_k,
            config=config,
            data=folder.read_json(folder.data_path),
            metrics=judged.get("metrics"),
        )
    write_json(folder.version_path, {"path": str(version.path)})
    num_new = 0 if new is None else len(new)
    num_added = len(whole) - len(kept)
    return UpdatedItems(
        version, num_added, num_new - num_added, len(set(removed)), len(whole)
    )


def _require_towers(config: RunConfig, folder: RetrievalFolder) -> None:
    match config.retrieval.architecture:
        case TwoTower() | Content() | MatrixFactorization():
            return
        case Popularity() | ItemKnn() as counted:
            raise ArtifactError(
                f"Items are added to runs whose items have vectors. '{folder.path}' is "
                f"of {counted.kind}, which only counts events. Run `mtl-rec retrieve` "
                "again when there are some."
            )


def _without(catalogue: Catalogue, removed: Collection[str]) -> Catalogue:
    unknown = sorted(set(removed) - set(catalogue.item_ids))
    if unknown:
        raise SchemaError(
            f"Items that are removed must be in the catalogue of {len(catalogue):,}. "
            f"Received {len(unknown):,} that are not: {unknown[:5]}."
        )
    stays = ~np.isin(catalogue.item_ids, list(removed))
    return Catalogue(catalogue.item_ids[stays], catalogue.rows.filter(pa.array(stays)))


def _replaced(catalogue: Catalogue, new: Catalogue) -> Catalogue:
    """The new items last; those that were there before keep their place."""
    places = {own: place for place, own in enumerate(catalogue.item_ids)}
    both = pa.concat_tables([catalogue.rows, new.rows])
    order = np.arange(len(catalogue))
    late = []
    for row, own in enumerate(new.item_ids, start=len(catalogue)):
        if own in places:
            order[places[own]] = row
        else:
            late.append(row)
    taken = np.concatenate([order, late]).astype(np.int64)
    ids = np.concatenate([catalogue.item_ids, new.item_ids])
    return Catalogue(ids[taken], both.take(pa.array(taken)))
