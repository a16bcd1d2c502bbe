"""Makes up for statistics that were learned anew, so that predictions stay.

A number x comes in as (x - mean) / deviation, and a value goes out as
logit * deviation + mean. Where these have changed, kernels and biases that were taken
are changed so that x still gives what it gave. That leaves out numbers so far from the
mean that they are cut, and missing ones, which stand for the mean and move with it.
"""

from collections.abc import Collection, Iterator

import numpy as np

from mtl_rec.models.blocks import BIAS, GATE, HEAD, Block, BlockKey, Part
from mtl_rec.training.warm_start.weights import Weights


def rescale(
    own: Weights, source: Weights, taken: Collection[BlockKey]
) -> Iterator[tuple[Part, str]]:
    """Changes what was taken, in place; yields parts and what is new of their scale.

    Args:
        own: Of the model that is to be trained.
        source: Of the model that it starts from.
        taken: Blocks of `own` that are copies.
    """
    blocks = {block.key: block for block in own.blocks}
    for block in own.blocks:
        if block.key not in taken:
            continue
        if block.number is not None and block.bias is not None:
            # Taken as well: it belongs to the same units.
            has_changed = _rescale_number(block, blocks[block.bias], own, source)
            # Said once for each number, not again for every gate and logit.
            if has_changed and block.key.part.kind not in (GATE, HEAD):
                yield block.key.part, f"'{block.number}' is standardised anew"
        # The bias, which the numbers of a logit may have shifted, comes after them.
        if block.logit_of is not None:
            has_changed = _rescale_logit(block, block.logit_of, own, source)
            # Said once for each task, not again for every vocabulary.
            if has_changed and block.key.part.kind == HEAD:
                yield block.key.part, "scaled anew"


def _rescale_number(kernel: Block, bias: Block, own: Weights, source: Weights) -> bool:
    """Whether the statistics of the number have changed."""
    assert kernel.number is not None
    before, now = (w.learned.numbers[kernel.number] for w in (source, own))
    if before == now:
        return False
    weights = own.of(kernel).astype(np.float64)
    shift = (now.mean - before.mean) / before.standard_deviation
    biases = own.of(bias)
    biases += (weights * shift).reshape(biases.shape)
    own.of(kernel)[...] = weights * now.standard_deviation / before.standard_deviation
    return True


def _rescale_logit(block: Block, task: str, own: Weights, source: Weights) -> bool:
    """Whether what is made of the logit has changed."""
    before, now = (w.learned.served_scale(task) for w in (source, own))
    if before == now:
        return False
    (old_mean, old_deviation), (mean, deviation) = before, now
    logit = own.of(block).astype(np.float64) * old_deviation
    shift = old_mean - mean if block.key.detail == BIAS else 0.0
    own.of(block)[...] = (logit + shift) / deviation
    return True
