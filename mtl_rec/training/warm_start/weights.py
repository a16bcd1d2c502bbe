"""The weights of a model with what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mtl_rec.models.blocks import Block
from mtl_rec.training.warm_start.learned import Learned


@dataclass(frozen=True)
class Weights:
    """The weights of a model and all that says what they mean.

    Attributes:
        blocks: That cover them.
        arrays: By path of the variable.
        learned: Of the run.
    """

    blocks: Sequence[Block]
    arrays: dict[str, np.ndarray]
    learned: Learned

    def of(self, block: Block) -> np.ndarray:
        """The numbers of a block; a view, to be changed in place."""
        return self.arrays[block.path][block.region]
