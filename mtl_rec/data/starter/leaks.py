"""Columns that know the answer: what is known only after the event."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from mtl_rec.config.features import Feature
from mtl_rec.config.tasks import Task
from mtl_rec.data.report.screening import Ranking, screen

CERTAIN = 0.99
"""AUC of a single column from which it is left out."""

LOOKED_AT = 50_000
"""Rows, evenly among all."""

SUSPECT = 0.95
"""AUC from which a comment asks to check it."""


@dataclass(frozen=True)
class Leak:
    """A column that tells a label too well on its own.

    Attributes:
        output: What it tells.
        auc: How well.
        by: What of it tells: the value, or that there is one.
    """

    output: str
    auc: float
    by: str

    @property
    def is_certain(self) -> bool:
        """Whether it is better left out."""
        return self.auc >= CERTAIN

    @property
    def text(self) -> str:
        """What to say of it."""
        by = "being missing" if self.by == "missing" else f"its {self.by}"
        return f"{by} tells {self.output} with AUC {self.auc:.3f}"


def find_leak(feature: Feature, rows: pa.Table, tasks: Sequence[Task]) -> Leak | None:
    """The label that a feature tells best, if it does so too well.

    Args:
        feature: Which.
        rows: Canonical rows.
        tasks: The funnel.
    """
    step = -(-rows.num_rows // LOOKED_AT)
    if step > 1:
        rows = rows.take(pa.array(range(0, rows.num_rows, step)))
    best: Ranking | None = max(
        screen(feature, rows, tasks), key=lambda ranking: ranking.auc, default=None
    )
    if best is None or best.auc < SUSPECT:
        return None
    return Leak(best.output, best.auc, best.by)
