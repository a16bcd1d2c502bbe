"""The requests that a proof is asked with, each with its right answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mtl_rec.export.proofs import Proofs, SignatureProof
from mtl_rec.export.rungs.rung_protocol import Arrays, array_name

if TYPE_CHECKING:
    import tensorflow as tf


@dataclass(frozen=True)
class Request:
    """Part of a proof, asked at once.

    Args:
        name: In errors.
        inputs: Values of every input by name.
        expected: The answer of every output by name.
    """

    name: str
    inputs: Arrays
    expected: Arrays


def requests_to(proof: SignatureProof) -> Iterator[Request]:
    """All rows, the first one, the first three, and one candidate of one row.

    The small ones show a size that is fixed inside the graph.
    """
    count = len(next(iter(proof.rows.values())))
    for size in (count, *(size for size in (1, 3) if size < count)):
        yield first_rows(proof, f"a batch of {size}", size)
    if candidates_of(proof) > 1:
        yield first_rows(proof, "a batch of 1 with 1 candidate", 1, 1)


def first_rows(
    proof: SignatureProof, name: str, size: int, candidates: int | None = None
) -> Request:
    """The first rows of a proof as one request.

    Args:
        proof: That has the rows.
        name: Of the request.
        size: How many rows.
        candidates: How many candidates of each row, None for all.
    """
    inputs, expected = (
        {
            key: _first(specs[key], _typed(values, specs[key]), size, candidates)
            for key, values in arrays.items()
        }
        for specs, arrays in _sides(proof)
    )
    if candidates is not None:
        # The best of all may not be among those that are left.
        for order, sorted_output in proof.orders.items():
            best_first = np.argsort(-expected[sorted_output], axis=1, kind="stable")
            width = expected[order].shape[1]
            expected[order] = best_first[:, :width].astype(expected[order].dtype)
    return Request(name, inputs, expected)


def candidates_of(proof: SignatureProof) -> int:
    """How many candidates a row of the proof has; 0 if its signature ranks none."""
    sizes = [
        values.shape[1]
        for specs, arrays in _sides(proof)
        for name, values in arrays.items()
        if _has_candidates(specs[name])
    ]
    # A dimension of any size in the inputs alone, as that of a list, is another thing.
    ranks = all(
        any(map(_has_candidates, specs.values()))
        for specs in (proof.inputs, proof.outputs)
    )
    return max(sizes) if ranks else 0


def arrays_of(proofs: Proofs) -> dict[str, np.ndarray]:
    """The inputs of all requests in their declared types, for a rung."""
    return {
        array_name(signature, request.name, name): values
        for signature, proof in proofs.items()
        for request in requests_to(proof)
        for name, values in request.inputs.items()
    }


def _sides(
    proof: SignatureProof,
) -> tuple[tuple[Mapping[str, tf.TensorSpec], Arrays], ...]:
    return (proof.inputs, proof.rows), (proof.outputs, proof.expected)


def _has_candidates(spec: tf.TensorSpec) -> bool:
    return len(spec.shape) > 1 and spec.shape[1] is None


def _first(
    spec: tf.TensorSpec, values: np.ndarray, size: int, candidates: int | None
) -> np.ndarray:
    if candidates is not None and _has_candidates(spec):
        return values[:size, :candidates]
    return values[:size]


def _typed(values: np.ndarray, spec: tf.TensorSpec) -> np.ndarray:
    if spec.dtype.name != "string":
        return np.asarray(values).astype(spec.dtype.name, casting="same_kind")
    texts = np.empty(values.shape, object)
    texts.flat[:] = [v.encode() if isinstance(v, str) else v for v in values.flat]
    return texts
