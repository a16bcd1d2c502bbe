"""What contenders on torch share."""

from collections.abc import Callable, Iterator
from typing import Any

import torch


class Slices:
    """Batches that are views of tensors made beforehand: the cheapest loader there is.

    Rows are not shuffled, which spares these contenders what the others do.

    Args:
        num_rows: Of the tensors.
        batch_size: Rows of a batch.
        batch: Makes a batch of the rows in a slice.
    """

    def __init__(
        self, num_rows: int, batch_size: int, batch: Callable[[slice], Any]
    ) -> None:
        self.starts = range(0, num_rows, batch_size)
        self.batch_size, self.batch = batch_size, batch

    def __len__(self) -> int:
        return len(self.starts)

    def __iter__(self) -> Iterator[Any]:
        for start in self.starts:
            yield self.batch(slice(start, start + self.batch_size))


def num_parameters(model: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())
