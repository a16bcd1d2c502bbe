"""What tells the next step of a list from a step of another."""

from typing import Any

from keras import ops

from mtl_rec.models.encoders.list_encoder import times


def next_step_loss(states: Any, steps: Any, ids: Any, kernel: Any) -> Any:
    """How badly states tell the next step, a scalar in float32.

    The mean over all steps but the first of each list, of
    `-log sigmoid(h . e) - log sigmoid(-h . n)`: h is the state before the step times
    the kernel, e the step and n one of another list. Where that is of the same id, or
    the other list holds nothing, nothing is asked.

    The other list is the one half a batch further on, and of it the step at the same
    place, counted round where it is shorter: no random numbers, so that a training that
    is resumed goes on with the same bits. Rows come in another order in every epoch.

    Args:
        states: What is known after each step, `(batch, length, units)`.
        steps: `(batch, length, width)`.
        ids: What the steps are of, `(batch, length)`; 0 is padding.
        kernel: `(units, width)`.

    Reference: Zhou et al., "Deep Interest Evolution Network for Click-Through Rate
    Prediction", AAAI 2019, equation 6; states and steps may differ in width here.
    """
    following, asked = steps[:, 1:], times(states[:, :-1], kernel)
    places = _of_other_lists(ids)
    others = ops.take(ops.reshape(steps, (-1, steps.shape[2])), places, axis=0)
    own, other = ids[:, 1:], ops.take(ops.reshape(ids, (-1,)), places)
    is_asked = ops.cast((own > 0) & (other > 0) & (own != other), "float32")
    right, wrong = (
        ops.sum(ops.cast(asked * step, "float32"), axis=2)
        for step in (following, others)
    )
    losses = (ops.softplus(-right) + ops.softplus(wrong)) * is_asked
    return ops.sum(losses) / ops.maximum(ops.sum(is_asked), 1.0)


def _of_other_lists(ids):
    """A step of another list for every place but the first, `(batch, length - 1)`.

    As its place among all steps of the batch, one list after the other.
    """
    batch, length = ops.shape(ids)[0], ids.shape[1]
    lists = (ops.arange(batch, dtype="int32") + batch // 2) % batch
    num_steps = ops.sum(ops.cast(ops.not_equal(ids, 0), "int32"), axis=1)
    lengths = ops.maximum(ops.take(num_steps, lists), 1)[:, None]
    places = ops.arange(1, length, dtype="int32") % lengths
    return lists[:, None] * length + places
