"""Sequences that say more of the same steps must have as many."""

from collections.abc import Mapping

import numpy as np

from mtl_rec.errors import SchemaError
from mtl_rec.schema.fields import PADDING_ID, IdListField
from mtl_rec.schema.schema import Schema


def require_equal_steps(schema: Schema, inputs: Mapping[str, np.ndarray]) -> None:
    """Refuses rows in which a sequence has not the steps of what runs along with it.

    Args:
        schema: Says which sequences do.
        inputs: Encoded rows by input; those of a side may be missing.

    Raises:
        SchemaError: A row has another number of steps in one than in the other.
    """
    for field in schema.fields:
        if not isinstance(field, IdListField) or field.name not in inputs:
            continue
        for other in field.along:
            ours, theirs = (
                np.count_nonzero(inputs[name] != PADDING_ID, axis=1)
                for name in (field.name, other)
            )
            unequal = np.flatnonzero(ours != theirs)
            if len(unequal):
                row = unequal[0]
                raise SchemaError(
                    f"'{other}' must have a value for each step of '{field.name}', "
                    f"which it runs `along` with. Received: {theirs[row]} values for "
                    f"{ours[row]} steps, in {len(unequal):,} of {len(ours):,} rows. An "
                    "empty value takes no place: give what is missing a word of its "
                    "own, or leave this feature out of `along`."
                )
