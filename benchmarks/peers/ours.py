"""Ours as its users train it, on the backend that is asked for."""

import os
from types import SimpleNamespace

import numpy as np

from peers.worker import Rows, Trainer, serve


def make(rows: Rows, case: SimpleNamespace, variant: str, source: None) -> Trainer:
    # Before the first import of Keras, which reads it then.
    os.environ["KERAS_BACKEND"] = variant
    import keras

    from mtl_rec.config.model import MMoE, Model, SharedBottom
    from mtl_rec.config.training import LazyAdam, Training
    from mtl_rec.models.building import build_model
    from mtl_rec.schema.encoded import EncodedExposures
    from mtl_rec.schema.schema import Schema
    from mtl_rec.training import Batches, make_trainable
    from mtl_rec.training.batches import usual_steps_per_call

    keras.utils.set_random_seed(1)
    towers = {"tower_units": tuple(case.tower_units)}
    units = tuple(case.units)
    architecture = (
        MMoE(kind="mmoe", num_experts=case.num_experts, expert_units=units, **towers)
        if case.architecture == "mmoe"
        else SharedBottom(kind="shared_bottom", bottom_units=units, **towers)
    )
    schema = Schema.from_json((rows.folder / "schema.json").read_text())
    model = build_model(
        Model(architecture=architecture, embedding_dim=case.embedding_dim), schema
    )
    training = Training(
        batch_size=case.batch_size,
        optimizer=LazyAdam(kind="lazy_adam", learning_rate=case.learning_rate),
    )
    trainable = make_trainable(model, training, schema)
    inputs = {"user_ids": rows.ids, "user_numbers": rows.numbers}
    labels = {
        name: rows.labels[:, [column]] for column, name in enumerate(rows.task_names)
    }
    exposures = EncodedExposures(schema, inputs, labels)
    steps = usual_steps_per_call(len(exposures), case.batch_size)
    batches = Batches(exposures, case.batch_size, steps_per_call=steps)

    def train(epochs: int) -> int:
        trainable.fit(batches, epochs=epochs, shuffle=False, verbose=0)
        return epochs * len(batches) * batches.batch_size * batches.steps_per_call

    def probabilities(count: int) -> np.ndarray:
        first = {name: array[:count] for name, array in inputs.items()}
        outputs = trainable.predict_on_batch(first)
        return np.exp(np.stack([outputs[n][:, 0] for n in rows.task_names], axis=1))

    return Trainer(trainable.count_params(), train, probabilities)


if __name__ == "__main__":
    serve(make, [])
