"""What sampled negatives change: the odds of the event that they lack."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mtl_rec.config.sampling import IS_SAMPLED, LOG_SAMPLING_RATE, first_event
from mtl_rec.config.tasks import Task
from mtl_rec.errors import SchemaError


@dataclass(frozen=True)
class SamplingCorrection:
    """From the log-odds of sampled rows to those of the rows they were sampled from.

    With s the rate at which negatives like a row's were drawn, the odds of the first
    event are 1/s times too high in the data. Its logit z is served as `z + c` and
    trained as `z + c - log s`, with c the mean of log s.

    Attributes:
        mean_log_rate: c, over the training rows.
        varies: Whether s differs from row to row, so that the model has an input for
            `c - log s`.
    """

    mean_log_rate: float
    varies: bool


def sampling_weights(table: pa.Table) -> np.ndarray:
    """How many rows each canonical row stands for, `(rows,)` float64."""
    per_sampled = np.exp(-table[LOG_SAMPLING_RATE].to_numpy())
    return np.where(table[IS_SAMPLED].to_numpy(), per_sampled, 1.0)


def require_first_event(tasks: Sequence[Task]) -> Task:
    """The event that sampled negatives lack.

    Raises:
        SchemaError: It is not the only task without a parent.
    """
    event = first_event(tasks)
    if event is None:
        raise SchemaError(
            "Rows with sampled negatives need exactly one task without `after`, and "
            "that an event: only the odds of what all negatives lack can be put right. "
            f"Received: {[task.name for task in tasks if task.after is None]}. Let the "
            "others follow it, or predict them in a run on data without sampling."
        )
    return event
