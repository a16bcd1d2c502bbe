"""Publishes an exported version: verified, compared with the served one, renamed."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mtl_rec.errors import GateError
from mtl_rec.serving.versions.placing import (
    Checked,
    PublishedVersion,
    publish_checked,
)
from mtl_rec.serving.versions.settling import SETTLE_SECONDS

if TYPE_CHECKING:
    import pyarrow as pa


def publish_version(
    version_directory: Path,
    model_directory: Path,
    *,
    rows: "Iterable[pa.Table] | None" = None,
    label: str | None = None,
    keep: int | None = None,
    thresholds: Mapping[str, float | None] | None = None,
    allow_schema_change: bool = False,
    settle_seconds: float = SETTLE_SECONDS,
) -> PublishedVersion:
    """Copies an exported version to a model's directory as its next version.

    The copy is made under a hidden name, verified there by its own golden rows, held to
    the quality gate and renamed: until then nothing has changed, whatever is raised or
    killed. A version that is in the model's directory already keeps its number, and is
    verified, judged and labelled where it is.

    Args:
        version_directory: What `export_model` or `mtl-rec export` wrote.
        model_directory: Holds the versions that a server watches; made if missing.
        rows: Labelled rows in chunks, to compare with the served version on. Without
            them no quality is compared.
        label: `stable`, `canary` or another one for the new version. The first other
            label makes the version served so far `stable`.
        keep: How many of the newest versions to keep. Those that a server is told to
            load are never removed.
        thresholds: By name of a `GateThresholds` field, instead of the config's.
        allow_schema_change: Whether inputs and outputs may differ from those served.
        settle_seconds: How long a server gets to load the version before a label
            moves to it.

    Raises:
        ArtifactError: There is no such version, or an argument is wrong.
        SchemaError: The rows contradict a version's schema.
        VerificationError: The version failed its proof.
        GateError: It is not good enough.
    """

    def check(folder: Path, served: tuple[int, Path] | None) -> Checked:
        from mtl_rec.serving.versions.checking import check_version

        checked = check_version(
            folder, served, rows, thresholds or {}, allow_schema_change
        )
        if checked.gate.problems:
            reason = f"{'; '.join(checked.gate.problems)}."
            if checked.gate.changes and not allow_schema_change:
                reason += (
                    " Requests to the served version would fail, or get something "
                    "else. If all clients are ready for it, allow the change of the "
                    "schema (--allow-schema-change)."
                )
            raise GateError(reason, checked.gate)
        return checked

    return publish_checked(
        version_directory,
        model_directory,
        check,
        label=label,
        keep=keep,
        settle_seconds=settle_seconds,
    )
