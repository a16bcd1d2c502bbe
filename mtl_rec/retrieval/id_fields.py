"""Fields of one id in a row: where their ids are, and how many there may be."""

from collections.abc import Mapping
from typing import Any

from mtl_rec.schema.fields import IdField
from mtl_rec.schema.schema import Schema

PRIOR_ID = "item_prior_id"
"""Input of a candidate tower beside the packed ones: the item's id, `(batch, 1)`, by
which its prior is looked up, known even where training hides it from the rest."""


def id_field(schema: Schema, feature: str) -> IdField:
    """The field of a feature of one value."""
    fields = (field for field in schema.fields if isinstance(field, IdField))
    return next(field for field in fields if field.name == feature)


def ids_of_values(schema: Schema, feature: str, inputs: Mapping[str, Any]) -> Any:
    """The id that each row has of a feature of one value, `(rows, 1)`."""
    return schema.ids_of(id_field(schema, feature), inputs)


def num_ids_of(schema: Schema, feature: str) -> int:
    """How many ids a feature of one value may have."""
    return schema.vocabularies[id_field(schema, feature).vocabulary].num_ids


def with_prior_ids(
    inputs: Mapping[str, Any], schema: Schema, item_id: str | None
) -> dict[str, Any]:
    """Inputs of a candidate tower, from packed ones of the item's side.

    Args:
        inputs: `(batch, width)` each.
        schema: Of the preprocessor.
        item_id: The feature of the item's id, if one is read.
    """
    if item_id is None:
        return dict(inputs)
    return {**inputs, PRIOR_ID: ids_of_values(schema, item_id, inputs)}
