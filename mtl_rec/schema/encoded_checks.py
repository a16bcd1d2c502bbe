"""Encoded inputs that a model would take for something else, found where they enter."""

from collections.abc import Iterable

import numpy as np

from mtl_rec.config.feature_section import SIDES
from mtl_rec.config.sampling import SAMPLING_OFFSET
from mtl_rec.errors import SchemaError
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.schema.fields import FallbackText, IdField, IdListField, VectorField
from mtl_rec.schema.schema import Schema

_Ids = IdField | IdListField | FallbackText


def require_valid_inputs(
    exposures: EncodedExposures, names: Iterable[str], first_row: int = 0
) -> None:
    """Refuses inputs that are not what their schema says.

    Without it an id that a field does not have is read as another field's row, as the
    last row, as zeros, as NaN, or stops the step with the name of an operation: it
    depends on backend and device. What `Preprocessor.encode` gives always passes.

    Args:
        exposures: In memory.
        names: Inputs that are going to be used.
        first_row: Number of the first one, for what is said.

    Raises:
        SchemaError: An input that is not optional is missing, one has another shape or
            type, an id is not one of its field's vocabulary, or a number is NaN or
            infinite.
    """
    schema, num_rows = exposures.schema, len(exposures)
    fields = _id_fields(schema)
    numbers = schema.number_names() | {SAMPLING_OFFSET: [SAMPLING_OFFSET]}
    vectors = [f for side in SIDES for f in schema.fields_of(VectorField, side)]
    numbers |= {field.name: [field.name] * field.dim for field in vectors}
    for name in names:
        packed = schema.inputs()[name]
        if packed.is_optional and name not in exposures.inputs:
            continue
        if name not in exposures.inputs:
            raise SchemaError(
                f"`inputs` must have '{name}'. Received: {sorted(exposures.inputs)}."
            )
        array = exposures.inputs[name]
        if array.shape != (num_rows, packed.width):
            raise SchemaError(
                f"`inputs['{name}']` must have the shape {(num_rows, packed.width)}. "
                f"Received: {array.shape}."
            )
        # Before its type: an id that int32 can't hold would only be hidden by it.
        if packed.dtype == "int32" and np.issubdtype(array.dtype, np.integer):
            for column, field in enumerate(fields[name]):
                _require_ids(array[:, column], field, schema, name, first_row)
        if array.dtype != packed.dtype:
            raise SchemaError(
                f"`inputs['{name}']` must be {packed.dtype}. Received: {array.dtype}. "
                f"Convert it with `.astype('{packed.dtype}')`."
            )
        if packed.dtype == "float32":
            _require_finite(array, numbers[name], name, first_row)


def _id_fields(schema: Schema) -> dict[str, list[_Ids]]:
    """By input that holds ids, what every column is of."""
    fields: dict[str, list[_Ids]] = {
        text.name: [text] * text.length for text in schema.fallback_texts
    }
    for side in SIDES:
        fields[f"{side}_ids"] = [*schema.fields_of(IdField, side)]
        for field in schema.fields_of(IdListField, side):
            fields[field.name] = [field] * field.length
    return fields


def _require_ids(
    ids: np.ndarray,
    field: _Ids,
    schema: Schema,
    name: str,
    first_row: int,
) -> None:
    num_ids = schema.vocabularies[field.vocabulary].num_ids
    if not len(ids) or (ids.min() >= 0 and ids.max() < num_ids):
        return
    wrong = np.flatnonzero((ids < 0) | (ids >= num_ids))
    raise SchemaError(
        f"`inputs['{name}']` must hold ids of '{field.name}', from 0 to {num_ids - 1}. "
        f"Received: {ids[wrong[0]]} in row {first_row + wrong[0]}, the first of "
        f"{len(wrong)}. `Preprocessor.encode` gives every value an id, unknown ones "
        "too."
    )


def _require_finite(
    numbers: np.ndarray, columns: list[str], name: str, first_row: int
) -> None:
    is_wrong = ~np.isfinite(numbers)
    if not is_wrong.any():
        return
    wrong, places = np.nonzero(is_wrong)
    raise SchemaError(
        f"`inputs['{name}']` must hold finite numbers. Received: "
        f"{numbers[wrong[0], places[0]]} of '{columns[places[0]]}' in row "
        f"{first_row + wrong[0]}, the first of {len(wrong)}. `Preprocessor.encode` "
        "makes a missing number the training mean."
    )
