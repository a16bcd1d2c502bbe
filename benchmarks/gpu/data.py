"""Exposures as they come from the host: skewed ids of 20 fields, labels of a funnel."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

FIELDS = 20
WIDTH = 16
TASKS = ("click", "add_to_cart", "purchase")
NUM_EXPERTS = 8
EXPERT_UNITS = 16
TOWER_UNITS = 8


@dataclass(frozen=True)
class Timing:
    """Repeated steps.

    Attributes:
        seconds: Of a step, one entry for each repetition.
        cpu_seconds: Of all threads, in the same repetitions.
    """

    seconds: list[float]
    cpu_seconds: list[float]

    @property
    def median(self) -> float:
        return float(np.median(self.seconds))

    @property
    def cpu_median(self) -> float:
        return float(np.median(self.cpu_seconds))


def timed(run: Callable[[], None], repetitions: int, steps: int = 1) -> Timing:
    """Times what runs `steps` steps and waits for the device."""
    seconds, cpu_seconds = [], []
    for _ in range(repetitions):
        started, cpu_started = time.perf_counter(), time.process_time()
        run()
        seconds.append((time.perf_counter() - started) / steps)
        cpu_seconds.append((time.process_time() - cpu_started) / steps)
    return Timing(seconds, cpu_seconds)


def rows_of_a_field(table_rows: int) -> int:
    """Every field has an equal block of the table."""
    return table_rows // FIELDS


def exposures(
    num_exposures: int, table_rows: int, seed: int = 0
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Ids within each field, `(exposures, fields)` int32 from 1 on, and labels.

    A quarter of the ids of a field makes up seven tenths of the exposures: popular ids
    repeat in every batch, and the others are spread over the whole table.
    """
    random = np.random.default_rng(seed)
    known = rows_of_a_field(table_rows) - 1
    skewed = random.random((num_exposures, FIELDS)) ** 4
    ids = 1 + (known * skewed).astype(np.int32)
    labels, happened = {}, np.ones((num_exposures, 1), bool)
    for task in TASKS:
        happened = happened & (random.random((num_exposures, 1)) < 0.3)
        labels[task] = happened.astype(np.float32)
    return ids, labels


def distinct_rows(ids: np.ndarray) -> int:
    """Rows of the table that a batch touches."""
    return sum(len(np.unique(column)) for column in ids.T)
