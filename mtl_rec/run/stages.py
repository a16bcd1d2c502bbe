"""What a run tells whoever watches it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from mtl_rec.data.events.progress import Progress, unseen

Stage = Callable[[str], AbstractContextManager[Progress]]
"""Tells the user what begins and ends; what it yields is told how far it is."""


@contextmanager
def quiet(text: str) -> Iterator[Progress]:
    """A stage that nobody watches."""
    yield unseen
