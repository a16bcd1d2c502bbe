"""The drift and leakage report of a data set, before it is drawn."""

import math
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any

from mtl_rec.data.report.feature_shifts import FeatureShift
from mtl_rec.data.report.findings import Finding, all_findings
from mtl_rec.data.report.label_shifts import LabelShift
from mtl_rec.data.report.rates import Rate
from mtl_rec.data.report.screening import Ranking


@dataclass(frozen=True)
class PartRows:
    """A part of the data.

    Attributes:
        name: `train`, `validation` or `test`.
        rows: Rows, sampled ones included.
        sampled: Sampled negatives among them.
        rates: Of each output's label.
    """

    name: str
    rows: int
    sampled: int
    rates: dict[str, Rate]


@dataclass(frozen=True)
class DayRows:
    """A day, or a stretch of the numbers that the data is split by.

    Attributes:
        name: Its date, or the number it starts with.
        exposures: Rows that are not sampled.
        sampled: Sampled negatives.
        new_items: Share of the exposures whose item no earlier day had.
        rates: Of each output's label.
    """

    name: str
    exposures: int
    sampled: int
    new_items: float | None
    rates: dict[str, Rate]


@dataclass(frozen=True)
class Timeline:
    """The data day by day.

    Attributes:
        column: What it is split by.
        kind: `days`, or `stretches` of numbers.
        zone: Whose midnights divide the days.
        item_feature: Whose values are the items; None without one of side `item`.
        cuts: By part, the position of its first day in `days`.
        days: In order, without gaps.
    """

    column: str
    kind: str
    zone: str
    item_feature: str | None
    cuts: dict[str, int]
    days: tuple[DayRows, ...]


@dataclass(frozen=True)
class Report:
    """What may go wrong with the data, seen before training.

    Attributes:
        parts: Training, validation and test.
        left_out: Rows of no part, as their window crosses a cut.
        values: Outputs that are values rather than events.
        timeline: None where the data is not split by time.
        label_shifts: Of each output.
        feature_shifts: Of each feature, in the order declared.
        rankings: Of each feature, what of it ranks which output how well.
        sample_rows: Rows that features were compared and screened on, by part.
    """

    parts: tuple[PartRows, ...]
    left_out: int
    values: tuple[str, ...]
    timeline: Timeline | None
    label_shifts: tuple[LabelShift, ...]
    feature_shifts: tuple[FeatureShift, ...]
    rankings: tuple[Ranking, ...]
    sample_rows: dict[str, int]

    @property
    def is_sampled(self) -> bool:
        """Whether some rows are sampled negatives."""
        return any(part.sampled for part in self.parts)

    def findings(self) -> list[Finding]:
        """Everything flagged, the worst first."""
        return all_findings(self.rankings, self.label_shifts, self.feature_shifts)

    def about(self) -> dict[str, Any]:
        """As JSON; None where a number is not defined or infinite."""
        findings = [asdict(finding) for finding in self.findings()]
        return {"findings": jsonable(findings), **jsonable(self)}


def jsonable(value: Any) -> Any:
    """Dataclasses as objects; None for what is infinite or not defined."""
    if is_dataclass(value) and not isinstance(value, type):
        return jsonable(asdict(value))
    if isinstance(value, dict):
        return {name: jsonable(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
