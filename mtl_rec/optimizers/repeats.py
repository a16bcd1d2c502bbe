"""Rows that a gradient in slices names more than once."""

from typing import Any

from keras import ops


def sum_of_repeats(gradient: Any) -> Any:
    """Every slice replaced by the sum of all slices with its index."""
    order = ops.argsort(gradient.indices)
    indices = ops.take(gradient.indices, order)
    is_first = ops.cast(ops.not_equal(indices[1:], indices[:-1]), "int32")
    group_sorted = ops.concatenate([ops.zeros_like(indices[:1], "int32"), is_first])
    group_sorted = ops.cumsum(group_sorted)
    group = ops.take(group_sorted, ops.argsort(order))
    sums = ops.segment_sum(gradient.values, group, ops.shape(indices)[0])
    return ops.take(sums, group, axis=0)
