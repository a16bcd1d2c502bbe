"""Whether values are lists, and of what."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.data.starter import names
from mtl_rec.data.starter.names import has_word
from mtl_rec.data.starter.profile import Column

SEPARATORS = ("|", ";", ",", " ")
LOOKED_AT = 20_000
"""Elements that are compared with ids."""


def list_kind(
    column: Column, ids: Mapping[str, Column]
) -> tuple[dict[str, Any], str] | None:
    """Settings of a feature of lists and why; None if the values are none.

    Args:
        column: The column.
        ids: By name of a feature, the columns of ids whose vocabularies it may share.
    """
    settings: dict[str, Any] = {}
    if column.kind == "list":
        elements, lengths = _of_lists(column.values)
        why = "lists"
    else:
        separator = _separator(column)
        if separator is None:
            return None
        parts = [text.split(separator) for text in column.first_texts]
        elements = [element for part in parts for element in part]
        lengths = np.array([len(part) for part in parts])
        why = f"lists joined by '{separator}'"
        if separator != "|":
            settings["separator"] = separator
    longest = int(np.quantile(lengths, 0.95)) if len(lengths) else 1
    shared = _shared(elements, ids)
    settings |= {"shares": shared} if shared else {}
    if shared or has_word(column.name, names.HISTORY):
        length = min(max(longest, 5), 50)
        return {"kind": "sequence", "max_length": length, **settings}, (
            f"{why}, {longest} long: the newest must stand last"
        )
    length = min(max(longest, 2), 20)
    return {"kind": "multi_categorical", "max_values": length, **settings}, why


def _separator(column: Column) -> str | None:
    """What joins the elements of most texts; None if they are no lists."""
    texts = column.first_texts if column.kind == "text" else []
    for separator in SEPARATORS if len(texts) > 1 else ():
        joined = [text for text in texts if separator in text.strip()]
        if len(joined) < len(texts) / 3:
            continue
        counts = Counter(e for text in joined for e in text.split(separator))
        total = counts.total()
        is_clean = not any(e != e.strip() for e in list(counts)[:100])
        if separator in ", " and not _are_ids(counts):
            continue
        if is_clean and len(counts) < 0.8 * total:
            return separator
    return None


def _are_ids(elements: Counter[str]) -> bool:
    """Whether they have digits, as ids have and words do not."""
    some = elements.most_common(500)
    hits = [n for e, n in some if re.fullmatch(r"[A-Za-z_\-]*\d+\w*", e)]
    return sum(hits) > 0.9 * sum(count for _, count in some)


def _of_lists(values: pa.Array) -> tuple[list[str], np.ndarray]:
    flat = values.flatten()
    if pa.types.is_dictionary(flat.type):
        flat = flat.cast(flat.type.value_type)
    lengths = pc.fill_null(pc.list_value_length(values), 0).to_numpy()
    return flat.slice(0, LOOKED_AT).cast(pa.string()).to_pylist(), lengths


def _shared(elements: list[str], ids: Mapping[str, Column]) -> str | None:
    """The feature whose column has most of the elements among its values."""
    wanted = {element for element in elements[:LOOKED_AT] if element}
    for name, column in ids.items():
        known = set(column.texts.drop_null().unique().to_pylist())
        if wanted and len(wanted & known) > 0.5 * len(wanted):
            return name
    return None
