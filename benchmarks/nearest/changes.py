"""An index whose items go and come back."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from mtl_rec.retrieval.indexes import VectorIndex
from nearest.measuring import K, shared

SHARE = 0.05


def changed(
    index: VectorIndex,
    exact: VectorIndex,
    ids: np.ndarray,
    vectors: np.ndarray,
    queries: np.ndarray,
) -> dict[str, Any]:
    """What is found after some items were removed, and once they are there again.

    Args:
        index: Of all items; as many when this returns.
        exact: Likewise, and of kind exact.
        ids: Of the items.
        vectors: `(items, dim)`.
        queries: To ask.
    """
    gone = np.random.default_rng(1).random(len(ids)) < SHARE
    going, vectors = ids[gone].tolist(), vectors[gone]

    removing = _microseconds(lambda: index.remove(going)) / len(going)
    exact.remove(going)
    found, true = (own.search(queries, K).item_ids for own in (index, exact))
    assert not np.isin(found, going).any(), "an item that was removed was found"
    without = shared(found, true)

    adding = _microseconds(lambda: index.add(going, vectors)) / len(going)
    exact.add(going, vectors)
    found, true = (own.search(queries, K).item_ids for own in (index, exact))
    return {
        "kind": index.settings.kind,
        "items": len(going),
        "us to remove one": removing,
        "recall without them": without,
        "us to add one": adding,
        "recall with them": shared(found, true),
    }


def _microseconds(change: Callable[[], None]) -> float:
    start = time.process_time()
    change()
    return 1e6 * (time.process_time() - start)
