"""Rows in the few inputs of the signature `packed`, where a model has it."""

from dataclasses import dataclass

import numpy as np

from mtl_rec.config.served_names import NUMBERS, PACKED, ROWS, STRINGS
from mtl_rec.serving.client.inputs import Arrays
from mtl_rec.serving.client.signatures import ModelMetadata, Signature, TensorType

_PACKS = {STRINGS: "string", NUMBERS: "float32"}


@dataclass(frozen=True)
class Packing:
    """How the inputs of `serving_default` become those of `packed`.

    A server handles two inputs in half of the time that it takes for forty.

    Attributes:
        signature: `packed`.
        columns: By input, the features that are its columns.
    """

    signature: Signature
    columns: dict[str, list[str]]

    def of(self, rows: Arrays) -> Arrays:
        """Rows by feature, packed."""
        packed = {
            pack: np.stack([rows[name] for name in names], axis=1)
            for pack, names in self.columns.items()
        }
        return packed | {
            name: rows[name] for name in self.signature.inputs if name not in packed
        }


def packing_of(metadata: ModelMetadata, name: str) -> Packing | None:
    """How rows for a signature can be packed; None where they can't.

    Features with one value a row are columns, by alphabet, as exports of this package
    have them; a signature that is called the same and takes something else is left
    alone.
    """
    packed = metadata.signatures.get(PACKED)
    if name != ROWS or packed is None:
        return None
    rows = metadata.signature(ROWS)
    singles = {
        pack: sorted(
            n for n, t in rows.inputs.items() if t == TensorType(dtype, (None,))
        )
        for pack, dtype in _PACKS.items()
    }
    columns = {pack: names for pack, names in singles.items() if names}
    in_packs = {name for names in columns.values() for name in names}
    expected = {n: own for n, own in rows.inputs.items() if n not in in_packs}
    expected |= {
        pack: TensorType(_PACKS[pack], (None, len(names)))
        for pack, names in columns.items()
    }
    if (packed.inputs, packed.outputs) != (expected, rows.outputs):
        return None
    return Packing(packed, columns)
