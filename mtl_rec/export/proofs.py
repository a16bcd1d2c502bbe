"""What a version must answer, and how far its answers are from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mtl_rec.errors import VerificationError
from mtl_rec.export.rungs.rung_protocol import Arrays, answer_name, batches

if TYPE_CHECKING:
    import tensorflow as tf


@dataclass(frozen=True)
class SignatureProof:
    """What one signature must look like, and what it must answer.

    Args:
        inputs: Type and shape of every input by name, None for any size.
        rows: Values of every input, for two rows or more. A ranking request has one
            user beside its candidates: an input of one row stays so in every batch.
        expected: The answer of every output by name, float32 `(rows,)`.
    """

    inputs: Mapping[str, tf.TensorSpec]
    rows: Arrays
    expected: Arrays

    def __post_init__(self) -> None:
        if self.rows.keys() != self.inputs.keys():
            raise ValueError(
                f"`rows` must have the inputs {sorted(self.inputs)}. "
                f"Received: {sorted(self.rows)}."
            )
        count = max((len(values) for values in self.rows.values()), default=0)
        if count < 2:
            raise ValueError(f"`rows` must hold 2 rows or more. Received: {count}.")
        if not self.expected:
            raise ValueError("`expected` must have an output. Received: none.")
        for name, values in self.expected.items():
            if values.dtype != np.float32 or values.shape != (count,):
                raise ValueError(
                    f"`expected['{name}']` must be float32 ({count},). "
                    f"Received: {values.dtype} {values.shape}."
                )


Proofs = Mapping[str, SignatureProof]
"""The proof of every signature by its name."""


def rows_of(proofs: Proofs) -> dict[str, np.ndarray]:
    """Values of all inputs in their declared types, named `<signature>/<input>`."""
    return {
        f"{signature}/{name}": _typed(proof.rows[name], spec.dtype.name)
        for signature, proof in proofs.items()
        for name, spec in proof.inputs.items()
    }


def check_answers(
    rung: str, proofs: Proofs, answers: Arrays, tolerance: float
) -> float:
    """Compares every output of every row and batch with what was expected.

    Args:
        rung: Who answered.
        proofs: With the expected values.
        answers: As `rung_protocol.answer` names them.
        tolerance: Largest allowed difference, relative for values beyond 1.

    Returns:
        The largest difference; that of NaN is infinite.

    Raises:
        VerificationError: An answer is missing or too far off.
    """
    comparisons = list(_comparisons(rung, proofs, answers))
    worst = max(comparisons, key=lambda comparison: comparison.differences.max())
    difference = float(worst.differences.max())
    if not difference <= tolerance:
        raise VerificationError(rung, f"{worst}, within {tolerance:g}.")
    return difference


@dataclass(frozen=True)
class _Comparison:
    """One output of one batch beside what was expected."""

    output: str
    actual: np.ndarray
    expected: np.ndarray

    @property
    def differences(self) -> np.ndarray:
        """Absolute up to 1, relative beyond, where float32 has no finer steps."""
        expected = self.expected.astype(np.float64)
        distance = np.abs(self.actual - expected) / np.maximum(np.abs(expected), 1.0)
        return np.where(np.isnan(distance), np.inf, distance)

    def __str__(self) -> str:
        row = int(np.argmax(self.differences))
        return (
            f"{self.output} is {self.actual[row]:.9g} at row {row} of "
            f"{len(self.actual)}. Expected: {self.expected[row]:.9g}"
        )


def _comparisons(rung: str, proofs: Proofs, answers: Arrays) -> Iterator[_Comparison]:
    for signature, proof in proofs.items():
        for size, batch in batches(proof.expected):
            for name, expected in batch.items():
                output = f"Output '{name}' of '{signature}'"
                actual = answers.get(answer_name(signature, name, size))
                if actual is None:
                    raise VerificationError(rung, f"{output} is missing.")
                if actual.shape != expected.shape:
                    reason = (
                        f"{output} must have shape {expected.shape} for a batch of "
                        f"{size}. Received: {actual.shape}."
                    )
                    raise VerificationError(rung, reason)
                yield _Comparison(output, actual, expected)


def _typed(values: np.ndarray, dtype: str) -> np.ndarray:
    if dtype == "string":
        return np.asarray(values, object)
    return np.asarray(values).astype(dtype, casting="same_kind")
