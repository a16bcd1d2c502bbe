"""A few requests and their right answers as JSON, and back to proofs.

Strings are text, or `{"b64": ...}` where they are no UTF-8, as in TensorFlow Serving's
REST interface. JSON has no NaN or infinity: they become null, "Infinity" and
"-Infinity".
"""

import base64
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from mtl_rec.errors import ArtifactError
from mtl_rec.export.proofs import Listing, Proofs, SignatureProof
from mtl_rec.export.requests import candidates_of, first_rows
from mtl_rec.export.signature_types import type_from, type_text

ROWS, CANDIDATES = 3, 5
"""How many of a proof are kept at most."""


def golden_rows(proofs: Proofs) -> dict[str, Any]:
    """The first rows of each proof, and of these the first candidates."""
    return {name: _written(proof) for name, proof in proofs.items()}


def proofs_from(golden: Mapping[str, Any]) -> dict[str, SignatureProof]:
    """The proofs that `golden_rows` wrote, as many rows as it kept.

    Raises:
        ArtifactError: The values are no golden rows.
    """
    proofs = {}
    for name, written in golden.items():
        try:
            proofs[name] = _read(written)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ArtifactError(
                f"The golden rows of '{name}' are damaged: {error!r}."
            ) from error
    return proofs


def _written(proof: SignatureProof) -> dict[str, Any]:
    kept = min(CANDIDATES, candidates_of(proof)) or None
    rows = first_rows(proof, "golden rows", ROWS, kept)
    written = {
        "inputs": {
            name: _json(values.tolist()) for name, values in rows.inputs.items()
        },
        "outputs": {
            name: _json(values.tolist()) for name, values in rows.expected.items()
        },
        "types": {
            side: {name: type_text(spec) for name, spec in specs.items()}
            for side, specs in (("inputs", proof.inputs), ("outputs", proof.outputs))
        },
        "orders": dict(proof.orders),
        "ratios": dict(proof.ratios),
    }
    # Of rankers, which have neither, nothing is said.
    if proof.shares:
        written["shares"] = dict(proof.shares)
    if proof.listings:
        written["listings"] = {
            name: {
                "scores": own.scores,
                "runners_up": _json(own.runners_up[:ROWS].tolist()),
            }
            for name, own in proof.listings.items()
        }
    return written


def _read(written: Mapping[str, Any]) -> SignatureProof:
    inputs, outputs = (
        {name: type_from(text, name) for name, text in written["types"][side].items()}
        for side in ("inputs", "outputs")
    )
    return SignatureProof(
        inputs,
        outputs,
        rows={n: _array(written["inputs"][n], s.dtype.name) for n, s in inputs.items()},
        expected={
            n: _array(written["outputs"][n], s.dtype.name) for n, s in outputs.items()
        },
        orders=written["orders"],
        ratios=written["ratios"],
        shares=written.get("shares", {}),
        listings={
            name: Listing(own["scores"], _array(own["runners_up"], "string"))
            for name, own in written.get("listings", {}).items()
        },
    )


def _json(value: Any) -> Any:
    """Nested lists of values, or one value, as JSON has them."""
    if isinstance(value, list):
        return [_json(part) for part in value]
    if isinstance(value, bytes):
        return _text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else f"{'-' * (value < 0)}Infinity"
    return value


def _text(value: bytes) -> str | dict[str, str]:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"b64": base64.b64encode(value).decode()}


def _array(values: Any, dtype: str) -> np.ndarray:
    if dtype == "string":
        return np.array(_converted(values, _bytes), object)
    if dtype.startswith("float"):
        return np.array(_converted(values, _float), dtype)
    return np.array(values, dtype)


def _converted(value: Any, convert: Callable[[Any], object]) -> object:
    if isinstance(value, list):
        return [_converted(part, convert) for part in value]
    return convert(value)


def _bytes(value: str | Mapping[str, str]) -> bytes:
    if isinstance(value, str):
        return value.encode()
    return base64.b64decode(value["b64"], validate=True)


def _float(value: float | str | None) -> float:
    return math.nan if value is None else float(value)
