"""One value of every item: a feature of the catalogue, or a column of a table."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.checks import suggestion
from mtl_rec.config.data import Table
from mtl_rec.config.features import Categorical, Numeric
from mtl_rec.config.recommendation import ItemTable
from mtl_rec.data.reading import open_table
from mtl_rec.errors import ConfigError, SchemaError
from mtl_rec.evaluation.id_columns import id_texts
from mtl_rec.retrieval.recommending.items import Items
from mtl_rec.schema.columns import feature_values

_BATCH_ROWS = 131_072


@dataclass(frozen=True)
class ItemColumns:
    """What rules may name.

    Attributes:
        items: With the features of the catalogue.
        table: A row for each item in the same order, null where the table that the
            config names does not have it; no columns where it names none.
        source: Where that table is.
    """

    items: Items
    table: pa.Table
    source: str

    def __len__(self) -> int:
        """Returns the number of items."""
        return len(self.items)

    def numbers(self, column: str, path: str) -> np.ndarray:
        """A column of numbers, `(items,)` float32; NaN where one is missing.

        Args:
            column: Its name.
            path: Of the setting that names it, for errors.
        """
        return self._values(Numeric, "numeric", column, path).to_numpy()

    def texts(self, column: str, path: str) -> list[str]:
        """A column of texts or whole numbers, by item; "" where one is missing.

        Args:
            column: Its name.
            path: Of the setting that names it, for errors.
        """
        return self._values(Categorical, "categorical", column, path).to_pylist()

    def _values(
        self,
        section: type[Numeric | Categorical],
        kind: str,
        column: str,
        path: str,
    ) -> pa.Array:
        # What is known now goes before what was known when a model was trained.
        of_table = column in self.table.column_names
        table = self.table if of_table else self.items.rows
        if column not in table.column_names:
            names = [*self.table.column_names, *self.items.rows.column_names]
            raise ConfigError(
                f"{path}: must name a feature of the items, or a column of the table "
                f"that `recommendation.items` names. Received: '{column}'."
                f"{suggestion(column, names)} Columns: {sorted(names)}."
            )
        settings = {"kind": kind, "name": "value", "side": "item", "column": column}
        feature = section.model_validate(settings)
        try:
            return feature_values(table.column(column), feature)
        except SchemaError as error:
            place = f"'{self.source}'" if of_table else "the catalogue"
            raise SchemaError(f"{path}: {error} Read: {place}.") from error


def open_columns(items: Items, table: ItemTable | None) -> ItemColumns:
    """Reads the table that the config names, if it names one.

    Raises:
        ArtifactError: It is missing or damaged.
        SchemaError: It has no column of ids, or an id twice.
    """
    if table is None:
        return ItemColumns(items, pa.table({}), "")
    rows = _read(table.path)
    if table.key not in rows.column_names:
        raise SchemaError(
            f"`recommendation.items.key` must name a column of '{table.path}'. "
            f"Received: '{table.key}'.{suggestion(table.key, rows.column_names)} "
            f"Columns: {sorted(rows.column_names)}."
        )
    ids = id_texts(rows.column(table.key), table.key)
    if len(pc.unique(ids)) < len(ids):
        counted = pc.value_counts(ids)
        repeated = counted.field(0).filter(pc.greater(counted.field(1), 1))
        raise SchemaError(
            f"'{table.path}' must have a row for each item. Received: "
            f"'{repeated[0].as_py()}' more than once in column '{table.key}'."
        )
    places = pc.index_in(pa.array(items.item_ids, pa.string()), ids)
    return ItemColumns(items, rows.drop_columns(table.key).take(places), table.path)


def _read(path: str) -> pa.Table:
    """All columns; those of CSV stay text until a rule says what they are."""
    source = open_table(Table(kind="table", path=path))
    names = next(iter(source.headers.values()))
    batches = list(source.batches(names, _BATCH_ROWS))
    try:
        return pa.Table.from_batches(batches).combine_chunks()
    except (ValueError, pa.ArrowInvalid) as error:
        raise SchemaError(f"'{path}' must have rows of one schema: {error}") from error
