"""How far the answers of a version are from what its proofs expect."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from mtl_rec.errors import VerificationError
from mtl_rec.export.proofs import Proofs, SignatureProof
from mtl_rec.export.requests import Request, requests_to
from mtl_rec.export.rungs.rung_protocol import Arrays, requests_of


def check_answers(
    rung: str, proofs: Proofs, answers: Arrays, tolerance: float
) -> float:
    """Compares every output of every request with what was expected.

    Args:
        rung: Who answered.
        proofs: With the expected values.
        answers: As `rung_protocol.array_name` names them.
        tolerance: Largest allowed difference, relative for values beyond 1.

    Returns:
        The largest difference of a number; that of NaN is infinite.

    Raises:
        VerificationError: An answer is missing, of another type, or too far off.
    """
    comparisons = []
    for signature, proof in proofs.items():
        answered = requests_of(answers, signature)
        for request in requests_to(proof):
            actual = answered.get(request.name, {})
            try:
                for output, compared in _compare(proof, request, actual):
                    name = f"Output '{output}' of '{signature}'"
                    comparisons.append((name, request.name, compared))
            except _WrongAnswerError as error:
                reason = f"{error.output} of '{signature}' {error}, for {request.name}."
                raise VerificationError(rung, reason) from error
    if not comparisons:
        return 0.0
    name, request_name, worst = max(comparisons, key=lambda item: item[2].largest)
    if not worst.largest <= tolerance:
        reason = f"{name} {worst}, within {tolerance:g}, for {request_name}."
        raise VerificationError(rung, reason)
    return worst.largest


class _WrongAnswerError(ValueError):
    """An output that no tolerance makes right."""

    def __init__(self, output: str, what: str) -> None:
        super().__init__(what)
        self.output = f"Output '{output}'"


@dataclass(frozen=True)
class _Comparison:
    """Numbers beside what was expected."""

    actual: np.ndarray
    expected: np.ndarray

    @property
    def differences(self) -> np.ndarray:
        """Absolute up to 1, relative beyond, where float32 has no finer steps."""
        expected = self.expected.astype(np.float64)
        distance = np.abs(self.actual - expected) / np.maximum(np.abs(expected), 1.0)
        return np.where(np.isnan(distance), np.inf, distance)

    @property
    def largest(self) -> float:
        return float(self.differences.max(initial=0.0))

    def __str__(self) -> str:
        differences = self.differences
        worst = np.unravel_index(np.argmax(differences), differences.shape)
        place = tuple(map(int, worst))
        return (
            f"is {self.actual[place]:.9g} {_at(place)}. "
            f"Expected: {self.expected[place]:.9g}"
        )


def _compare(
    proof: SignatureProof, request: Request, answers: Arrays
) -> Iterator[tuple[str, _Comparison]]:
    """The numbers to compare; everything else is compared here."""
    for output, expected in request.expected.items():
        actual = answers.get(output)
        if actual is None:
            raise _WrongAnswerError(output, "is missing")
        if (actual.dtype, actual.shape) != (expected.dtype, expected.shape):
            raise _WrongAnswerError(
                output,
                f"must be {expected.dtype} {list(expected.shape)}. Received: "
                f"{actual.dtype} {list(actual.shape)}",
            )
    for output, expected in request.expected.items():
        actual = answers[output]
        if output in proof.orders:
            _require_order(output, actual, proof.orders[output], answers)
        elif output in proof.ratios:
            _require_ratio(output, actual, expected, proof.ratios[output])
        elif expected.dtype.kind == "f":
            yield output, _Comparison(actual, expected)
        else:
            _require_equal(output, actual, expected)


def _require_equal(output: str, actual: np.ndarray, expected: np.ndarray) -> None:
    for place in np.ndindex(expected.shape):
        found, right = _plain(actual[place]), _plain(expected[place])
        if found != right:
            what = f"is {found!r} {_at(place)}. Expected: {right!r}"
            raise _WrongAnswerError(output, what)


def _require_ratio(
    output: str, actual: np.ndarray, expected: np.ndarray, most: float
) -> None:
    distance = np.abs(actual.astype(np.float64) - expected)
    # What is smaller than every normal number counts as 0.
    allowed = most * np.abs(expected) + np.finfo(np.float32).tiny
    for place in zip(*np.nonzero(~(distance <= allowed)), strict=True):
        raise _WrongAnswerError(
            output,
            f"is {actual[place]:.9g} {_at(place)}. Expected: {expected[place]:.9g}, "
            f"within {most:g} of it",
        )


def _require_order(
    output: str,
    order: np.ndarray,
    sorted_output: str,
    answers: Mapping[str, np.ndarray],
) -> None:
    """Ties may come in any order, and the best alone may be named."""
    for row, (positions, values) in enumerate(
        zip(order, answers[sorted_output], strict=True)
    ):
        named = sorted(set(positions.tolist()))
        if len(named) < len(positions) or not set(named) <= set(range(len(values))):
            raise _WrongAnswerError(
                output,
                f"must name positions below {len(values)}, each once. Received: "
                f"{positions.tolist()} at row {row}",
            )
        best_first = values[positions]
        rest = np.delete(values, positions)
        lowest = best_first[-1] if len(best_first) else np.inf
        if not ((np.diff(best_first) <= 0).all() and (rest <= lowest).all()):
            raise _WrongAnswerError(
                output,
                f"must sort '{sorted_output}', best first. Received: "
                f"{positions.tolist()} for {values.tolist()} at row {row}",
            )


def _plain(value: object) -> object:
    """A number as Python's, and text, which REST answers, as its bytes."""
    if isinstance(value, str):
        return value.encode()
    return value.item() if isinstance(value, np.generic) else value


def _at(place: tuple[int, ...]) -> str:
    row, *columns = place
    if columns:
        return f"at row {row}, column {', '.join(map(str, columns))}"
    return f"at row {row}"
