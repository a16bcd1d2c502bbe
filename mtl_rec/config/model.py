"""The model: embedding width and the multi-task architecture."""

from typing import Annotated, Literal

from pydantic import Field

from mtl_rec.config.base import Count, Rate, Section
from mtl_rec.config.interactions import SIDE_PRODUCTS, Interactions

Units = tuple[Count, ...]


class SharedBottom(Section):
    """One body for all tasks, then a tower for each."""

    kind: Literal["shared_bottom"]
    bottom_units: Units = (128, 64)
    """Widths of the shared body's layers."""
    tower_units: Units = Field((32,), min_length=1)
    """Widths of every task tower's layers."""
    dropout: Rate = 0.0
    """Share of hidden units dropped in training, in bottom and towers."""


class MMoE(Section):
    """Experts shared by all tasks, mixed by a gate for each."""

    kind: Literal["mmoe"]
    num_experts: int = Field(4, ge=2)
    """Bodies that every task can mix."""
    expert_units: Units = Field((64,), min_length=1)
    """Widths of every expert's layers."""
    tower_units: Units = Field((32,), min_length=1)
    """Widths of every task tower's layers."""
    dropout: Rate = 0.0
    """Share of hidden units dropped in training, in experts and towers."""


class SingleTask(Section):
    """A network of its own for each task, embeddings too: nothing is shared."""

    kind: Literal["single_task"]
    bottom_units: Units = (128, 64)
    """Widths of every body's layers."""
    tower_units: Units = Field((32,), min_length=1)
    """Widths of the layers above every body."""
    dropout: Rate = 0.0
    """Share of hidden units dropped in training, in bodies and towers."""


Architecture = Annotated[SharedBottom | MMoE | SingleTask, Field(discriminator="kind")]


class Model(Section):
    """What stands between the encoded fields and the probabilities."""

    architecture: Architecture
    """How the tasks share what they learn."""
    interactions: Interactions = SIDE_PRODUCTS
    """What becomes of the embedded fields before the architecture sees them. Numbers
    take no part: `transform: quantiles` embeds them."""
    embedding_dim: Count = 16
    """Width of embeddings whose feature does not state its own."""
