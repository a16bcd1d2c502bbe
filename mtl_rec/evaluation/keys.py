"""What evaluation knows of a row beside its prediction: the user, slices, the truth."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Slicing:
    """Rows by one property of theirs.

    Attributes:
        name: Of the property.
        codes: `(rows,)` places in `labels`.
        labels: What each slice is called, in the order to show.
    """

    name: str
    codes: np.ndarray
    labels: tuple[str, ...]


@dataclass(frozen=True)
class EvaluationKeys:
    """Keys of rows in the order in which they are encoded.

    Attributes:
        users: `(rows,)` integers, equal where the user is the same; None where there
            are no users: each row is then its own, and no one has a list.
        slicings: Ways to break metrics down.
        truth: By event, `(rows,)`: the true probability that simulated data has.
    """

    users: np.ndarray | None = None
    slicings: tuple[Slicing, ...] = ()
    truth: Mapping[str, np.ndarray] = field(default_factory=dict)

    def users_of(self, num_rows: int) -> np.ndarray:
        """Integers for the users of this many rows."""
        if self.users is None:
            return np.arange(num_rows)
        if self.users.shape != (num_rows,):
            raise ValueError(
                f"`keys.users` must have the shape ({num_rows},), one for each row. "
                f"Received: {self.users.shape}."
            )
        return self.users
