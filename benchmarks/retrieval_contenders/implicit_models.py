"""`implicit`'s ALS and BPR: what is tried on validation, and lists for the test part."""

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retrieval_contenders.interactions import Positives, Queries

WORKER = Path(__file__).with_name("implicit_worker.py")

GRIDS: Mapping[str, Mapping[str, Sequence[float]]] = {
    "ALS": {
        "factors": (16, 32, 64, 128),
        "regularization": (0.01, 0.1, 1.0, 10.0),
        "alpha": (1.0, 5.0, 20.0, 80.0),
        "iterations": (15, 30),
    },
    "BPR": {
        "factors": (16, 32, 64, 128),
        "regularization": (0.001, 0.01, 0.05, 0.1),
        "learning_rate": (0.01, 0.03, 0.1),
        "iterations": (100, 300),
    },
}
"""By model, the values that settings are drawn from."""


def drawn_settings(model: str, budget: int) -> list[dict[str, Any]]:
    """The package's defaults, and settings drawn from the model's grid.

    Args:
        model: Of `GRIDS`.
        budget: How many, the defaults included.
    """
    random = np.random.default_rng(1)
    drawn: list[dict[str, Any]] = [{"model": model}]
    while len(drawn) < budget:
        values = {k: random.choice(v).item() for k, v in GRIDS[model].items()}
        if (settings := {"model": model, **values}) not in drawn:
            drawn.append(settings)
    return drawn


def implicit_lists(
    python: Path,
    settings: Sequence[Mapping[str, Any]],
    learned: Positives,
    queries: Queries,
    length: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Trains a model for each of the settings and asks it for lists.

    Args:
        python: The interpreter that has `implicit`.
        settings: `model`, `seed` and the model's arguments.
        learned: The pairs that the models may know.
        queries: Whose lists.
        length: Of each list.

    Returns:
        `(settings, queries, length)` codes of items, -1 where nothing is left; seconds
        of training, `(settings,)`.
    """
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder) / "asked.npz", Path(folder) / "answered.npz"
        np.savez(
            asked,
            users=learned.users,
            items=learned.items,
            weights=learned.weights,
            queries=queries.users,
            seen_queries=np.repeat(
                np.arange(len(queries.users)), [len(own) for own in queries.seen]
            ),
            seen_items=np.concatenate(queries.seen),
            length=length,
            settings=json.dumps(list(settings)),
        )
        subprocess.run([python, WORKER, asked, answered], check=True)
        with np.load(answered) as arrays:
            return arrays["lists"], arrays["seconds"]
