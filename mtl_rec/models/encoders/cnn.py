"""Patterns of a few steps in a row."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from mtl_rec.models.encoders.list_encoder import ListEncoder, Weight, times
from mtl_rec.models.initial_weights import glorot_limit


@keras.saving.register_keras_serializable(package="mtl_rec")
class ConvolutionalEncoder(ListEncoder):
    """The strongest match of each of several patterns, over all places.

    A pattern of width k is compared with the k steps from every step on, those past the
    end being zeros, `max_l ReLU(K . [e_l, ..., e_(l + k - 1)] + b)`; a dense layer on
    all matches gives the vector.

    Args:
        widths: Steps that patterns are long.
        num_filters: Patterns of every width.

    Inputs and output: as `ListEncoder` has them, without a candidate.

    Reference: Kim, "Convolutional Neural Networks for Sentence Classification", EMNLP
    2014, section 2.
    """

    def __init__(self, widths: Sequence[int], num_filters: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widths = list(widths)
        self.num_filters = num_filters

    def weights_of(self, width, length):
        weights = {}
        for number, steps in enumerate(self.widths):
            limit = glorot_limit(steps * width, self.num_filters)
            shape = (steps * width, self.num_filters)
            weights[f"kernel_{number}"] = Weight(shape, limit)
            weights[f"bias_{number}"] = Weight((self.num_filters,))
        matches = len(self.widths) * self.num_filters
        limit = glorot_limit(matches, width)
        weights["output_kernel"] = Weight((matches, width), limit)
        weights["bias_output"] = Weight((width,))
        return weights

    def encode(self, steps, mask, candidate, training):
        length = steps.shape[1]
        # Written as one product each: XLA is slow at convolutions on a CPU.
        longer = ops.pad(steps, ((0, 0), (0, max(self.widths) - 1), (0, 0)))
        matches = []
        for number, width in enumerate(self.widths):
            shifted = [longer[:, by : by + length] for by in range(width)]
            rows = ops.concatenate(shifted, axis=2)
            kernel, bias = self.own[f"kernel_{number}"], self.own[f"bias_{number}"]
            found = ops.relu(times(rows, kernel) + bias) * mask[:, :, None]
            matches.append(ops.max(found, axis=1))
        vector = ops.matmul(ops.concatenate(matches, axis=1), self.own["output_kernel"])
        return vector + self.own["bias_output"]

    def get_config(self):
        own = {"widths": self.widths, "num_filters": self.num_filters}
        return {**super().get_config(), **own}
