"""Ids and vectors as callers give them, refused where an index could not keep them."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from mtl_rec.errors import SchemaError
from mtl_rec.retrieval.indexes.stored_vectors import named


def checked_ids(ids: Sequence[str]) -> np.ndarray:
    """`(items,)` text.

    Raises:
        SchemaError: One is no text, is empty or comes twice.
    """
    own = np.empty(len(ids), object)
    own[:] = np.asarray(ids, dtype=object)
    for item_id in own:
        if not isinstance(item_id, str) or not item_id:
            raise SchemaError(
                f"Ids of items must be text that is not empty. Received: {item_id!r}."
            )
    if len(set(own)) < len(own):
        repeated = [item_id for item_id, times in Counter(own).items() if times > 1]
        raise SchemaError(
            f"Ids of items must be there once each. Repeated: {named(repeated)}."
        )
    return own


def listed_ids(ids: Iterable[str]) -> list[str]:
    """Ids of some items, which are not text themselves.

    Raises:
        SchemaError: They are one text, whose letters would be taken for ids.
    """
    if isinstance(ids, str):
        raise SchemaError(
            f"Ids of items must be a list of them. Received the text: {ids!r}."
        )
    return list(ids)


def checked_vectors(
    vectors: np.ndarray, number: int | None = None, dim: int | None = None
) -> np.ndarray:
    """`(number, dim)` float32, of finite numbers.

    Args:
        vectors: As they were given.
        number: Of them; any, if not given.
        dim: Their width; any, if not given.

    Raises:
        SchemaError: There are more or fewer, wider or narrower ones, or numbers that
            are not finite.
    """
    own = np.asarray(vectors, np.float32)
    names = ("rows" if number is None else number, "dim" if dim is None else dim)
    is_wanted = own.ndim == 2 and all(
        wanted in (None, found)
        for wanted, found in zip((number, dim), own.shape, strict=True)
    )
    if not is_wanted:
        raise SchemaError(
            f"Vectors must be of shape ({names[0]}, {names[1]}), one for each row. "
            f"Received: {own.shape}."
        )
    finite = np.isfinite(own).all(axis=1)
    if not finite.all():
        raise SchemaError(
            "Vectors must be of finite numbers. Received: "
            f"{own[~finite][0].tolist()} in row {np.flatnonzero(~finite)[0]}."
        )
    return np.ascontiguousarray(own)
