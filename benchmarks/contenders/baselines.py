"""Our two baselines, of which chance has no part."""

import hashlib
import time
from typing import Any

from contenders.datasets import DataSet
from contenders.ours import PACKAGE
from contenders.runs import Run

POPULARITY, LOGISTIC = "popularity", "logistic regression"
BASELINES = (POPULARITY, LOGISTIC)


def settings_of(rows: str) -> dict[str, Any]:
    """All that decides what a baseline predicts.

    Args:
        rows: Fingerprint of the columns.
    """
    digest = hashlib.blake2b(digest_size=8)
    for file in sorted((PACKAGE / "baselines").glob("*.py")):
        digest.update(file.read_bytes())
    return {"rows": rows, "code": digest.hexdigest()}


def train(data_set: DataSet, name: str, settings: dict[str, Any]) -> Run:
    """Fits one baseline and predicts the test part."""
    from mtl_rec.baselines import fit_linear, fit_popularity

    fit = {POPULARITY: fit_popularity, LOGISTIC: fit_linear}[name]
    parts = data_set.encoded
    cpu, wall = time.process_time(), time.perf_counter()
    baseline = fit(parts["train"], parts["validation"], parts["test"])
    about = {
        "settings": settings,
        "cpu_seconds": time.process_time() - cpu,
        "seconds": time.perf_counter() - wall,
        "chosen": baseline.chosen,
    }
    return Run(baseline.predictions, about)
