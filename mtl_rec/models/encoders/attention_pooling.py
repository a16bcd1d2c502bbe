"""A bag whose words count by what they are."""

import keras
from keras import ops

from mtl_rec.models.encoders.list_encoder import ListEncoder, Weight, shares, times
from mtl_rec.models.initial_weights import glorot_limit


@keras.saving.register_keras_serializable(package="mtl_rec")
class AttentionPooling(ListEncoder):
    """A mean of the steps, weighted by `softmax(u . tanh(W e + b))` of each.

    Inputs and output: as `ListEncoder` has them, without a candidate.

    Reference: Yang et al., "Hierarchical Attention Networks for Document
    Classification", NAACL 2016, equations 5 to 7.
    """

    def weights_of(self, width, length):
        limit = glorot_limit(width, width)
        return {
            "kernel": Weight((width, width), limit),
            "bias": Weight((width,)),
            "context": Weight((width,), glorot_limit(width, 1)),
        }

    def encode(self, steps, mask, candidate, training):
        kernel, bias, context = (self.own[n] for n in ("kernel", "bias", "context"))
        hidden = ops.tanh(times(steps, kernel) + bias)
        weights = shares(ops.sum(hidden * context, axis=2), mask)
        return ops.sum(steps * weights[:, :, None], axis=1)
