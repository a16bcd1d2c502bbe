"""Proves a version before it is published: each rung catches what those before miss."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from mtl_rec.errors import ArtifactError, VerificationError
from mtl_rec.export.answers import check_answers
from mtl_rec.export.c_library import C_LIBRARY, ask_c_library
from mtl_rec.export.checksums import find_file_problem
from mtl_rec.export.manifest import golden_proofs
from mtl_rec.export.proofs import Proofs
from mtl_rec.export.requests import arrays_of
from mtl_rec.export.rungs.clean_process import answers_of
from mtl_rec.export.rungs.rung_protocol import Arrays
from mtl_rec.export.structure import STRUCTURE, check_structure
from mtl_rec.export.warm_up import WARM_UP, warm_up_requests

FILES = "files"
SESSION_LOADER = "session_loader"

TOLERANCE = 1e-6
_RUNGS_AT_ONCE = 2


@dataclass(frozen=True)
class Rung:
    """One check of a version.

    Args:
        name: Its name in errors.
        proves: What holds once it has passed.
        climb: Returns the answers to compare with the proofs, from each way in which
            it asked; raises `VerificationError`.
        is_apart: Whether a process of its own does it, beside those of its neighbours.
    """

    name: str
    proves: str
    climb: Callable[[Path, Proofs], Sequence[Arrays]]
    is_apart: bool = False


@dataclass(frozen=True)
class RungResult:
    """A rung that was passed.

    Attributes:
        name: The rung.
        proves: What holds now.
        seconds: How long it took.
        max_difference: Largest distance of an answer from its expected value; None if
            the rung compares nothing.
    """

    name: str
    proves: str
    seconds: float
    max_difference: float | None


def _climb_files(version_directory: Path, _: Proofs) -> Sequence[Arrays]:
    problem = find_file_problem(version_directory)
    if problem:
        raise VerificationError(FILES, problem)
    return ()


def _climb_structure(version_directory: Path, proofs: Proofs) -> Sequence[Arrays]:
    check_structure(version_directory, proofs)
    return ()


def _climb_session_loader(version_directory: Path, proofs: Proofs) -> Sequence[Arrays]:
    requests = arrays_of(proofs)
    return [
        answers_of(SESSION_LOADER, version_directory, requests, rung=SESSION_LOADER)
    ]


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


def climb(
    version_directory: Path,
    proofs: Proofs,
    rungs: Sequence[Rung] = RUNGS,
    tolerance: float = TOLERANCE,
) -> Iterator[RungResult]:
    """Climbs the rungs, and gives the result of each that is passed, in order.

    Neighbours that run apart are climbed at once; the first failure in order counts.

    Args:
        version_directory: The SavedModel.
        proofs: The proof of every signature that the version has, by name.
        rungs: The checks.
        tolerance: Largest allowed distance of an answer from its expected value.

    Raises:
        VerificationError: With the rung that failed and what it saw.
    """
    arguments = version_directory, proofs, tolerance
    with ThreadPoolExecutor(_RUNGS_AT_ONCE) as pool:
        begun: dict[int, Future[RungResult]] = {}
        try:
            for place, rung in enumerate(rungs):
                if rung.is_apart and place not in begun:
                    rest = range(place, len(rungs))
                    for own in takewhile(lambda other: rungs[other].is_apart, rest):
                        begun[own] = pool.submit(_climb_one, rungs[own], *arguments)
                is_begun = place in begun
                yield (
                    begun[place].result() if is_begun else _climb_one(rung, *arguments)
                )
        finally:
            pool.shutdown(cancel_futures=True)


def _climb_one(
    rung: Rung, version_directory: Path, proofs: Proofs, tolerance: float
) -> RungResult:
    started = time.perf_counter()
    differences = [
        check_answers(rung.name, proofs, answers, tolerance)
        for answers in rung.climb(version_directory, proofs)
    ]
    seconds = time.perf_counter() - started
    largest = max(differences, default=None)
    return RungResult(rung.name, rung.proves, seconds, largest)


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
