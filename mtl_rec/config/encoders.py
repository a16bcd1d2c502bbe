"""Encoders: how the embedded ids of a list become one vector, by `kind`."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat

from mtl_rec.config.base import Count, Rate, Section
from mtl_rec.config.pretrained import Pretrained

Widths = Annotated[tuple[Count, ...], Field(min_length=1)]


class MeanEncoder(Section):
    """The mean of the embeddings, order ignored."""

    kind: Literal["mean"] = "mean"


class LastEncoder(Section):
    """The newest step alone."""

    kind: Literal["last"]


class DinEncoder(Section):
    """Deep interest network: every step counts by how it fits the candidate."""

    kind: Literal["din"]
    units: Widths = (36,)
    """Widths of the network that weighs a step."""


class DienEncoder(Section):
    """Deep interest evolution network: a reader of what fits the candidate."""

    kind: Literal["dien"]
    units: Count = 16
    """Width of an interest."""
    auxiliary_loss_weight: NonNegativeFloat = 0.1
    """Of the loss that has every interest tell the step that comes next; 0 leaves it
    out."""


class Cnn(Section):
    """Patterns of a few steps in a row, the strongest match of each."""

    kind: Literal["cnn"]
    widths: Widths = (1, 2, 3)
    """Steps that patterns are long."""
    num_filters: Count = 16
    """Patterns of every width."""


class Gru(Section):
    """A gated recurrent unit that reads step by step."""

    kind: Literal["gru"]
    units: Count = 32
    """Width of what it remembers."""


class TextGru(Gru):
    """Two gated recurrent units, which read a text from either end."""


class Transformer(Section):
    """Every step looks at others and takes what it needs of them."""

    kind: Literal["transformer"]
    num_layers: Count = 1
    """Blocks of attention and a network for each step, one after the other."""
    num_heads: Count = 2
    """What a step can look for at a time."""
    units: Count = 64
    """Width of the hidden layer of the network for each step."""
    dropout: Rate = 0.0
    """Share of what a block adds that is dropped in training."""
    positions: Literal["learned", "rotary"] = "learned"
    """How a step knows where others stand. `learned`: each place has a vector that is
    added to its step. `rotary`: what steps compare is turned by their places, so that
    how far apart they are counts."""


class SequenceTransformer(Transformer):
    """A transformer that reads a history."""

    sees: Literal["earlier", "candidate"] = "earlier"
    """`earlier`: every step sees those before it, and the newest speaks for all; once
    for a request. `candidate`: the candidate stands at the end, sees every step and
    speaks for all; once for every candidate."""


class BagEncoder(Section):
    """A bag of words, their order ignored."""

    kind: Literal["bag"] = "bag"
    pooling: Literal["mean", "attention"] = "mean"
    """Whether all words count alike, or each by a weight that it is learned to have."""


SequenceEncoder = Annotated[
    MeanEncoder
    | LastEncoder
    | Cnn
    | Gru
    | DinEncoder
    | DienEncoder
    | SequenceTransformer,
    Field(discriminator="kind"),
]
TextEncoder = Annotated[
    BagEncoder | Cnn | TextGru | Transformer | Pretrained, Field(discriminator="kind")
]
Encoder = (
    MeanEncoder
    | LastEncoder
    | DinEncoder
    | DienEncoder
    | BagEncoder
    | Cnn
    | Gru
    | Transformer
)
"""What any field of embedded ids may have; texts and histories share the last."""


def needs_candidate(encoder: Encoder | Pretrained) -> bool:
    """Whether a history has another vector for every candidate."""
    match encoder:
        case DinEncoder() | DienEncoder() | SequenceTransformer(sees="candidate"):
            return True
        case _:
            return False
