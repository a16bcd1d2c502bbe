"""What a baseline leaves: predictions, and how it was fitted."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Baseline:
    """One kind of baseline, fitted for every output of a funnel.

    Attributes:
        predictions: By name of the output, `(rows,)` float32.
        chosen: By name of the output, the settings that were best on the validation
            rows, as JSON knows them.
    """

    predictions: dict[str, np.ndarray]
    chosen: dict[str, dict[str, str | float | None]]
