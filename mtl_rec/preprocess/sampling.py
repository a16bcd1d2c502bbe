"""What canonical rows say of how they were sampled."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from mtl_rec.config.sampling import IS_SAMPLED, LOG_SAMPLING_RATE, SAMPLING_COLUMNS
from mtl_rec.config.tasks import Task
from mtl_rec.errors import SchemaError
from mtl_rec.preprocess.learning import Moments
from mtl_rec.schema.rows import says_how_sampled
from mtl_rec.schema.sampling import SamplingCorrection, require_first_event

# Relative to the rates; smaller differences are rounding.
_ROUNDING = 1e-9


@dataclass
class SamplingRates:
    """Running moments of the training rows' sampling rates.

    Args:
        tasks: The funnel, whose first event the sampled rows lack.
    """

    tasks: Sequence[Task]
    _moments: Moments = field(default_factory=Moments, init=False)
    _least: float = field(default=np.inf, init=False)
    _most: float = field(default=-np.inf, init=False)

    def add(self, table: pa.Table) -> None:
        """Adds canonical rows; those that say nothing of sampling add nothing.

        Raises:
            SchemaError: The funnel or the labels are such that no correction is exact.
        """
        if not says_how_sampled(table.column_names):
            return
        log_rates = table[LOG_SAMPLING_RATE].to_numpy()
        _require_exact(table, require_first_event(self.tasks), log_rates)
        self._moments.add(log_rates)
        self._least = min(self._least, log_rates.min(initial=np.inf))
        self._most = max(self._most, log_rates.max(initial=-np.inf))

    def correction(self) -> SamplingCorrection | None:
        """What the model needs; None where no row said how it was sampled."""
        if self._least > self._most:
            return None
        scale = max(1.0, abs(self._least), abs(self._most))
        varies = bool(self._most - self._least > _ROUNDING * scale)
        return SamplingCorrection(self._moments.statistics().mean, varies)


def sampled_alike(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same canonical tables.

    Raises:
        SchemaError: Some say how their rows were sampled, and others do not.
    """
    first = None
    for table in tables:
        says_how = says_how_sampled(table.column_names)
        first = says_how if first is None else first
        if says_how != first:
            raise SchemaError(
                f"All rows must have the columns {list(SAMPLING_COLUMNS)}, or none. "
                "Received: chunks with them and chunks without."
            )
        yield table


def sampling_offsets(table: pa.Table, correction: SamplingCorrection) -> np.ndarray:
    """What training adds to the first event's logit, `(rows, 1)` float32."""
    offsets = correction.mean_log_rate - table[LOG_SAMPLING_RATE].to_numpy()
    return offsets.astype(np.float32)[:, np.newaxis]


def _require_exact(table: pa.Table, event: Task, log_rates: np.ndarray) -> None:
    """Refuses labels with which the odds are not 1/s times those without sampling."""
    happened = table[event.name].to_numpy() > 0
    is_sampled = table[IS_SAMPLED].to_numpy()
    # At a rate of 1, a row stands for itself either way.
    wrong = (is_sampled & happened) | (~is_sampled & ~happened & (log_rates != 0))
    if wrong.any():
        raise SchemaError(
            f"`{IS_SAMPLED}` must be true where `{event.name}` is 0 and false where it "
            f"is 1. Received: otherwise on {np.count_nonzero(wrong)} of {len(table)} "
            f"rows. The odds of `{event.name}` can only be put right if all rows "
            "without it were sampled: let the funnel begin with what they lack."
        )
