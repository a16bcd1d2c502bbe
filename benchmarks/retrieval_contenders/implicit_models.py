"""`implicit`'s ALS and BPR: what is tried on validation, and their lists."""

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

WORKER = Path(__file__).with_name("implicit_worker.py")

GRIDS: Mapping[str, Mapping[str, Sequence[float]]] = {
    "ALS": {
        "factors": (8, 16, 32, 64, 128),
        "regularization": (0.01, 0.1, 1.0, 10.0, 100.0),
        "alpha": (1.0, 5.0, 20.0, 80.0),
        "iterations": (15, 30),
    },
    "BPR": {
        "factors": (8, 16, 32, 64, 128),
        "regularization": (0.001, 0.01, 0.1),
        "learning_rate": (0.003, 0.01, 0.03),
        "iterations": (50, 100, 200),
    },
}
"""By model, the values that settings are drawn from."""


def implicit_lists(
    python: Path, settings: Mapping[str, Any], events: Any, queries: Any, length: int
) -> np.ndarray:
    """Trains a model and asks it for lists.

    Args:
        python: The interpreter that has `implicit`.
        settings: `model`, `seed` and the model's arguments.
        events: `Events` that the model may know.
        queries: `Queries` to answer; what is seen is left out.
        length: Of each list.

    Returns:
        `(queries, length)` places in the catalogue, -1 where nothing is left.
    """
    users, items, weights = summed_by_pair(events)
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder) / "asked.npz", Path(folder) / "answered.npy"
        np.savez(
            asked,
            users=users,
            items=items,
            weights=weights,
            queries=queries.users,
            seen_queries=queries.seen.rows,
            seen_items=queries.seen.items,
            length=length,
            settings=json.dumps(settings),
        )
        subprocess.run([python, WORKER, asked, answered], check=True)
        return np.load(answered)


def summed_by_pair(events: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each pair of a user and an item once, with the weights of its events summed."""
    num_items = int(events.items.max()) + 1
    pairs, places = np.unique(
        events.users.astype(np.int64) * num_items + events.items, return_inverse=True
    )
    weights = np.bincount(places, events.weights).astype(np.float32)
    return *np.divmod(pairs, num_items), weights
