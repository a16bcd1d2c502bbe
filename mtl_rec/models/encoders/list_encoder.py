"""What the layers have in common that make one vector of a list of steps."""

from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from mtl_rec.models.initial_weights import InitialWeights

DEFAULT = "default"
"""The weight that stands for lists that hold nothing."""


@dataclass(frozen=True)
class Weight:
    """A weight before there is one.

    Attributes:
        shape: Of the weight.
        limit: It starts uniformly distributed between this and its negative.
        start: Where all of it starts if there is no limit.
    """

    shape: tuple[int, ...]
    limit: float | None = None
    start: float = 0.0


class ListEncoder(keras.layers.Layer):
    """Makes one vector of the embedded steps of a list, as wide as a step.

    Steps that are padding are zeros to `encode`, whatever their embedding, and a list
    that holds nothing gets a vector that is learned for it.

    Subclasses say which weights they have, `weights_of`, and what they do, `encode`, or
    `call` where they need the ids.

    Inputs:
        steps: `(batch, length, width)`.
        ids: What was embedded, `(batch, length)`; 0 is padding, at the end.
        candidate: What the steps are compared with, `(batch, width)`; left out by
            encoders that compare with nothing.

    Output shape: `(batch, width)`.
    """

    def weights_of(self, width: int, length: int) -> dict[str, Weight]:
        """Its own weights by name, but for the default.

        Args:
            width: Of a step.
            length: Steps of a list, padding included.
        """
        raise NotImplementedError

    def shapes(self, width: int, length: int) -> dict[str, tuple[int, ...]]:
        """The shapes of all weights by their path below the layer, built or not."""
        own = {name: w.shape for name, w in self.weights_of(width, length).items()}
        return own | {DEFAULT: (width,)}

    def encode(self, steps: Any, mask: Any, candidate: Any, training: bool) -> Any:
        """One vector of each list that holds something, `(batch, width)`.

        Args:
            steps: As the inputs, zeros where there is padding.
            mask: 1 where there is a step and 0 where there is padding, as the steps'
                type, `(batch, length)`.
            candidate: As the inputs.
            training: Whether the model learns.
        """
        raise NotImplementedError

    def build(self, steps_shape, ids_shape, candidate_shape=None):
        _, length, width = steps_shape
        weights = self.weights_of(width, length) | {DEFAULT: Weight((width,))}
        self.own = {
            name: self.add_weight(
                name=name,
                shape=weight.shape,
                initializer=keras.initializers.Constant(weight.start)
                if weight.limit is None
                else InitialWeights("uniform", weight.limit),
            )
            for name, weight in weights.items()
        }

    def call(self, steps, ids, candidate=None, training=False):
        steps, mask = masked(steps, ids)
        return self.or_default(self.encode(steps, mask, candidate, training), mask)

    def or_default(self, encoded: Any, mask: Any) -> Any:
        """What a list was encoded as, or the default where it holds nothing."""
        holds_some = ops.max(mask, axis=1, keepdims=True)
        default = ops.convert_to_tensor(self.own[DEFAULT])
        return ops.where(ops.greater(holds_some, 0), encoded, default)

    def compute_output_shape(self, steps_shape, ids_shape, candidate_shape=None):
        return (steps_shape[0], steps_shape[2])


def masked(steps: Any, ids: Any) -> tuple[Any, Any]:
    """Steps that are zeros where there is padding, and the mask, as `encode` has it."""
    mask = ops.cast(ops.not_equal(ids, 0), steps.dtype)
    return ops.multiply(steps, mask[:, :, None]), mask


def times(steps: Any, kernel: Any) -> Any:
    """Every step times a kernel, `(batch, length, in)` to `(batch, length, out)`.

    As one product of all steps, where TensorFlow would make one for every list.
    """
    _, length, width = steps.shape
    product = ops.matmul(ops.reshape(steps, (-1, width)), kernel)
    return ops.reshape(product, (-1, length, kernel.shape[1]))


def newest(mask: Any) -> Any:
    """The place of the last step, `(batch,)` int32; -1 where there is none."""
    places = ops.arange(1, mask.shape[1] + 1, dtype="int32")
    return ops.max(ops.cast(mask, "int32") * places, axis=1) - 1


def at_places(steps: Any, places: Any) -> Any:
    """One step of each list, `(batch, width)`; zeros where the place is -1."""
    is_there = ops.equal(ops.arange(steps.shape[1], dtype="int32"), places[:, None])
    return ops.sum(steps * ops.cast(is_there, steps.dtype)[:, :, None], axis=1)


def mean_step(steps: Any, mask: Any) -> Any:
    """The mean over the steps that there are, `(batch, width)`."""
    count = ops.maximum(ops.sum(mask, axis=1, keepdims=True), 1.0)
    return ops.sum(steps * mask[:, :, None], axis=1) / count


def shares(scores: Any, is_seen: Any) -> Any:
    """Softmax over the last axis, of what is seen alone, in float32 within.

    Without `ops.softmax`, which takes oneDNN, TensorFlow's default on a CPU, ten times
    as long for a single row.

    Args:
        scores: Any shape.
        is_seen: 1 or 0, broadcast to it. Where nothing is seen all shares are 0.
    """
    is_seen = ops.cast(is_seen, "float32")
    # Far below any score, and finite where nothing is seen.
    exact = ops.cast(scores, "float32") + (is_seen - 1.0) * 1e9
    largest = ops.stop_gradient(ops.max(exact, axis=-1, keepdims=True))
    weights = ops.exp(exact - largest) * is_seen
    total = ops.sum(weights, axis=-1, keepdims=True)
    return ops.cast(weights / ops.maximum(total, 1e-9), scores.dtype)
