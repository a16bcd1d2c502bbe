"""What is served: the trained model's weights, named probabilities."""

import keras

from mtl_rec.models.layers.funnel import FunnelLogProbabilities, FunnelPredictions


def probability_model(model: keras.Model) -> keras.Model:
    """The same weights with a named output for every event and every condition.

    Args:
        model: A functional model that ends in `FunnelLogProbabilities`, as those of
            `build_model` do.

    Returns:
        A model with the outputs of `FunnelPredictions` and the same inputs, but for
        the correction of training for sampled negatives.
    """
    funnels = [la for la in model.layers if isinstance(la, FunnelLogProbabilities)]
    if len(funnels) != 1:
        raise ValueError(
            "`model` must have one `FunnelLogProbabilities` layer. "
            f"Received: a model with {len(funnels)}."
        )
    predictions = FunnelPredictions(funnels[0].tasks, name="predictions")
    logits, *offset = keras.tree.flatten(funnels[0].input)
    inputs = model.input
    if offset:
        inputs = {name: own for name, own in inputs.items() if own is not offset[0]}
    return keras.Model(inputs, predictions(logits), name="predictions")
