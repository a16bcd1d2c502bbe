"""Proves a version before it is published: each rung catches what those before miss."""

from __future__ import annotations

import importlib.util
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mtl_rec.errors import VerificationError
from mtl_rec.export.proofs import Proofs, SignatureProof, check_answers, rows_of
from mtl_rec.export.rungs.clean_process import answers_of
from mtl_rec.export.rungs.rung_protocol import Arrays
from mtl_rec.export.structure import (
    STRUCTURE,
    SignatureType,
    check_structure,
    read_meta_graph,
    tensor_names,
)

if TYPE_CHECKING:
    import tensorflow as tf

SESSION_LOADER = "session_loader"
C_LIBRARY = "c_library"


@dataclass(frozen=True)
class Rung:
    """One check of a version.

    Args:
        name: Its name in errors.
        proves: What holds once it has passed.
        climb: Returns what the version answered, None if it was not run; raises
            `VerificationError`.
    """

    name: str
    proves: str
    climb: Callable[[Path, Proofs], Arrays | None]


@dataclass(frozen=True)
class RungResult:
    """A rung that was passed.

    Attributes:
        name: The rung.
        proves: What holds now.
        seconds: How long it took.
        max_difference: Largest distance of an answer from its expected value; None if
            the rung runs nothing.
    """

    name: str
    proves: str
    seconds: float
    max_difference: float | None


def verify(
    version_directory: Path,
    inputs: Mapping[str, tf.TensorSpec],
    rows: Arrays,
    expected: Arrays,
    *,
    tolerance: float = 1e-6,
    signature: str = "serving_default",
) -> list[RungResult]:
    """Proves a version that has one signature, as `verify_signatures` does.

    Args:
        version_directory: The SavedModel.
        inputs: Type and shape of every input by name, None for any size.
        rows: Values of every input by name, for two rows or more.
        expected: The answer of every output by name, float32 `(rows,)`.
        tolerance: Largest allowed distance of an answer from its expected value.
        signature: Its name.

    Raises:
        VerificationError: With the rung that failed and what it saw.
    """
    proofs = {signature: SignatureProof(inputs, rows, expected)}
    return verify_signatures(version_directory, proofs, tolerance=tolerance)


def _climb_structure(version_directory: Path, proofs: Proofs) -> None:
    signatures = {
        name: SignatureType(proof.inputs, proof.expected.keys())
        for name, proof in proofs.items()
    }
    check_structure(version_directory, signatures)


def _climb_session_loader(version_directory: Path, proofs: Proofs) -> Arrays:
    return answers_of(SESSION_LOADER, version_directory, rows_of(proofs))


def _climb_c_library(version_directory: Path, proofs: Proofs) -> Arrays:
    package = importlib.util.find_spec("tensorflow")
    if package is None or not package.submodule_search_locations:
        raise VerificationError(C_LIBRARY, "TensorFlow is not installed.")
    names = tensor_names(read_meta_graph(version_directory))
    return answers_of(
        C_LIBRARY,
        version_directory,
        rows_of(proofs),
        package.submodule_search_locations[0],
        standard_input=json.dumps(names),
    )


RUNGS = (
    Rung(
        STRUCTURE,
        "its files are complete, and its signatures, operations and weights are what "
        "a CPU server takes",
        _climb_structure,
    ),
    Rung(
        SESSION_LOADER,
        "TensorFlow without Keras or this package loads it and answers as expected",
        _climb_session_loader,
    ),
    Rung(
        C_LIBRARY,
        "the server's own library, without Python or XLA, answers as expected",
        _climb_c_library,
    ),
)


def verify_signatures(
    version_directory: Path,
    proofs: Proofs,
    *,
    tolerance: float = 1e-6,
    rungs: Sequence[Rung] = RUNGS,
) -> list[RungResult]:
    """Climbs the rungs in order and stops at the first that fails.

    Args:
        version_directory: The SavedModel.
        proofs: The proof of every signature that the version has, by name.
        tolerance: Largest allowed distance of an answer from its expected value.
        rungs: The checks.

    Raises:
        VerificationError: With the rung that failed and what it saw.
    """
    results = []
    for rung in rungs:
        started = time.perf_counter()
        answers = rung.climb(version_directory, proofs)
        difference = None
        if answers is not None:
            difference = check_answers(rung.name, proofs, answers, tolerance)
        seconds = time.perf_counter() - started
        results.append(RungResult(rung.name, rung.proves, seconds, difference))
    return results
