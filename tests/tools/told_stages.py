"""A stage that remembers what it was told."""

from collections.abc import Iterator
from contextlib import contextmanager

from mtl_rec.data.events.progress import Progress, unseen
from mtl_rec.run.stages import Stage


def telling(told: list[str]) -> Stage:
    """A stage that adds what begins to a list."""

    @contextmanager
    def stage(text: str) -> Iterator[Progress]:
        told.append(text)
        yield unseen

    return stage
