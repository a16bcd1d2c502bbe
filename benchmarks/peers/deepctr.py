"""DeepCTR on legacy Keras, trained as its examples do: `fit` with a dict of columns.

Its defaults are kept: L2 of embeddings, a shuffle every epoch, no XLA, which makes it
slower. Its metrics are left out.
"""

import os
from types import SimpleNamespace

import numpy as np

from peers.worker import Rows, Trainer, serve


def make(rows: Rows, case: SimpleNamespace, variant: str, source: None) -> Trainer:
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    keep_from_asking_for_updates()
    from deepctr.feature_column import DenseFeat, SparseFeat
    from deepctr.models import MMOE, SharedBottom
    from tensorflow import keras

    keras.utils.set_random_seed(1)
    features = [
        SparseFeat(name, num_ids, embedding_dim=case.embedding_dim)
        for name, num_ids in rows.num_ids.items()
    ]
    features += [DenseFeat(name) for name in rows.number_names]
    settings = {
        "tower_dnn_hidden_units": tuple(case.tower_units),
        "task_types": ["binary"] * len(rows.task_names),
        "task_names": list(rows.task_names),
    }
    units = tuple(case.units)
    model = (
        MMOE(features, case.num_experts, expert_dnn_hidden_units=units, **settings)
        if case.architecture == "mmoe"
        else SharedBottom(features, bottom_dnn_hidden_units=units, **settings)
    )
    losses = ["binary_crossentropy"] * len(rows.task_names)
    model.compile(keras.optimizers.Adam(case.learning_rate), loss=losses)
    inputs = rows.columns()
    labels = list(np.ascontiguousarray(rows.labels.T))

    def train(epochs: int) -> int:
        model.fit(inputs, labels, case.batch_size, epochs, verbose=0)
        return epochs * len(rows.labels)

    def probabilities(count: int) -> np.ndarray:
        first = {name: column[:count] for name, column in inputs.items()}
        return np.concatenate(model.predict_on_batch(first), axis=1)

    return Trainer(model.count_params(), train, probabilities)


def keep_from_asking_for_updates() -> None:
    """DeepCTR asks PyPI for its newest version in a thread, when it is imported."""
    import requests

    def refuse(*_: object, **__: object) -> None:
        raise requests.ConnectionError("A benchmark asks nobody.")

    requests.get = refuse


if __name__ == "__main__":
    serve(make, ["deepctr", "tensorflow", "tf_keras"])
