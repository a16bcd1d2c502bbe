"""How many values of a split say nothing to a model."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ValueCounts:
    """Of one feature in rows that were encoded.

    Attributes:
        rows: Rows.
        missing: Those without a value: NaN, infinity, "", no element, no word.
        values: Values that were looked up in a vocabulary; 0 where none is learned.
        unknown: Those of them that it does not have.
    """

    rows: int
    missing: int
    values: int = 0
    unknown: int = 0

    def __add__(self, other: "ValueCounts") -> "ValueCounts":
        return ValueCounts(
            self.rows + other.rows,
            self.missing + other.missing,
            self.values + other.values,
            self.unknown + other.unknown,
        )

    @property
    def missing_share(self) -> float:
        """Of the rows."""
        return self.missing / max(1, self.rows)

    @property
    def unknown_share(self) -> float | None:
        """Of the values; None where no vocabulary is learned, or there are none."""
        return self.unknown / self.values if self.values else None


FeatureCounts = Mapping[str, ValueCounts]
"""By feature."""


def summed(parts: Iterable[FeatureCounts]) -> FeatureCounts:
    """Counts of all parts together."""
    total: dict[str, ValueCounts] = {}
    for part in parts:
        for name, counts in part.items():
            total[name] = total[name] + counts if name in total else counts
    return total
