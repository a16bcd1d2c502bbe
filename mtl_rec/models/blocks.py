"""Pieces of weights with what they belong to."""

import math
from dataclasses import dataclass
from typing import NamedTuple

(
    GIVEN,
    EMBEDDING,
    PROJECTION,
    ENCODER,
    INTERACTION,
    FIRST_LAYER,
    BODY,
    GATE,
    TOWER,
    HEAD,
) = (
    "given vectors",
    "embedding",
    "projection",
    "encoder",
    "interaction",
    "first layer",
    "body",
    "gate",
    "tower",
    "head",
)
"""Kinds of parts, in the order in which an exposure passes through them."""
KERNEL, BIAS = "kernel", "bias"


class Part(NamedTuple):
    """What has a name of its own in a model.

    Attributes:
        kind: One of the kinds of parts.
        name: Of the vocabulary, field, layer or task that it is for.
    """

    kind: str
    name: str


class BlockKey(NamedTuple):
    """What the blocks of two models share that stand for the same.

    Attributes:
        part: Of a model.
        detail: Tells the blocks of a part apart.
    """

    part: Part
    detail: str


@dataclass(frozen=True)
class Block:
    """A region of one weight whose numbers all belong to the same.

    Attributes:
        key: What they belong to.
        path: Of the variable.
        region: Where they are in it, a slice with both ends for each axis.
        meaning: What they turn into what. Blocks of one key and one meaning can stand
            in for each other; of an embedding, row by row.
        number: The numeric feature that is multiplied, if one is.
        bias: What is added to that product.
        logit_of: The task whose logit it is a term of, if it is one.
    """

    key: BlockKey
    path: str
    region: tuple[slice, ...]
    meaning: tuple[str, ...]
    number: str | None = None
    bias: BlockKey | None = None
    logit_of: str | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the region."""
        return tuple(own.stop - own.start for own in self.region)

    @property
    def size(self) -> int:
        """Numbers in the region."""
        return math.prod(self.shape)


def whole(*shape: int) -> tuple[slice, ...]:
    """The region that is all of a weight."""
    return tuple(slice(0, size) for size in shape)


def widths(units: tuple[int, ...]) -> str:
    """Layers by their widths, `64-32`."""
    return "-".join(map(str, units))
