"""A recurrent reader."""

from typing import Any

import keras
from keras import ops

from mtl_rec.models.encoders.list_encoder import ListEncoder, Weight
from mtl_rec.models.initial_weights import InitialWeights, glorot_limit


@keras.saving.register_keras_serializable(package="mtl_rec")
class GruEncoder(ListEncoder):
    """What a gated recurrent unit remembers after the last step, made a vector.

    Never cuDNN's, whose operations a server without a GPU loads and then fails to run.

    Args:
        units: Width of what it remembers.
        reads_both_ways: Whether another one reads from the last step to the first.

    Inputs and output: as `ListEncoder` has them, without a candidate.

    Reference: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder
    for Statistical Machine Translation", EMNLP 2014, section 2.3; for histories Hidasi
    et al., "Session-based Recommendations with Recurrent Neural Networks", ICLR 2016.
    """

    def __init__(
        self, units: int, reads_both_ways: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.reads_both_ways = reads_both_ways

    @property
    def _directions(self) -> list[str]:
        return ["forward", "backward"] if self.reads_both_ways else ["forward"]

    def weights_of(self, width, length):
        remembered = self.units * len(self._directions)
        limit = glorot_limit(remembered, width)
        return {
            "output_kernel": Weight((remembered, width), limit),
            "bias_output": Weight((width,)),
        }

    def shapes(self, width, length):
        gates = 3 * self.units
        cell = {
            "kernel": (width, gates),
            "recurrent_kernel": (self.units, gates),
            "bias": (2, gates),
        }
        nested = {
            f"{direction}/gru_cell/{name}": shape
            for direction in self._directions
            for name, shape in cell.items()
        }
        return nested | super().shapes(width, length)

    def build(self, steps_shape, ids_shape, candidate_shape=None):
        super().build(steps_shape, ids_shape)
        _, length, width = steps_shape
        inner = glorot_limit(self.units, self.units)
        self.readers = []
        for direction in self._directions:
            reader = keras.layers.GRU(
                self.units,
                go_backwards=direction == "backward",
                kernel_initializer=InitialWeights(
                    "uniform", glorot_limit(width, self.units)
                ),
                recurrent_initializer=InitialWeights("uniform", inner),
                use_cudnn=False,
                # It drops nothing; without a seed it would draw one all the same.
                seed=0,
                name=direction,
            )
            reader.build((None, length, width))
            self.readers.append(reader)

    def encode(self, steps, mask, candidate, training):
        # Over padding it remembers what it did.
        is_step = ops.greater(mask, 0)
        read = [reader(steps, mask=is_step) for reader in self.readers]
        vector = ops.matmul(ops.concatenate(read, axis=1), self.own["output_kernel"])
        return vector + self.own["bias_output"]

    def get_config(self):
        own = {"units": self.units, "reads_both_ways": self.reads_both_ways}
        return {**super().get_config(), **own}
