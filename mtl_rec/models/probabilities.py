"""What is served: the trained model's weights, named probabilities."""

import keras

from mtl_rec.models.layers.funnel import FunnelLogProbabilities, FunnelPredictions


def probability_model(model: keras.Model) -> keras.Model:
    """The same weights with a named output for every event and every condition.

    Args:
        model: A functional model that ends in `FunnelLogProbabilities`, as those of
            `build_model` do.

    Returns:
        A model with the same inputs and the outputs of `FunnelPredictions`.
    """
    funnels = [la for la in model.layers if isinstance(la, FunnelLogProbabilities)]
    if len(funnels) != 1:
        raise ValueError(
            "`model` must have one `FunnelLogProbabilities` layer. "
            f"Received: a model with {len(funnels)}."
        )
    predictions = FunnelPredictions(funnels[0].tasks, name="predictions")
    return keras.Model(model.input, predictions(funnels[0].input), name="predictions")
