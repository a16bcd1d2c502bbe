"""`manifest.json` of a version: what it is, and how to check that it still is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

from mtl_rec import __version__
from mtl_rec.errors import ArtifactError
from mtl_rec.export.golden_rows import golden_rows, proofs_from
from mtl_rec.export.proofs import Proofs, SignatureProof
from mtl_rec.export.stored_weights import weights_sha256
from mtl_rec.whole_files import written_whole

MANIFEST_FILE = "assets.extra/manifest.json"

_FORMAT = 1


@dataclass(frozen=True)
class ModelFacts:
    """What a manifest says that can't be read from the version itself.

    Args:
        name: The model's.
        tasks: Their names, parents first.
        schema: Features and funnel.
        config: The run's, resolved.
        data: By split, its rows and fingerprint.
        metrics: By output.
    """

    name: str
    tasks: Sequence[str]
    schema: Mapping[str, Any]
    config: Mapping[str, Any] | None = None
    data: Mapping[str, Any] | None = None
    metrics: Mapping[str, Any] | None = None


def write_manifest(
    version_directory: Path,
    facts: ModelFacts,
    proofs: Proofs,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Writes the manifest of a version whose weights are written.

    It names the TensorFlow at hand as the one that the version is verified on, so a
    version that then fails must not be published.

    Args:
        version_directory: The SavedModel.
        facts: About its model.
        proofs: The first rows of each are kept as golden rows.
        more: What only models of its kind have to say, by name.

    Raises:
        ArtifactError: The weights can't be read.
    """
    tensorflow = installed_version("tensorflow")
    manifest = {
        "format": _FORMAT,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "mtl_rec": __version__,
        "tensorflow": tensorflow,
        "keras": installed_version("keras"),
        "verified_on": [tensorflow],
        **asdict(facts),
        **(more or {}),
        "weights_sha256": weights_sha256(version_directory),
        "golden": golden_rows(proofs),
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False)
    path = version_directory / MANIFEST_FILE
    path.parent.mkdir(exist_ok=True)
    with written_whole(path) as unfinished:
        unfinished.write_text(f"{text}\n", encoding="utf-8")


def read_manifest(version_directory: Path) -> dict[str, Any]:
    """What `write_manifest` wrote.

    Raises:
        ArtifactError: The manifest is missing, damaged, or of a later format.
    """
    path = version_directory / MANIFEST_FILE
    try:
        manifest = json.loads(path.read_bytes())
    except OSError as error:
        raise ArtifactError(
            f"'{path}' can't be read: {error.strerror}. A version is "
            "`<model>/<number>/`, written by `mtl-rec export` or `mtl-rec train`."
        ) from error
    except ValueError as error:
        raise ArtifactError(f"'{path}' is damaged: {error}.") from error
    found = manifest.get("format") if isinstance(manifest, dict) else None
    if found != _FORMAT:
        raise ArtifactError(
            f"'{path}' must have format {_FORMAT}. Received: {found!r}. Another "
            "release of mtl-rec may have written it."
        )
    return manifest


def known_of(version_directory: Path) -> dict[str, Any]:
    """The manifest; empty for a version of an earlier release, or of another tool."""
    try:
        return read_manifest(version_directory)
    except ArtifactError:
        return {}


def golden_proofs(version_directory: Path) -> dict[str, SignatureProof]:
    """The proofs that a version carries, so that it can be verified by itself.

    Raises:
        ArtifactError: The manifest is missing or damaged.
    """
    return proofs_from(read_manifest(version_directory).get("golden", {}))
