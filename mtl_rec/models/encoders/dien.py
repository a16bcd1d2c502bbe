"""Interests that evolve towards the candidate."""

from typing import Any

import keras
from keras import ops

from mtl_rec.models.encoders.augru import AttentionalUpdateCell
from mtl_rec.models.encoders.list_encoder import (
    ListEncoder,
    Weight,
    masked,
    mean_step,
    shares,
    times,
)
from mtl_rec.models.encoders.next_step_loss import next_step_loss
from mtl_rec.models.initial_weights import glorot_limit

INTEREST, EVOLUTION = "interest", "evolution"


@keras.saving.register_keras_serializable(package="mtl_rec")
class InterestEvolution(ListEncoder):
    """The mean of the steps, and what became of the interest that fits the candidate.

    A gated recurrent unit reads the steps; its states are interests. Each counts as it
    fits the candidate c, `a = softmax(c A . h)` over the steps, and a second unit reads
    them, which takes a share a of what it would take of each. What it remembers last is
    added to the mean, by a kernel that begins at zero.

    In training it adds a loss, `next_step_loss`: what a state says of the next step.
    The paper gives it a weight of 1. On a simulated shop with some 300 exposures a
    user, whose steps say no more of the next one than of any, the AUC of clicks against
    the truth was .726 so, .730 with a weight of .1, .732 without, and .727 of the mean.

    Args:
        units: Width of an interest.
        auxiliary_loss_weight: Of that loss; where it is 0 there is none.

    Inputs and output: as `ListEncoder` has them, with a candidate.

    Reference: Zhou et al., "Deep Interest Evolution Network for Click-Through Rate
    Prediction", AAAI 2019, sections "Interest Extractor Layer" and "Interest Evolving
    Layer".
    """

    def __init__(self, units: int, auxiliary_loss_weight: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units, self.auxiliary_loss_weight = units, auxiliary_loss_weight

    def weights_of(self, width, length):
        units, gates = self.units, 3 * self.units
        limit = glorot_limit(units, width)
        weights = {
            f"{INTEREST}_kernel": Weight((width, gates), glorot_limit(width, units)),
            f"bias_{INTEREST}": Weight((gates,)),
            "attention_kernel": Weight((width, units), limit),
            f"{EVOLUTION}_kernel": Weight((units, gates), glorot_limit(units, units)),
            f"bias_{EVOLUTION}": Weight((gates,)),
            "output_kernel": Weight((units, width)),
        }
        if self._has_loss:
            weights["next_kernel"] = Weight((units, width), limit)
        return weights

    @property
    def _has_loss(self) -> bool:
        return self.auxiliary_loss_weight > 0

    def shapes(self, width, length):
        shape = (self.units, 3 * self.units)
        nested = {
            f"{name}/cell/recurrent_kernel": shape for name in (INTEREST, EVOLUTION)
        }
        return nested | super().shapes(width, length)

    def build(self, steps_shape, ids_shape, candidate_shape=None):
        super().build(steps_shape, ids_shape)
        self.readers = {}
        for name in (INTEREST, EVOLUTION):
            reader = keras.layers.RNN(
                AttentionalUpdateCell(self.units, name="cell"),
                return_sequences=name == INTEREST,
                name=name,
            )
            reader.build((None, steps_shape[1], 3 * self.units + 1))
            self.readers[name] = reader

    def call(self, steps, ids, candidate=None, training=False):
        steps, mask = masked(steps, ids)
        interests = self.interests(steps, mask)
        if training and self._has_loss:
            loss = next_step_loss(interests, steps, ids, self.own["next_kernel"])
            self.add_loss(self.auxiliary_loss_weight * loss)
        weights = self.step_weights(interests, mask, candidate)
        evolved = self._read(EVOLUTION, interests, weights)
        change = ops.matmul(evolved, self.own["output_kernel"])
        return self.or_default(mean_step(steps, mask) + change, mask)

    def interests(self, steps: Any, mask: Any) -> Any:
        """The state after every step, `(batch, length, units)`."""
        return self._read(INTEREST, steps, mask)

    def step_weights(self, interests: Any, mask: Any, candidate: Any) -> Any:
        """How much of every interest is taken, `(batch, length)`."""
        asking = ops.matmul(candidate, self.own["attention_kernel"])
        return shares(ops.sum(interests * asking[:, None, :], axis=2), mask)

    def _read(self, name, steps, scales):
        gates = times(steps, self.own[f"{name}_kernel"]) + self.own[f"bias_{name}"]
        return self.readers[name](ops.concatenate([gates, scales[:, :, None]], axis=2))

    def get_config(self):
        own = {
            "units": self.units,
            "auxiliary_loss_weight": self.auxiliary_loss_weight,
        }
        return {**super().get_config(), **own}
