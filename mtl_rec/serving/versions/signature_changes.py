"""What a client of the served version would notice in the signatures of a new one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mtl_rec.config.served_names import ITEM_IDS, SCORES
from mtl_rec.export.signature_types import signatures_of, stored_type
from mtl_rec.export.structure import read_meta_graph

_Types = dict[str, dict[str, str]]


def signature_changes(served: Path, new: Path) -> list[str]:
    """Every difference of inputs and outputs; a signature that is added is none.

    Args:
        served: The version that clients call now.
        new: The one to take its place.

    Raises:
        VerificationError: A version can't be read.
    """
    before, after = _types(served), _types(new)
    changes = []
    for signature, sides in before.items():
        if signature not in after:
            changes.append(f"signature '{signature}' is gone")
            continue
        for side in ("inputs", "outputs"):
            found = _differences(sides[side], after[signature][side])
            changes += [f"{side} of '{signature}': {change}" for change in found]
    return changes


def _differences(before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield f"'{name}' is gone"
        elif name not in before:
            yield f"'{name}' is new"
        elif before[name] != after[name]:
            yield f"'{name}' was {before[name]} and is {after[name]}"


def _stated(info: Any, signature: Any, name: str) -> str:
    """The type; how long a list of items is, is no promise.

    A catalogue may have fewer items than are asked for, and one more the next day.
    """
    if ITEM_IDS in signature.outputs and name in (ITEM_IDS, SCORES):
        return f"{stored_type(info).partition(',')[0]}, any]"
    return stored_type(info)


def _types(version: Path) -> dict[str, _Types]:
    """By signature, side and name, the type and shape."""
    return {
        name: {
            side: {key: _stated(info, value, key) for key, info in infos.items()}
            for side, infos in (("inputs", value.inputs), ("outputs", value.outputs))
        }
        for name, value in signatures_of(read_meta_graph(version)).items()
    }
