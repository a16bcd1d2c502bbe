"""Training one of our models as a run does."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def fitted(
    config: Any,
    schema: Any,
    encoded: Mapping[str, Any],
    seed: int,
    callbacks: Sequence[Any] = (),
) -> tuple[Any, list[dict[str, float]]]:
    """The model of the best epoch, and the logs of all.

    Args:
        config: Of a run.
        schema: Of the rows.
        encoded: Rows by part.
        seed: Of weights and order.
        callbacks: More of Keras' callbacks.
    """
    import keras

    from mtl_rec.models import build_model
    from mtl_rec.training import fit_best, make_trainable

    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    model = make_trainable(build_model(config.model, schema), config.training, schema)
    with tempfile.TemporaryDirectory() as folder:
        history = fit_best(
            model,
            encoded["train"],
            encoded["validation"],
            config.training,
            Path(folder),
            seed,
            tuple(callbacks),
        )
    return model, history
