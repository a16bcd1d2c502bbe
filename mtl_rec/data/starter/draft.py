"""What is to be written: settings, why they are so, and what is left out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Line:
    """One item of a list in the config.

    Attributes:
        settings: Of the item.
        why: The comment behind it; empty where nothing need be said.
        is_active: Whether it is part of the config, or a comment that may become so.
    """

    settings: dict[str, Any]
    why: str = ""
    is_active: bool = True


@dataclass(frozen=True)
class Guess:
    """What a column was taken as."""

    column: str
    taken_as: str
    why: str


@dataclass
class Draft:
    """A config before it is written.

    Attributes:
        source: `data.source`, with a comment for a key where one is needed.
        split: `data.split`.
        features: By side, in the order in which they are written.
        tasks: The funnel.
        model: The architecture's settings.
        training: Settings that are not the defaults.
        left_out: Columns that are no features, and why.
        leaks: By column that is left out as it knows an answer, the output it tells.
        guesses: What each column was taken as.
        notes: What to check before all else.
        comments: By key of the source or the split, why it is so.
    """

    source: dict[str, Any] = field(default_factory=dict)
    split: dict[str, Any] = field(default_factory=dict)
    features: list[Line] = field(default_factory=list)
    tasks: list[Line] = field(default_factory=list)
    model: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    leaks: dict[str, str] = field(default_factory=dict)
    guesses: list[Guess] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    comments: dict[str, str] = field(default_factory=dict)

    def settings(self, name: str) -> dict[str, Any]:
        """All of it as plain values, as a config holds them."""
        active = [line.settings for line in self.features if line.is_active]
        settings = {
            "name": name,
            "data": {"source": self.source, "split": self.split},
            "features": active,
            "tasks": [line.settings for line in self.tasks if line.is_active],
            "model": self.model,
        }
        return {**settings, "training": self.training} if self.training else settings

    def leave_out(self, column: str, why: str) -> None:
        """Notes a column that is no feature."""
        self.left_out[column] = why
        self.guesses.append(Guess(column, "left out", why))


def listed(names: Sequence[str], most: int = 5) -> str:
    """A few names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
