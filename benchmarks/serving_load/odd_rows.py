"""Rows with what no log has shown: the unseen, the empty, every script, no number."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from mtl_rec.config.features import Feature, Numeric

ODD_STRINGS = (
    *("", " ", "-1", "0", str(2**62), str(-(2**63)), "1e400", "nan", "null"),
    *("a=b", "new\nline", "tab\there", "NUL \x00 inside", "日本 语", "ÜBER İ ß ﬁ ǅ"),
    *("👩‍👩‍👧 🎉", "\u202eright to left", "e\u0301", "x" * 3000, "неизвестно"),
)
ODD_NUMBERS = (
    *(np.nan, np.inf, -np.inf, 0.0, -0.0, -1.0),
    *(3.4e38, -3.4e38, 1e-45, 2.0**62),
)
_KEPT_SHARE = 0.4


def with_odd_values(
    table: pa.Table, features: Sequence[Feature], seed: int = 0
) -> pa.Table:
    """Canonical rows in which most values are odd; a third of the lists are empty.

    Args:
        table: Canonical rows.
        features: What its columns are.
        seed: Of the draw.
    """
    random = np.random.default_rng(seed)
    for feature in features:
        position = table.column_names.index(feature.name)
        field = table.schema.field(position)
        values = table.column(position).to_pylist()
        odd = ODD_NUMBERS if isinstance(feature, Numeric) else ODD_STRINGS
        is_list = pa.types.is_list(field.type)
        changed = [
            _odd_list(value, random) if is_list else _odd(value, odd, random)
            for value in values
        ]
        table = table.set_column(position, field, pa.array(changed, field.type))
    return table


def _odd(value: object, odd: Sequence, random: np.random.Generator) -> object:
    if random.random() < _KEPT_SHARE:
        return value
    return odd[random.integers(len(odd))]


def _odd_list(values: list[str], random: np.random.Generator) -> list[str]:
    if random.random() < 1 / 3:
        return []
    return [str(_odd(value, ODD_STRINGS, random)) for value in values]
