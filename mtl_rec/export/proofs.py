"""What each signature of a version must look like, and what it must answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from mtl_rec.export.rungs.rung_protocol import Arrays
from mtl_rec.export.signature_types import type_text

if TYPE_CHECKING:
    import tensorflow as tf

MOST_RUNNERS_UP = 1000
_ANSWER_TYPES = ("float32", "int32", "string")


@dataclass(frozen=True)
class Listing:
    """How an output that names the best of many things, best first, is right.

    Things whose scores are equal may change places, as far as scores are exact.

    Args:
        scores: The output that has the scores of those named, of which `shares` says
            how exact they are.
        runners_up: `(rows, any)` text: those that are not named and whose scores equal
            that of the last one that is, as far as scores are exact; padded with "".
            A row of `MOST_RUNNERS_UP` has more than could be kept, and anything may be
            named in their place.
    """

    scores: str
    runners_up: np.ndarray


@dataclass(frozen=True)
class SignatureProof:
    """What one signature must look like, and what it must answer.

    The first dimension of every tensor is the batch. A second one of any size in
    inputs and outputs is that of a request's candidates; an input of one candidate
    there holds for all of them.

    Args:
        inputs: Type and shape of every input by name, None for any size.
        outputs: The same of every output: float32, int32 or string.
        rows: Values of every input, for two rows or more.
        expected: The answer of every output.
        orders: Outputs that sort another output of the signature, by name: any order
            is right that puts its best candidates first. What is expected of them
            gives their shape, `(rows, candidates)` or less if only the best are named.
        ratios: Outputs that are products of others, whose rounding they multiply: by
            name, how far their ratio to what is expected may be from 1.
        shares: Outputs that are sums, whose terms may cancel: by name, how far they may
            be from what is expected, as a share of the largest in their row.
        listings: Outputs that name the best of many things, by name.
    """

    inputs: Mapping[str, tf.TensorSpec]
    outputs: Mapping[str, tf.TensorSpec]
    rows: Arrays
    expected: Arrays
    orders: Mapping[str, str] = field(default_factory=dict)
    ratios: Mapping[str, float] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    listings: Mapping[str, Listing] = field(default_factory=dict)

    def __post_init__(self) -> None:
        count = max((len(values) for values in self.rows.values()), default=0)
        for argument, specs, arrays in (
            ("rows", self.inputs, self.rows),
            ("expected", self.outputs, self.expected),
        ):
            _require_names(argument, specs, arrays)
            casting = "same_kind" if argument == "rows" else "no"
            for name, spec in specs.items():
                role = f"`{argument}['{name}']`"
                _require_type(role, spec, arrays[name], count, casting)
        if count < 2:
            raise ValueError(f"`rows` must hold 2 rows or more. Received: {count}.")
        for name, spec in self.outputs.items():
            if spec.dtype.name not in _ANSWER_TYPES:
                raise ValueError(
                    f"`outputs['{name}']` must be one of {list(_ANSWER_TYPES)}. "
                    f"Received: {spec.dtype.name}."
                )
        for name, sorted_output in self.orders.items():
            if not {name, sorted_output} <= self.outputs.keys():
                raise ValueError(
                    f"`orders` must name outputs of {sorted(self.outputs)}. "
                    f"Received: {name}={sorted_output}."
                )
        for name, listing in self.listings.items():
            if name not in self.outputs or listing.scores not in self.shares:
                raise ValueError(
                    f"`listings` must name outputs of {sorted(self.outputs)}, with "
                    f"scores of `shares`, {sorted(self.shares)}. "
                    f"Received: {name}={listing.scores}."
                )


Proofs = Mapping[str, SignatureProof]
"""The proof of every signature by its name."""


def _require_names(
    argument: str, specs: Mapping[str, tf.TensorSpec], arrays: Arrays
) -> None:
    if not specs or arrays.keys() != specs.keys():
        raise ValueError(
            f"`{argument}` must have the names {sorted(specs)}, one or more. "
            f"Received: {sorted(arrays)}."
        )


def _require_type(
    role: str,
    spec: tf.TensorSpec,
    values: np.ndarray,
    count: int,
    casting: Literal["no", "same_kind"],
) -> None:
    """Refuses other values than the declared ones, or than `count` of them."""
    shape = spec.shape
    if not shape.rank or shape[0] is not None:
        raise ValueError(
            f"{role} must be declared with a first dimension of any size, the batch. "
            f"Received: {spec}."
        )
    if spec.dtype.name == "string":
        fits = values.dtype.kind in "OSU"
    else:
        fits = np.can_cast(values.dtype, spec.dtype.name, casting)
    if not (fits and shape.is_compatible_with(values.shape) and len(values) == count):
        raise ValueError(
            f"{role} must be {type_text(spec)} for {count} rows (-1 is any size). "
            f"Received: {values.dtype} {list(values.shape)}."
        )
