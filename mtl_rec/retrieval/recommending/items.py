"""The items of all sources together, and what rules and rankers read of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from mtl_rec.errors import ArtifactError
from mtl_rec.retrieval.catalogue_file import read_catalogue


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

    def features_of(
        self, item_ids: Sequence[str], names: Sequence[str]
    ) -> list[dict[str, Any]]:
        """Some features of some items, by name."""
        places = [self.positions[item_id.encode()] for item_id in item_ids]
        rows = self.rows.take(places).to_pylist()
        return [{name: row[name] for name in names} for row in rows]

    def __len__(self) -> int:
        """Returns the number of items."""
        return len(self.item_ids)


def read_items(versions: Sequence[Path]) -> Items:
    """The items of exported retrieval versions; the first that has one describes it.

    Raises:
        ArtifactError: A catalogue is missing, damaged, or has other features.
    """
    catalogues = [read_catalogue(version) for version in versions]
    schemas = [own.rows.schema.remove_metadata() for own in catalogues]
    for version, schema in zip(versions, schemas, strict=True):
        if schema != schemas[0]:
            raise ArtifactError(
                "Retrieval versions that are used together must know the same features "
                f"of items. Received: {_described(schemas[0])} in '{versions[0]}', "
                f"{_described(schema)} in '{version}'. Export them from one config."
            )
    ids = np.concatenate([own.item_ids for own in catalogues])
    # Of equal ids the first, and in the order of the catalogues.
    first = np.sort(np.unique(ids.astype(str), return_index=True)[1])
    rows = pa.concat_tables([own.rows for own in catalogues]).combine_chunks()
    return Items(ids[first], rows.take(pa.array(first)))


def _described(schema: pa.Schema) -> str:
    return str({field.name: str(field.type) for field in schema})
