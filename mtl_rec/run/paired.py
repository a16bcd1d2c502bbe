"""Runs with the same test rows, metric by metric; loads no framework."""

from collections.abc import Sequence

from mtl_rec.evaluation.differences import Differences, estimates_of, paired_differences
from mtl_rec.evaluation.stored_predictions import StoredPredictions, read_predictions
from mtl_rec.run.entry import RunEntry
from mtl_rec.run.folder import RunFolder


def differences_from_first(runs: Sequence[RunEntry]) -> list[Differences | None]:
    """How far each run after the first is from it, over the same draws of users.

    Args:
        runs: Those that are compared.

    Returns:
        For each run after the first; None where it or the first has no predictions of
        its test split, or they are of other rows.

    Raises:
        ArtifactError: A file is damaged.
    """
    first, *others = map(_stored, runs)
    if first is None:
        return [None] * len(others)
    pairs = [
        other if other is not None and first.has_rows_of(other) else None
        for other in others
    ]
    own = estimates_of(first) if any(pairs) else {}
    return [pair and paired_differences(own, estimates_of(pair)) for pair in pairs]


def _stored(run: RunEntry) -> StoredPredictions | None:
    folder = RunFolder(run.path)
    if not folder.predictions_path.is_file():
        return None
    return read_predictions(folder.predictions_path, folder.config().tasks)
