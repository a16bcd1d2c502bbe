"""Our architectures with a config's own settings, trained as a run trains them."""

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mtl_rec
from contenders.datasets import DataSet
from contenders.fitting import fitted
from contenders.runs import Run

ARCHITECTURES = ("single_task", "shared_bottom", "mmoe")

PACKAGE = Path(mtl_rec.__file__).parent
SOURCES = ("models", "losses", "optimizers", "training")
"""Folders of the package whose code decides what is learned."""


def settings_of(data_set: DataSet, kind: str, rows: str) -> dict[str, Any]:
    """All that decides what ours predict, but for the seed.

    Args:
        data_set: Whose config is followed.
        kind: Of the architecture.
        rows: Fingerprint of the columns.
    """
    config = data_set.with_architecture(kind)
    return {
        "rows": rows,
        "code": code_digest(),
        "model": config.model.model_dump(mode="json"),
        "training": config.training.model_dump(mode="json"),
    }


def code_digest(sources: Sequence[str] = SOURCES) -> str:
    """A hash of the code that decides what is learned.

    Args:
        sources: Folders of the package.
    """
    digest = hashlib.blake2b(digest_size=8)
    for folder in sources:
        for file in sorted((PACKAGE / folder).rglob("*.py")):
            digest.update(str(file.relative_to(PACKAGE)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def train(data_set: DataSet, kind: str, settings: dict[str, Any], seed: int) -> Run:
    """Trains the architecture and predicts the test part."""
    from mtl_rec.evaluation import predict

    config, encoded = data_set.with_architecture(kind), data_set.encoded
    cpu, wall = time.process_time(), time.perf_counter()
    model, history = fitted(config, data_set.schema, encoded, seed)
    cost = {
        "cpu_seconds": time.process_time() - cpu,
        "seconds": time.perf_counter() - wall,
    }
    metric = config.training.early_stopping.metric
    about = {
        "settings": settings,
        "seed": seed,
        "num_parameters": model.count_params(),
        "validation": [logs[metric] for logs in history],
        **cost,
    }
    return Run(predict(model, encoded["test"]), about)
