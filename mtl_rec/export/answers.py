"""How far the answers of a version are from what its proofs expect."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mtl_rec.errors import VerificationError
from mtl_rec.export.answer_laws import (
    WrongAnswerError,
    at,
    require_equal,
    require_listing,
    require_order,
    require_ratio,
    row_sizes,
)
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
                for output, compared in _compare(proof, request, actual, tolerance):
                    name = f"Output '{output}' of '{signature}'"
                    comparisons.append((name, request.name, compared))
            except WrongAnswerError as error:
                reason = f"{error.output} of '{signature}' {error}, for {request.name}."
                raise VerificationError(rung, reason) from error
    if not comparisons:
        return 0.0
    name, request_name, worst = max(comparisons, key=lambda item: item[2].excess)
    if not worst.excess <= 1:
        raise VerificationError(rung, f"{name} {worst}, for {request_name}.")
    return max(compared.largest for _, _, compared in comparisons)


@dataclass(frozen=True)
class _Comparison:
    """Numbers beside what was expected.

    Args:
        actual: What was answered.
        expected: What should be.
        most: How far one may be from the other.
        is_share: Whether distances are shares of the largest number of their row; else
            they are absolute up to 1 and relative beyond, where float32 has no finer
            steps.
    """

    actual: np.ndarray
    expected: np.ndarray
    most: float
    is_share: bool = False

    @property
    def differences(self) -> np.ndarray:
        expected = self.expected.astype(np.float64)
        scale = np.maximum(np.abs(expected), 1.0)
        if self.is_share:
            scale = row_sizes(expected)
        distance = np.abs(self.actual - expected) / scale
        return np.where(np.isnan(distance), np.inf, distance)

    @property
    def largest(self) -> float:
        return float(self.differences.max(initial=0.0))

    @property
    def excess(self) -> float:
        """The largest difference beside what is allowed; above 1 it is too much."""
        return self.largest / self.most

    def __str__(self) -> str:
        differences = self.differences
        worst = np.unravel_index(np.argmax(differences), differences.shape)
        place = tuple(map(int, worst))
        of_what = " of the largest in its row" if self.is_share else ""
        return (
            f"is {self.actual[place]:.9g} {at(place)}. "
            f"Expected: {self.expected[place]:.9g}, within {self.most:g}{of_what}"
        )


def _compare(
    proof: SignatureProof, request: Request, answers: Arrays, tolerance: float
) -> Iterator[tuple[str, _Comparison]]:
    """The numbers to compare; everything else is compared here."""
    for output, expected in request.expected.items():
        actual = answers.get(output)
        if actual is None:
            raise WrongAnswerError(output, "is missing")
        if (actual.dtype, actual.shape) != (expected.dtype, expected.shape):
            raise WrongAnswerError(
                output,
                f"must be {expected.dtype} {list(expected.shape)}. Received: "
                f"{actual.dtype} {list(actual.shape)}",
            )
    for output, expected in request.expected.items():
        actual = answers[output]
        if output in proof.orders:
            require_order(output, actual, proof.orders[output], answers)
        elif output in proof.listings:
            listing = proof.listings[output]
            scores = request.expected[listing.scores]
            share = proof.shares[listing.scores]
            require_listing(output, listing, actual, expected, scores, share)
        elif output in proof.ratios:
            require_ratio(output, actual, expected, proof.ratios[output])
        elif output in proof.shares:
            yield output, _Comparison(actual, expected, proof.shares[output], True)
        elif expected.dtype.kind == "f":
            yield output, _Comparison(actual, expected, tolerance)
        else:
            require_equal(output, actual, expected)
