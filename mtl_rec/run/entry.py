"""One run in a list of runs."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from mtl_rec.config.checks import mode_of

State = Literal["running", "finished", "interrupted"]
Mode = Literal["max", "min"]

STARTED = "%Y%m%d-%H%M%S"
"""How a run's folder says when the run began."""


class Headline(NamedTuple):
    """One figure for a column of a table.

    Attributes:
        metric: Its name; empty where the column has it.
        value: None where there is none yet.
        mode: Which values are better.
    """

    metric: str
    value: float | None
    mode: Mode


@dataclass(frozen=True)
class RunEntry:
    """One run.

    Attributes:
        path: Its folder.
        config: The resolved config, as plain values.
        state: Whether it is running, came to its end, or stopped before.
        stage: What a run that did not finish was doing.
        history: Losses and validation metrics of every epoch so far.
        metrics: On the test split, by output; none before the end.
        data: Rows and fingerprint of each split.
        version: The newest version that was exported of it.
    """

    path: Path
    config: Mapping[str, Any]
    state: State
    stage: str
    history: list[dict[str, float]]
    metrics: Mapping[str, Mapping[str, float | None]]
    data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    version: Path | None = None

    @property
    def name(self) -> str:
        """The name that the config gives it."""
        return str(self.config.get("name", self.path.parent.name))

    @property
    def label(self) -> str:
        """What tells it from other runs: `<name>/<time>`."""
        return f"{self.name}/{self.path.name}"

    @property
    def started(self) -> datetime | None:
        """When it began, in local time; None where the folder has another name."""
        try:
            return datetime.strptime(self.path.name[: len("20260101-120000")], STARTED)
        except ValueError:
            return None

    @property
    def training(self) -> Mapping[str, Any]:
        """The config's section."""
        return self.config.get("training") or {}

    @property
    def epochs(self) -> tuple[int, int | None]:
        """Epochs that were trained, and those it may train at most."""
        return len(self.history), self.training.get("epochs")

    @property
    def architecture(self) -> str:
        """The kind of model."""
        model = self.config.get("model") or {}
        return str((model.get("architecture") or {}).get("kind", ""))

    @property
    def backend(self) -> str:
        """What it was trained with."""
        return str(self.training.get("backend") or "tensorflow")

    @property
    def metric(self) -> str:
        """The validation metric that says which epoch is kept."""
        return str((self.training.get("early_stopping") or {}).get("metric", ""))

    @property
    def mode(self) -> Mode:
        """Which values of that metric are better."""
        return mode_of(self.metric)

    @property
    def best(self) -> float | None:
        """That metric's value in the epoch that is kept."""
        values = [epoch.get(self.metric, math.nan) for epoch in self.history]
        better = max if self.mode == "max" else min
        return better(filter(math.isfinite, values), default=None)

    @property
    def headlines(self) -> dict[str, Headline]:
        """What a table of runs tells of the test split, by task."""
        names = [str(task.get("name")) for task in self.config["tasks"]]
        return {name: self._of_task(name) for name in names}

    def headline(self, column: str) -> Headline:
        """One of them; without a value where the run has no such column."""
        return self.headlines.get(column, Headline("", None, "min"))

    def _of_task(self, task: str) -> Headline:
        metrics = self.metrics.get(task, {})
        if "auc" in metrics:
            return Headline("auc", metrics["auc"], "max")
        return Headline("rmse", metrics.get("rmse"), "min")
