"""Rows, and a request with its candidates, as the inputs of a signature."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

import numpy as np

from mtl_rec.config.checks import suggestion
from mtl_rec.serving.client.columns import Columns
from mtl_rec.serving.client.encoding import encode_column, encode_missing
from mtl_rec.serving.client.errors import RequestError
from mtl_rec.serving.client.signatures import Signature, TensorType

Arrays = dict[str, np.ndarray]

FILL = "`fill_missing=True` (`--fill-missing` of a command)"


@dataclass(frozen=True)
class Inputs:
    """Values of every input of a signature.

    Attributes:
        arrays: By name.
        divisible: Names of those that have one value a row, or candidate.
        axis: Of the rows, or candidates, in these.
    """

    arrays: Arrays
    divisible: Set[str]
    axis: int = 0

    def parts(self, size: int) -> list[Arrays]:
        """The inputs of several requests with at most `size` rows or candidates."""
        sizes = [self.arrays[name].shape[self.axis] for name in self.divisible]
        count = max(sizes, default=0)
        return [self._part(start, start + size) for start in range(0, count, size)]

    def _part(self, start: int, stop: int) -> Arrays:
        place = (slice(None),) * self.axis + (slice(start, stop),)
        return {
            name: values[place] if name in self.divisible else values
            for name, values in self.arrays.items()
        }


NO_INPUTS = Inputs({}, frozenset())
"""Of no rows, or candidates: nothing is to be sent."""


def row_inputs(signature: Signature, rows: Columns, fill_missing: bool) -> Inputs:
    """Rows as the inputs of a signature that scores each on its own.

    Args:
        signature: It.
        rows: What the caller knows of them.
        fill_missing: Whether features that are not there are sent as missing values.

    Raises:
        RequestError: A feature is unknown or missing, or holds something else.
    """
    _require_names(signature, rows.values, fill_missing)
    if not fill_missing:
        _require_complete(rows)
    arrays = {
        name: encode_column(rows, name, kind)
        if name in rows.values
        else encode_missing(name, kind, rows.num_rows)
        for name, kind in signature.inputs.items()
    }
    return Inputs(arrays, arrays.keys())


def candidate_inputs(
    signature: Signature, request: Columns, candidates: Columns, fill_missing: bool
) -> Inputs:
    """A request and its candidates as the inputs of a signature that ranks.

    Args:
        signature: The second dimension of its candidates' features has any size.
        request: One row: the user, and what is the same for all candidates.
        candidates: Rows, one or more.
        fill_missing: Whether features that are not there are sent as missing values.

    Raises:
        RequestError: A feature is unknown or missing, is in the wrong place or in
            both, or holds something else.
    """
    _require_places(signature, request, candidates)
    _require_names(signature, {**request.values, **candidates.values}, fill_missing)
    if not fill_missing:
        _require_complete(candidates)
    arrays = {}
    for name, kind in signature.inputs.items():
        # The candidates of the one request are the rows of this type.
        own = _without_request(kind) if is_of_candidates(kind) else kind
        if name in candidates.values:
            values = encode_column(candidates, name, own)
        elif name in request.values:
            values = encode_column(request, name, own)
        else:
            values = encode_missing(name, own, 1)
        arrays[name] = values[np.newaxis] if own is not kind else values
    return Inputs(arrays, candidates.values.keys(), axis=1)


def is_of_candidates(kind: TensorType) -> bool:
    """Whether an input of a ranking signature has one value a candidate."""
    shape = kind.shape
    return shape is not None and len(shape) > 1 and shape[1] is None


def _without_request(kind: TensorType) -> TensorType:
    return TensorType(kind.dtype, kind.shape and kind.shape[1:])


def _require_names(
    signature: Signature, given: Mapping[str, object], fill_missing: bool
) -> None:
    unknown = [name for name in given if name not in signature.inputs]
    missing = sorted(signature.inputs.keys() - given.keys())
    problems = [
        f"Signature '{signature.name}' has no feature '{name}'."
        f"{suggestion(name, missing or signature.inputs)}"
        for name in unknown
    ]
    if missing and not fill_missing:
        problems.append(
            f"Features that are missing: {missing}. Give them, or ask with "
            f'{FILL} to send "" and NaN.'
        )
    elif unknown:
        problems.append(f"Features: {sorted(signature.inputs)}.")
    if problems:
        raise RequestError(" ".join(problems), (unknown + missing)[0])


def _require_complete(rows: Columns) -> None:
    for name, row in rows.incomplete.items():
        raise RequestError(
            f"Feature '{name}' is missing {rows.place(row)}. Give it on every row, or "
            f'ask with {FILL} to send "" and NaN.',
            name,
        )


def _require_places(
    signature: Signature, request: Columns, candidates: Columns
) -> None:
    if not any(is_of_candidates(kind) for kind in signature.inputs.values()):
        raise RequestError(f"Signature '{signature.name}' takes no candidates.")
    if not candidates.values:
        raise RequestError("`candidates` must have a feature of their own.")
    for name in candidates.values:
        kind = signature.inputs.get(name)
        if name in request.values:
            raise RequestError(
                f"Feature '{name}' must be in `request`, if it is the same for all "
                "candidates, or in `candidates`. Received: in both.",
                name,
            )
        if kind is not None and not is_of_candidates(kind):
            raise RequestError(
                f"Feature '{name}' is of the user, who is the same for all candidates: "
                "give it in `request`. Received: in `candidates`.",
                name,
            )
