"""The newest step of a list."""

import keras

from mtl_rec.models.encoders.list_encoder import ListEncoder, at_places, newest


@keras.saving.register_keras_serializable(package="mtl_rec")
class LastStep(ListEncoder):
    """Takes the newest step and leaves all others.

    Inputs and output: as `ListEncoder` has them, without a candidate.
    """

    def weights_of(self, width, length):
        return {}

    def encode(self, steps, mask, candidate, training):
        return at_places(steps, newest(mask))
