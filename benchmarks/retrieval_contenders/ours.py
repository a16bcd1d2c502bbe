"""Our kinds of retrieval: what is tried on validation, and their lists."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from retrieval_contenders.datasets import DataSet

TOWERS = {
    "retrieval.architecture.dim": (32, 64, 128),
    "retrieval.training.learning_rate": (0.0003, 0.0005, 0.001),
    "retrieval.training.l2": (0.1, 1.0, 10.0),
    "retrieval.training.uniform_negatives": (0, 512, 2048),
}

FEATURES = {
    **TOWERS,
    "retrieval.architecture.dropout": (0.0, 0.2),
    "retrieval.training.id_dropout": (0.0, 0.5),
}

GRIDS: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "popularity": {},
    "popularity of values": {},
    "item_knn": {
        "retrieval.architecture.neighbours": (30, 100, 300),
        "retrieval.architecture.shrinkage": (0, 10, 50, 200),
    },
    "matrix_factorization": TOWERS,
    "content": FEATURES,
    "two_tower": FEATURES,
}
"""By contender, the values that settings are drawn from."""

WITHIN = {
    "ml100k": "genres",
    "taobao_userbehavior": "category",
    "complete_journey": "product_type",
    "shop": "category",
}
"""By data set, the feature within whose values a contender counts what is popular."""

UNSEEDED = ("popularity", "popularity of values", "item_knn")
"""Contenders that chance has no part in."""

QUICK_EPOCHS = "retrieval.training.epochs=2"


def overrides_of(
    data_set: DataSet, contender: str, settings: Mapping[str, Any]
) -> tuple[str, ...]:
    """Settings of a contender as `--set` takes them."""
    kind = "popularity" if contender == "popularity of values" else contender
    chosen = {"retrieval.architecture.kind": kind, **settings}
    if contender == "popularity of values":
        chosen["retrieval.architecture.within"] = WITHIN[data_set.name]
    return tuple(f"{name}={value}" for name, value in chosen.items())


def scores_of(
    data_set: DataSet, overrides: tuple[str, ...], seed: int, part: str
) -> Any:
    """Trains and scores every item for the queries of a part.

    For the validation part nothing of it is learned from, not even which epoch to stop
    at is refitted; for the test part the validation part is learned from too.

    Args:
        data_set: What to learn from.
        overrides: Of its config.
        seed: Of the run.
        part: `validation` or `test`.

    Returns:
        Adjacent queries to `(queries, items)`.
    """
    import keras

    from mtl_rec.retrieval.training import fit_retrieval

    keras.utils.clear_session()
    config = data_set.config((*overrides, f"seed={seed}"))
    prepared = data_set.prepared(config)
    if part == "validation":
        prepared = without_validation(prepared)
    with tempfile.TemporaryDirectory() as folder:
        model = fit_retrieval(prepared, Path(folder)).model
    return scorer(prepared, model, part)


def without_validation(prepared: Any) -> Any:
    """The same data, whose validation events nobody may learn from."""
    log = prepared.interactions
    nothing = np.zeros(0, np.int64)
    empty = replace(
        log.validation,
        users=nothing,
        items=nothing,
        weights=nothing.astype(np.float32),
        rows=log.validation.rows.slice(0, 0),
    )
    training = prepared.config.retrieval.training.model_copy(update={"refit": False})
    retrieval = prepared.config.retrieval.model_copy(update={"training": training})
    return replace(
        prepared,
        interactions=replace(log, validation=empty),
        config=prepared.config.model_copy(update={"retrieval": retrieval}),
    )


def scorer(prepared: Any, model: Any, part: str) -> Any:
    """What `best_items` asks for."""
    import tensorflow as tf

    from mtl_rec.retrieval.encoding import encode_side

    rows = prepared.interactions.query_rows[part]
    users = encode_side(prepared.preprocessor, rows, "user")
    scored = tf.function(model.score, reduce_retracing=True)

    def score(queries: slice) -> np.ndarray:
        own = {name: tf.constant(values[queries]) for name, values in users.items()}
        return scored(own).numpy()

    return score
