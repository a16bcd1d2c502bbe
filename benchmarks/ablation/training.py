"""Training one model of an ablation, and what it costs."""

from collections.abc import Callable, Mapping
from typing import Any

from contenders.fitting import fitted
from contenders.runs import Run


def trained(
    config: Any,
    encoded: Mapping[str, Any],
    settings: Mapping[str, Any],
    seed: int,
    judged: Callable[[Any], Mapping[str, Any]] = lambda model: {},
) -> Run:
    """Trains as a run would, and predicts the test part.

    Args:
        config: Of a run.
        encoded: Rows by part, with the schema of the model.
        settings: All that decides what is predicted, but for the seed.
        seed: Of weights and order.
        judged: What else to say about a model that is trained.
    """
    import keras

    from ablation.timing import EpochTimes
    from mtl_rec.evaluation import predict

    times = EpochTimes()
    train = encoded["train"]
    model, history = fitted(config, train.schema, encoded, seed, [times])
    metric = config.training.early_stopping.metric
    about = {
        "settings": settings,
        "seed": seed,
        "trained_on": f"{keras.backend.backend()}, {device()}",
        "num_parameters": model.count_params(),
        "validation": [logs[metric] for logs in history],
        "rows_per_second": len(train) / min(times.seconds),
        "cpu_microseconds_per_row": min(times.cpu_seconds) / len(train) * 1e6,
        **judged(model),
    }
    return Run(predict(model, encoded["test"]), about)


def device() -> str:
    """What the model is trained on."""
    import keras

    if keras.backend.backend() == "jax":
        import jax

        return jax.devices()[0].device_kind
    devices = keras.distribution.list_devices()
    return "GPU" if any(own.startswith("gpu") for own in devices) else "CPU"
