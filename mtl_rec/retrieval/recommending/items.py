"""The items of all sources together, and what rules and rankers read of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from mtl_rec.errors import ArtifactError

CATALOGUE_FILE = "assets.extra/catalogue.parquet"
ITEM_ID, FEATURE = "item_id", "feature."
"""Its column of ids, and what stands before the names of features."""


@dataclass(frozen=True)
class Items:
    """Every item that some source can bring, once.

    Attributes:
        item_ids: `(items,)` text.
        rows: Their features as `schema.rows.canonical` has them, in the same order.
    """

    item_ids: np.ndarray
    rows: pa.Table

    @cached_property
    def as_bytes(self) -> np.ndarray:
        """The ids as graphs have them, `(items,)` objects of UTF-8."""
        encoded = np.empty(len(self), object)
        encoded[:] = [item_id.encode() for item_id in self.item_ids.tolist()]
        return encoded

    @cached_property
    def positions(self) -> dict[bytes, int]:
        """By id as graphs have it, the place of the item."""
        return {item_id: place for place, item_id in enumerate(self.as_bytes.tolist())}

    def id_of(self, item: int) -> str:
        """The id of the item at a place."""
        return self.item_ids[item]

    def __len__(self) -> int:
        """Returns the number of items."""
        return len(self.item_ids)


def read_items(versions: Sequence[Path]) -> Items:
    """The items of exported retrieval versions; the first that has one describes it.

    Raises:
        ArtifactError: A catalogue is missing, damaged, or has other features.
    """
    tables = [_read(version / CATALOGUE_FILE) for version in versions]
    for version, table in zip(versions, tables, strict=True):
        if table.schema != tables[0].schema:
            raise ArtifactError(
                "Retrieval versions that are used together must know the same features "
                f"of items. Received: {_described(tables[0])} in '{versions[0]}', "
                f"{_described(table)} in '{version}'. Export them from one config."
            )
    whole = pa.concat_tables(tables).combine_chunks()
    ids = whole.column(ITEM_ID).to_numpy(zero_copy_only=False).astype(object)
    # Of equal ids the first, and in the order of the catalogues.
    first = np.sort(np.unique(ids.astype(str), return_index=True)[1])
    rows = whole.drop_columns(ITEM_ID).take(pa.array(first))
    names = [name.removeprefix(FEATURE) for name in rows.column_names]
    return Items(ids[first], rows.rename_columns(names))


def _read(path: Path) -> pa.Table:
    try:
        table = pyarrow.parquet.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise ArtifactError(
            f"'{path}' can't be read: {error}. A retrieval version is what `mtl-rec "
            "retrieve` exports."
        ) from error
    if ITEM_ID not in table.column_names:
        raise ArtifactError(
            f"'{path}' must have a column '{ITEM_ID}'. Received: {table.column_names}."
        )
    return table.replace_schema_metadata(None)


def _described(table: pa.Table) -> str:
    fields = [field for field in table.schema if field.name != ITEM_ID]
    return str({f.name.removeprefix(FEATURE): str(f.type) for f in fields})
