"""What the board says of a run beside what it measures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mtl_rec.training.board.summaries import Hyperparameters

Labels = Mapping[str, Mapping[str, Sequence[str]]]
"""By vocabulary, then by column: a text for each known value, the most frequent first.
Where there are fewer texts than values the other values are left out."""


@dataclass(frozen=True)
class BoardNotes:
    """What `board_callbacks` is told of a run.

    Attributes:
        name: Of the run's row among hyper-parameters; its folder where not given.
        hyperparameters: What a run is compared by.
        texts: Pages of Markdown, by title.
        labels: Of the points in the embedding projector; a vocabulary that has none is
            not shown there.
    """

    name: str | None = None
    hyperparameters: Hyperparameters = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    labels: Labels = field(default_factory=dict)
