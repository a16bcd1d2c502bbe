"""What is learned of one numeric feature."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NumberStatistics:
    """What the training split says of one numeric feature.

    Attributes:
        mean: After the transform.
        standard_deviation: After the transform; 1 where all values are equal.
        boundaries: Between buckets, ascending; of `quantiles` only.
    """

    mean: float = 0.0
    standard_deviation: float = 1.0
    boundaries: tuple[float, ...] = ()
