"""The folder of a saved index."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter, ValidationError

from mtl_rec.config.retrieval_index import RetrievalIndex
from mtl_rec.errors import ArtifactError
from mtl_rec.export.checksums import (
    CHECKSUMS_FILE,
    find_file_problem,
    write_checksums,
)
from mtl_rec.retrieval.indexes.engines import Engine, load_engine
from mtl_rec.retrieval.indexes.installed import require_library
from mtl_rec.retrieval.indexes.stored_vectors import StoredVectors
from mtl_rec.whole_files import folder_written_whole, write_json

_SETTINGS, _ITEMS, _VECTORS = "settings.json", "items.parquet", "vectors.npy"


def save(
    folder: Path,
    settings: RetrievalIndex,
    stored: StoredVectors,
    engine: Engine | None,
    replaces: bool = False,
) -> None:
    """Writes an index, as `VectorIndex.save` says.

    Raises:
        ArtifactError: The folder is there, and is not to be replaced.
    """
    if folder.exists() and not replaces:
        raise ArtifactError(
            f"An index is saved to a folder that is not there yet. Received: '{folder}'"
            ". Choose another name, or remove it first."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder_written_whole(folder, replaces) as unfinished:
        write_json(unfinished / _SETTINGS, settings.model_dump())
        items = {"item_id": pa.array(stored.ids, pa.string()), "alive": stored.alive}
        pq.write_table(pa.table(items), unfinished / _ITEMS)
        np.save(unfinished / _VECTORS, stored.vectors)
        if engine is not None:
            engine.write(unfinished)
        write_checksums(unfinished)


def load(folder: Path) -> tuple[RetrievalIndex, StoredVectors, Engine | None]:
    """What was saved.

    Raises:
        ArtifactError: See `VectorIndex.load`.
        ConfigError: The kind's library is not installed.
    """
    if not (folder / CHECKSUMS_FILE).is_file() or not (folder / _SETTINGS).is_file():
        raise ArtifactError(
            f"'{folder}' is no saved index. Build one by `mtl-rec index VERSION "
            f"{folder}`, or name another folder."
        )
    problem = find_file_problem(folder)
    if problem is not None:
        raise ArtifactError(
            f"The index '{folder}' is damaged: {problem} Remove it, and build it again "
            "by `mtl-rec index`."
        )
    settings = _settings(folder)
    require_library(settings)
    items = pq.read_table(folder / _ITEMS)
    ids = items["item_id"].to_numpy()
    alive = np.array(items["alive"].to_numpy(), bool)
    stored = StoredVectors(ids, np.load(folder / _VECTORS), alive)
    return settings, stored, load_engine(settings, folder, alive)


def _settings(folder: Path) -> RetrievalIndex:
    content = json.loads((folder / _SETTINGS).read_text(encoding="utf-8"))
    try:
        return TypeAdapter(RetrievalIndex).validate_python(content)
    except ValidationError as error:
        raise ArtifactError(
            f"The settings of the index '{folder}' are those of another version of "
            f"mtl_rec: {error.errors()[0]['msg']}. Build it again."
        ) from error
