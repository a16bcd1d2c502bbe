"""What a contender's process does: load, warm up, then train when it is told to.

It answers each line on standard input with one line of JSON: the first, unasked, says
that it is warm; `run <epochs>` trains and says what that cost. What libraries print
goes to standard error. CPU-seconds are user and system time of all threads, and of
children that have ended, as loaders' workers have after an epoch.
"""

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

SCORED_ROWS = 4096


@dataclass(frozen=True)
class Rows:
    """The encoded rows, the same for every contender.

    Attributes:
        folder: Where they were read from.
        ids: `(rows, fields)` int32; each field counts from 0.
        numbers: `(rows, numbers)` float32.
        labels: `(rows, tasks)` float32.
        num_ids: By name of the field, in the order of the columns.
        number_names: In the order of the columns.
        task_names: In the order of the columns.
    """

    folder: Path
    ids: np.ndarray
    numbers: np.ndarray
    labels: np.ndarray
    num_ids: Mapping[str, int]
    number_names: Sequence[str]
    task_names: Sequence[str]

    @classmethod
    def load(cls, folder: Path) -> "Rows":
        """Reads what `census.write_rows` wrote."""
        arrays = np.load(folder / "rows.npz")
        about = json.loads((folder / "about.json").read_text())
        return cls(folder, arrays["ids"], arrays["numbers"], arrays["labels"], **about)

    def columns(self) -> dict[str, np.ndarray]:
        """Every field and number by name, `(rows,)`, as a frame would hold them."""
        ids = dict(zip(self.num_ids, self.ids.T.astype(np.int64), strict=True))
        numbers = dict(zip(self.number_names, self.numbers.T, strict=True))
        everything = {**ids, **numbers}
        return {name: np.ascontiguousarray(c) for name, c in everything.items()}


@dataclass(frozen=True)
class Trainer:
    """A model that is ready to be trained.

    Attributes:
        num_parameters: Trainable numbers.
        train: Takes epochs; returns the rows it has trained on.
        probabilities: `(rows, tasks)` of the first so many rows.
    """

    num_parameters: int
    train: Callable[[int], int]
    probabilities: Callable[[int], np.ndarray]


def serve(
    make: Callable[[Rows, SimpleNamespace, str, str | None], Trainer],
    packages: Sequence[str],
) -> None:
    """Runs a contender until standard input ends.

    Args:
        make: Builds it of rows, case, variant and the folder of its source.
        packages: Whose versions to tell.
    """
    parser = argparse.ArgumentParser()
    for name in ("rows", "case", "variant"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--source")
    options = parser.parse_args()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(**values: Any) -> None:
        answers.write(json.dumps(values) + "\n")
        answers.flush()

    started = time.perf_counter()
    rows = Rows.load(Path(options.rows))
    case = SimpleNamespace(**json.loads(options.case))
    trainer = make(rows, case, options.variant, options.source)
    trainer.train(1)
    loss = _loss(trainer, rows)
    answer(
        num_parameters=trainer.num_parameters,
        seconds_to_warm=time.perf_counter() - started,
        loss=loss,
        versions={package: version(package) for package in packages},
    )
    for line in sys.stdin:
        epochs = int(line.removeprefix("run "))
        wall, cpu = time.perf_counter(), _cpu_seconds()
        num_rows = trainer.train(epochs)
        cpu, wall = _cpu_seconds() - cpu, time.perf_counter() - wall
        answer(rows=num_rows, wall=wall, cpu=cpu, loss=_loss(trainer, rows))


def _cpu_seconds() -> float:
    usages = [
        resource.getrusage(resource.RUSAGE_SELF),
        resource.getrusage(resource.RUSAGE_CHILDREN),
    ]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _loss(trainer: Trainer, rows: Rows) -> float:
    """Mean binary cross-entropy of all tasks on rows that were trained on."""
    count = min(SCORED_ROWS, len(rows.labels))
    p = np.clip(trainer.probabilities(count), 1e-7, 1 - 1e-7)
    labels = rows.labels[:count]
    return float(-np.mean(labels * np.log(p) + (1 - labels) * np.log1p(-p)))
