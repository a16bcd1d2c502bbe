"""Indexes of exported retrieval versions: built, changed, measured and saved."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mtl_rec.config.loading import validated_config
from mtl_rec.config.overrides import apply_overrides
from mtl_rec.config.run import RunConfig
from mtl_rec.errors import ArtifactError, SchemaError
from mtl_rec.export.manifest import read_manifest
from mtl_rec.retrieval.catalogue_file import read_catalogue
from mtl_rec.retrieval.index_quality import IndexQuality, measured, sampled
from mtl_rec.retrieval.indexes import VectorIndex
from mtl_rec.retrieval.indexes.installed import require_library
from mtl_rec.retrieval.new_items import read_new_items
from mtl_rec.retrieval.same_vectors import require_same_vectors
from mtl_rec.retrieval.version_vectors import VersionVectors
from mtl_rec.run.stages import Stage, quiet
from mtl_rec.schema.rows import Rows, as_table, canonical


@dataclass(frozen=True)
class SavedIndex:
    """An index, as it was saved.

    Attributes:
        index: The same in memory.
        folder: Where it is.
        quality: What it finds, and how fast.
        num_added: Items that are new; all, where the index is.
        num_changed: Items that were there and have another vector now.
        num_removed: Items that are gone.
    """

    index: VectorIndex
    folder: Path
    quality: IndexQuality
    num_added: int
    num_changed: int = 0
    num_removed: int = 0


def build_index(
    version: Path,
    folder: Path,
    overrides: Sequence[str] = (),
    users: Rows | None = None,
    stage: Stage = quiet,
) -> SavedIndex:
    """Indexes all items of a version.

    Args:
        version: Exported retrieval version whose scores are dot products.
        folder: That the index gets; not there yet.
        overrides: Settings that replace those of `retrieval.index` in the version's
            config, such as `kind=faiss_ivf_sq`.
        users: Rows of users, whose vectors the index is measured with. Not given: it
            is measured with vectors of items.
        stage: Called with what begins; the context ends with it.

    Raises:
        ArtifactError: The folder is there, or the version is damaged, has no vectors
            or does not tell its config.
        ConfigError: The settings are wrong, or need a library that is not installed.
        SchemaError: The users' rows lack a feature, or hold something else.
    """
    if folder.exists():
        raise ArtifactError(
            f"An index is built in a folder that is not there yet. Received: '{folder}'"
            ". Choose another name or remove it; `--add` and `--remove` change an "
            "index that is there."
        )
    settings = _config_of(version, overrides).retrieval.index
    require_library(settings)
    catalogue = read_catalogue(version)
    vectors = VersionVectors(version)
    with stage(f"encode {len(catalogue):,} items"):
        items = vectors.of_items(catalogue.rows)
    with stage(f"build the index of kind {settings.kind}"):
        index = VectorIndex.build(settings, catalogue.item_ids.tolist(), items)
    with stage("measure it"):
        quality = measured(index, _queries(index, vectors, users))
    index.save(folder)
    return SavedIndex(index, folder, quality, len(index))


def update_index(
    version: Path,
    folder: Path,
    added: Rows | None = None,
    removed: Collection[str] = (),
    users: Rows | None = None,
    stage: Stage = quiet,
) -> SavedIndex:
    """Lets items come and go; the index learns nothing anew, and is replaced whole.

    Args:
        version: That the index was built of, or a later one of the same towers.
        folder: Of the index.
        added: Items, a row for each, with the column of their id and of every feature
            of theirs that the version reads; those that are there already get the
            vector of what is known now.
        removed: Ids.
        users: As in `build_index`.
        stage: Called with what begins; the context ends with it.

    Raises:
        ArtifactError: The folder has no index, or one of another model's vectors; or
            see `build_index`.
        SchemaError: The rows lack a feature, have no id, or one twice; an item that
            should go is not there; or none would be left.
    """
    index = VectorIndex.load(folder)
    item_column = _config_of(version).evaluation.item_column
    vectors = VersionVectors(version)
    require_same_vectors(index, folder, version, vectors)
    num_changed = num_added = 0
    index.remove(removed)
    if added is not None:
        new = read_new_items(added, vectors.features("item"), item_column)
        ids = new.item_ids.tolist()
        with stage(f"encode {len(new):,} items"):
            of_new = vectors.of_items(new.rows)
        changed = [item_id for item_id in ids if item_id in index]
        index.remove(changed)
        index.add(ids, of_new)
        num_changed, num_added = len(changed), len(ids) - len(changed)
    if not len(index):
        raise SchemaError(
            f"An index must keep an item. Received ids of all items of '{folder}' to "
            "remove. Delete the folder instead."
        )
    with stage("measure it"):
        quality = measured(index, _queries(index, vectors, users))
    index.save(folder, replaces=True)
    num_removed = len(set(removed))
    return SavedIndex(index, folder, quality, num_added, num_changed, num_removed)


def _config_of(version: Path, overrides: Sequence[str] = ()) -> RunConfig:
    settings = read_manifest(version).get("config")
    source = f"The config of '{version}'"
    if settings is None:
        raise ArtifactError(
            f"{source} is not in its manifest. Export the version by `mtl-rec retrieve`"
            ", which writes it."
        )
    config = validated_config(settings, source)
    if not overrides:
        return config
    # Defaults are written out, so that a setting alone finds the kind that it is of.
    settings = config.model_dump(mode="json")
    apply_overrides(settings, [f"retrieval.index.{own}" for own in overrides])
    return validated_config(settings, f"{source} with `--set`")


def _queries(
    index: VectorIndex, vectors: VersionVectors, users: Rows | None
) -> np.ndarray:
    if users is None:
        return sampled(index.stored.vectors[index.stored.alive])
    rows = canonical(as_table(users), vectors.features("user"))
    return vectors.of_users(rows.take(sampled(np.arange(len(rows)))))
