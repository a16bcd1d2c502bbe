"""Logistic regression for every event of a funnel, ridge regression for every value."""

from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.util import find_spec

import numpy as np

from mtl_rec.baselines.predicted import Baseline
from mtl_rec.baselines.teaching_rows import TeachingRows
from mtl_rec.data.events.progress import Progress, unseen
from mtl_rec.errors import ConfigError
from mtl_rec.schema import EncodedExposures, FunnelOutput

THREADS = 2
"""Outputs that are fitted at a time; each takes one core."""


def require_scikit_learn() -> None:
    """Refuses to go on without it, before anything has taken time.

    Raises:
        ConfigError: It is not installed.
    """
    if find_spec("sklearn") is None:
        raise ConfigError(
            "The logistic regression that models are held against needs scikit-learn, "
            "which is not installed. Run `pip install 'mtl-rec[baselines]'`."
        )


def fit_linear(
    train: EncodedExposures,
    validation: EncodedExposures,
    scored: EncodedExposures,
    progress: Progress = unseen,
) -> Baseline:
    """A linear model of its own for every output, on `one_hot`.

    Each learns from the training rows where its output's condition holds. How strongly
    weights are held to 0 is chosen on the validation rows. Where one class is missing,
    the rate is predicted.

    Args:
        train: Rows to learn from.
        validation: Rows to choose the strength on.
        scored: Rows to predict.
        progress: Told how many outputs are done.

    Raises:
        ConfigError: scikit-learn is not installed.
    """
    require_scikit_learn()
    from mtl_rec.baselines.one_hot import num_columns, one_hot
    from mtl_rec.baselines.regressions import LinearModel, fit_path, stopped_early

    schema = train.schema
    outputs = schema.funnel.outputs()
    inputs = (one_hot(train), one_hot(validation))

    def fit(output: FunnelOutput) -> LinearModel:
        teaching = TeachingRows.of(train, output)
        if not teaching.teaches:
            return LinearModel.constant(teaching, num_columns(schema))
        return fit_path(*inputs, teaching, TeachingRows.of(validation, output))

    models: dict[str, LinearModel] = {}
    with stopped_early(), ThreadPoolExecutor(THREADS) as pool:
        started = {pool.submit(fit, output): output.name for output in outputs}
        for future in as_completed(started):
            models[started[future]] = future.result()
            progress("outputs fitted", len(models), len(outputs))
    ordered = [models[output.name] for output in outputs]
    weights = np.stack([model.weights for model in ordered], axis=1)
    parts = [one_hot(chunk) @ weights for chunk in scored.chunks()]
    logits = np.concatenate(parts) if parts else np.zeros((0, len(outputs)))
    return Baseline(
        {
            output.name: model.predictions(logits[:, place])
            for place, (output, model) in enumerate(zip(outputs, ordered, strict=True))
        },
        {o.name: m.chosen() for o, m in zip(outputs, ordered, strict=True)},
    )
