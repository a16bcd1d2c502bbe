"""Rungs that run a version in the C library of earlier TensorFlow releases."""

from collections.abc import Sequence
from pathlib import Path

from mtl_rec.export.c_library import ask_c_library
from mtl_rec.export.climbing import Rung
from mtl_rec.export.earlier_releases import earlier_releases, libraries_of
from mtl_rec.export.proofs import Proofs
from mtl_rec.export.requests import arrays_of
from mtl_rec.export.rungs.rung_protocol import Arrays


def earlier_rungs() -> list[Rung]:
    """One for each of the minor releases before the installed one, newest first."""
    return [_rung(release) for release in earlier_releases()]


def _rung(release: str) -> Rung:
    name = f"TensorFlow {release}"

    def climb(version_directory: Path, proofs: Proofs) -> Sequence[Arrays]:
        libraries = libraries_of(release)
        return [ask_c_library(name, version_directory, arrays_of(proofs), libraries)]

    return Rung(
        name, f"the library of a {release} server answers as expected", climb, True
    )
