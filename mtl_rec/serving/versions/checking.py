"""Everything that a version must pass before it is published."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa

from mtl_rec.export.manifest import read_manifest
from mtl_rec.export.verification import climb_by_itself
from mtl_rec.serving.versions.gate import compare
from mtl_rec.serving.versions.placing import Checked
from mtl_rec.serving.versions.thresholds import thresholds_of


def check_version(
    folder: Path,
    served: tuple[int, Path] | None,
    rows: Iterable[pa.Table] | None,
    overrides: Mapping[str, float | None],
    allow_schema_change: bool,
) -> Checked:
    """Verifies a version by its golden rows, and compares it with the served one.

    Args:
        folder: The version.
        served: Number and directory of the version that users get; None without one.
        rows: Labelled rows in chunks; None compares no quality.
        overrides: Thresholds by name, instead of those of the version's config.
        allow_schema_change: Whether inputs and outputs may differ.

    Raises:
        VerificationError: It failed its proof.
    """
    rungs = list(climb_by_itself(folder))
    thresholds = thresholds_of(read_manifest(folder), overrides)
    report = compare(
        folder, served, rows, thresholds, allow_schema_change=allow_schema_change
    )
    return Checked(rungs, report)
