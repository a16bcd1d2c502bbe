"""A language model that others have trained, as the encoder of a text."""

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat

from mtl_rec.config.base import Count, NonEmpty, Section


class Frozen(Section):
    """Nothing of it is trained, only the projection of its vectors."""

    kind: Literal["frozen"] = "frozen"


class TopLayers(Section):
    """The last layers are trained, the others stay."""

    kind: Literal["top_layers"]
    num_layers: Count
    """Layers that are trained, counted from the last one."""
    learning_rate: PositiveFloat = 2e-5
    """Of these layers, whatever that of all other weights is."""


class LowRank(Section):
    """Small additions to the kernels of queries and values are trained (LoRA)."""

    kind: Literal["lora"]
    rank: Count = 8
    """Of the additions."""
    learning_rate: PositiveFloat = 5e-4
    """Of the additions, whatever that of all other weights is. They start at nothing,
    and take more than weights that are trained already."""


class Full(Section):
    """All of the language model is trained."""

    kind: Literal["full"]
    learning_rate: PositiveFloat = 2e-5
    """Of all its weights, whatever that of the others is."""


PretrainedMode = Annotated[
    Frozen | TopLayers | LowRank | Full, Field(discriminator="kind")
]


class Pretrained(Section):
    """A BERT that others have trained, with tokens of its own.

    Needs KerasHub, an extra. If texts belong to items and nothing of it is trained,
    `mtl-rec encode-items` and a feature of `kind: vector` give the same for less.
    """

    kind: Literal["pretrained"]
    source: NonEmpty
    """A folder of Hugging Face or sentence-transformers, or a preset of KerasHub."""
    mode: PretrainedMode = Frozen()
    """What of it is trained."""
