"""How long work tells how far it is."""

from typing import Protocol


class Progress(Protocol):
    """Called now and then while something is being made."""

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """Takes in where the work stands.

        Args:
            what: The step that is being worked on.
            done: How much of it is done: events, files, or groups of users.
            total: How much there is, if that is known.
        """
        ...


def unseen(what: str, done: int, total: int | None) -> None:
    """Shows nothing."""
