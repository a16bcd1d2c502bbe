"""The items that can be retrieved."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa


@dataclass(frozen=True)
class Catalogue:
    """Every item once, with what is known of it.

    Attributes:
        item_ids: `(items,)` text, each once.
        rows: The items' features, a row for each in the same order, named and typed as
            `schema.rows.canonical` has them: those of side `item` of the run's config,
            whether the retrieval model reads them or not.
    """

    item_ids: np.ndarray
    rows: pa.Table

    def __len__(self) -> int:
        """Returns the number of items."""
        return len(self.item_ids)
