"""Metrics as a file of a run."""

import json
from pathlib import Path

from mtl_rec.errors import ArtifactError
from mtl_rec.whole_files import written_whole

Metrics = dict[str, dict[str, float | int | None]]
"""By output, then by metric; None where a metric is not defined."""


def write_metrics(path: Path, metrics: Metrics) -> None:
    """Writes JSON that is either all there or not there at all.

    Args:
        path: File to write or replace, in a folder that exists.
        metrics: As `evaluate_predictions` returns them.
    """
    text = json.dumps(metrics, indent=2, allow_nan=False) + "\n"
    with written_whole(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def read_metrics(path: Path) -> Metrics:
    """The metrics that `write_metrics` wrote.

    Raises:
        ArtifactError: The file is missing or damaged.
    """
    try:
        metrics = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ArtifactError(f"There are no metrics at '{path}'.") from error
    except ValueError as error:
        raise ArtifactError(f"'{path}' is not valid JSON: {error}.") from error
    if not _is_metrics(metrics):
        raise ArtifactError(f"'{path}' must hold metrics by output. It holds others.")
    return metrics


def _is_metrics(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(v, dict) for v in value.values())
