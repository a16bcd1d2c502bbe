"""Proves a version before it is published: each rung catches what those before miss."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from mtl_rec.errors import ArtifactError, VerificationError
from mtl_rec.export.c_library import C_LIBRARY, ask_c_library
from mtl_rec.export.checksums import find_file_problem
from mtl_rec.export.climbing import TOLERANCE, Rung, RungResult, climb
from mtl_rec.export.manifest import golden_proofs
from mtl_rec.export.proofs import Proofs
from mtl_rec.export.requests import arrays_of
from mtl_rec.export.rungs.clean_process import answers_of
from mtl_rec.export.rungs.rung_protocol import Arrays
from mtl_rec.export.structure import STRUCTURE, check_structure, read_meta_graph
from mtl_rec.export.text_operations import text_libraries
from mtl_rec.export.warm_up import WARM_UP, warm_up_requests

FILES = "files"
SESSION_LOADER = "session_loader"


def _climb_files(version_directory: Path, _: Proofs) -> Sequence[Arrays]:
    problem = find_file_problem(version_directory)
    if problem:
        raise VerificationError(FILES, problem)
    return ()


def _climb_structure(version_directory: Path, proofs: Proofs) -> Sequence[Arrays]:
    check_structure(version_directory, proofs)
    return ()


def _climb_session_loader(version_directory: Path, proofs: Proofs) -> Sequence[Arrays]:
    try:
        graph_def = read_meta_graph(version_directory).graph_def
        libraries = text_libraries(graph_def)
    except ArtifactError as error:
        raise VerificationError(SESSION_LOADER, str(error)) from error
    arguments = SESSION_LOADER, version_directory, arrays_of(proofs), *libraries
    return [answers_of(*arguments, rung=SESSION_LOADER)]


def _climb_c_library(version_directory: Path, proofs: Proofs) -> Sequence[Arrays]:
    return [ask_c_library(C_LIBRARY, version_directory, arrays_of(proofs))]


def _climb_warm_up(version_directory: Path, _: Proofs) -> Sequence[Arrays]:
    ask_c_library(WARM_UP, version_directory, warm_up_requests(version_directory))
    return ()


GRAPH_RUNGS = (
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
        is_apart=True,
    ),
    Rung(
        C_LIBRARY,
        "the server's own library, without Python or XLA, answers as expected",
        _climb_c_library,
        is_apart=True,
    ),
)
"""Of a SavedModel alone."""

RUNGS = (
    Rung(FILES, "every file is there and as it was written", _climb_files),
    *GRAPH_RUNGS,
    Rung(
        WARM_UP,
        "the requests that a server replays at load run, some of every signature",
        _climb_warm_up,
        is_apart=True,
    ),
)
"""Of a version."""


def climb_by_itself(
    version_directory: Path, more_rungs: Sequence[Rung] = ()
) -> Iterator[RungResult]:
    """Verifies a version with nothing but itself, against its own golden rows.

    Args:
        version_directory: A version that was exported.
        more_rungs: After those of every version.

    Raises:
        VerificationError: With the rung that failed and what it saw.
    """
    files, *rungs = RUNGS
    yield from climb(version_directory, {}, [files])
    try:
        proofs = golden_proofs(version_directory)
    except ArtifactError as error:
        raise VerificationError(FILES, str(error)) from error
    yield from climb(version_directory, proofs, [*rungs, *more_rungs])


def verify_signatures(
    version_directory: Path,
    proofs: Proofs,
    *,
    tolerance: float = TOLERANCE,
    rungs: Sequence[Rung] = RUNGS,
) -> list[RungResult]:
    """Climbs the rungs in order and stops at the first that fails, as `climb` does."""
    return list(climb(version_directory, proofs, rungs, tolerance))
