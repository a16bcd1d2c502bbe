"""The funnel: which event follows which, and what the model therefore outputs."""

from collections.abc import Iterator
from dataclasses import dataclass

from mtl_rec.config.tasks import Task


@dataclass(frozen=True)
class FunnelOutput:
    """One served number.

    Attributes:
        task: The event or value.
        given: The earlier event it is conditioned on; None is the exposure itself.
    """

    task: str
    given: str | None = None

    @property
    def name(self) -> str:
        """`purchase`, or `purchase_given_click`."""
        return f"{self.task}_given_{self.given}" if self.given else self.task


@dataclass(frozen=True)
class Funnel:
    """A forest of tasks, parents before children.

    The root of every tree is the exposure: a task without a parent can happen on any
    of them, and the others only where their parent happened.
    """

    tasks: tuple[Task, ...]

    def __iter__(self) -> Iterator[Task]:
        return iter(self.tasks)

    def __len__(self) -> int:
        return len(self.tasks)

    @property
    def names(self) -> tuple[str, ...]:
        """Task names in the order declared."""
        return tuple(task.name for task in self.tasks)

    def task(self, name: str) -> Task:
        """The task of this name."""
        return self.tasks[self.names.index(name)]

    def path(self, name: str) -> tuple[str, ...]:
        """The tasks from the root down to and including `name`."""
        parent = self.task(name).after
        return (*self.path(parent), name) if parent else (name,)

    def outputs(self) -> list[FunnelOutput]:
        """Every task given the exposure, then given each of its ancestors."""
        joint = [FunnelOutput(task.name) for task in self.tasks]
        conditional = [
            FunnelOutput(task.name, ancestor)
            for task in self.tasks
            for ancestor in self.path(task.name)[:-1]
        ]
        return joint + conditional
