"""Ids that are replaced by the unknown one, as if user or item were new."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops

from mtl_rec.training.regularizers.keyed_shares import keyed_shares


@dataclass(frozen=True)
class UnknownIds:
    """Makes one side of an exposure unknown, now and then.

    All its columns that have unknown ids become unknown together, each to one of its
    ids that unknown values are hashed into. Missing values stay missing. Where users
    have a row for each request, a user is unknown for a whole request.

    Attributes:
        input_name: The packed ids of the side.
        num_unknown: For every column, how many ids unknown values are hashed into; 0
            for one that stays.
        rate: Share of the rows.

    Reference: Volkovs, Yu and Poutanen, "DropoutNet: Addressing Cold Start in
    Recommender Systems", NeurIPS 2017, section 4.
    """

    input_name: str
    num_unknown: Sequence[int]
    rate: float

    def __call__(self, ids: Any, step: Any) -> Any:
        """The ids of a batch, `(rows, columns)`, in a step."""
        num_rows, num_columns = ops.shape(ids)
        purpose = f"unknown {self.input_name}"
        drawn = keyed_shares((num_rows, 1), step, purpose) < self.rate
        counts = np.array([self.num_unknown])
        place = keyed_shares((num_rows, num_columns), step, f"{purpose}, which")
        unknown = 1 + ops.cast(ops.floor(place * counts.astype("float32")), ids.dtype)
        can_be = ops.logical_and(ops.not_equal(ids, 0), counts > 0)
        return ops.where(ops.logical_and(drawn, can_be), unknown, ids)
