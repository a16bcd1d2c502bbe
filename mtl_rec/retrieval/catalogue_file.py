"""The items of an exported retrieval version, as Parquet beside its graph."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mtl_rec.config.served_names import CATALOGUE_FILE
from mtl_rec.errors import ArtifactError
from mtl_rec.retrieval.catalogue import Catalogue
from mtl_rec.whole_files import written_whole

_ITEM_ID, _FEATURE = "item_id", "feature."


def write_catalogue(version: Path, catalogue: Catalogue) -> None:
    """Writes `item_id` and a column `feature.<name>` for each feature of the items."""
    columns = {_ITEM_ID: pa.array(catalogue.item_ids.tolist(), pa.string())}
    columns |= {
        f"{_FEATURE}{name}": column
        for name, column in zip(
            catalogue.rows.column_names, catalogue.rows.columns, strict=True
        )
    }
    table = pa.table(columns).replace_schema_metadata(catalogue.rows.schema.metadata)
    path = version / CATALOGUE_FILE
    path.parent.mkdir(exist_ok=True)
    with written_whole(path) as unfinished:
        pq.write_table(table, unfinished)


def read_catalogue(version: Path) -> Catalogue:
    """What `write_catalogue` wrote, in the order of the version's scores.

    Raises:
        ArtifactError: The version has no such file, or it is damaged.
    """
    path = version / CATALOGUE_FILE
    try:
        table = pq.read_table(path)
        ids = np.array(table[_ITEM_ID].to_pylist(), object)
    except (OSError, KeyError, pa.ArrowException) as error:
        raise ArtifactError(
            f"'{path}' can't be read: {error}. A retrieval version is written by "
            "`mtl-rec retrieve`."
        ) from error
    features = table.drop_columns(_ITEM_ID)
    names = [name.removeprefix(_FEATURE) for name in features.column_names]
    return Catalogue(ids, features.rename_columns(names))
