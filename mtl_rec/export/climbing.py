"""The rungs of a ladder of checks, climbed in order."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from mtl_rec.export.answers import check_answers
from mtl_rec.export.proofs import Proofs
from mtl_rec.export.rungs.rung_protocol import Arrays

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


def climb(
    version_directory: Path,
    proofs: Proofs,
    rungs: Sequence[Rung],
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
