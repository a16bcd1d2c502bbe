"""What a warm start took, for people and for the run's folder."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class PartReport:
    """One part of the model, or of the source where the model has it no more.

    Attributes:
        kind: Embedding, first layer, body, gate, tower or head.
        name: Of the vocabulary, field, layer or task.
        taken: Numbers that are the source's.
        new: Numbers that keep their random start.
        left_behind: Numbers of the source that were not taken.
        why: What made numbers new or left them behind, or changed those taken.
    """

    kind: str
    name: str
    taken: int
    new: int
    left_behind: int
    why: str


@dataclass(frozen=True)
class WarmStartReport:
    """What a model took from the run that it starts from.

    Attributes:
        source: Folder of that run.
        parts: In the order of the model, then what only the source has.
    """

    source: str
    parts: tuple[PartReport, ...]

    @property
    def taken(self) -> int:
        """Numbers taken, of the whole model."""
        return sum(part.taken for part in self.parts)

    @property
    def new(self) -> int:
        """Numbers that keep their random start, of the whole model."""
        return sum(part.new for part in self.parts)

    @property
    def left_behind(self) -> int:
        """Numbers of the source that were not taken."""
        return sum(part.left_behind for part in self.parts)

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads back."""
        return {
            "source": self.source,
            "taken": self.taken,
            "new": self.new,
            "left_behind": self.left_behind,
            "parts": [asdict(part) for part in self.parts],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "WarmStartReport":
        """The report that `to_json` wrote."""
        parts = tuple(PartReport(**part) for part in values["parts"])
        return cls(values["source"], parts)
