"""What a source is asked, whether its version answers or an index."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from mtl_rec.serving.client.signatures import TensorType

Answer = tuple[np.ndarray, np.ndarray]
"""`(answered,)` ids as bytes, the best first, and their scores; empty ids have none."""


class Search(Protocol):
    """Finds the best items for a user."""

    @property
    def inputs(self) -> dict[str, TensorType]:
        """Features of the user that it reads."""
        ...

    def every(self, user: Mapping[str, np.ndarray], excluded: np.ndarray) -> Answer:
        """The best of all items.

        Args:
            user: Arrays of one row by feature.
            excluded: `(any,)` ids as bytes that must not come; unknown ones may.
        """
        ...

    def allowed(self, user: Mapping[str, np.ndarray], excluded: np.ndarray) -> Answer:
        """The best of those that the source may bring."""
        ...
