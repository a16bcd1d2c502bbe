"""Numbers to standardised inputs and bucket ids, never NaN or infinite."""

from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from mtl_rec.config.features import Numeric
from mtl_rec.schema.number_statistics import NumberStatistics

MISSING_BUCKET_ID = 1
"""Id of a missing value in a bucketed feature; the buckets come next."""

MAX_DEVIATIONS = 10.0
"""Standard deviations beyond which a value counts as this far."""


def standardise(
    values: tf.Tensor,
    features: Sequence[Numeric],
    statistics: Mapping[str, NumberStatistics],
) -> tuple[tf.Tensor, tf.Tensor]:
    """Standardises numbers, `(batch, len(features))` float32.

    Returns:
        The standardised numbers, and whether they were there, bool, both of that shape.
        A missing number is NaN or infinite and becomes 0, the training mean.
    """
    # In float32 the distance of two finite numbers can be infinite, and a logarithm
    # differs in its last bit from one batch size to another.
    wide = tf.cast(values, tf.float64)
    is_there = tf.math.is_finite(wide)
    own = [statistics[feature.name] for feature in features]
    is_log = [feature.transform == "log" for feature in features]
    if any(is_log):
        logs = tf.sign(wide) * tf.math.log1p(tf.abs(wide))
        wide = tf.where(tf.constant(is_log), logs, wide)
    mean = tf.constant([s.mean for s in own], tf.float64)
    # A product, because graphs turn a division by a constant into one, in other bits.
    scale = tf.constant([1.0 / s.standard_deviation for s in own], tf.float64)
    # One operation, where `tf.clip_by_value` is two.
    scaled = tf.raw_ops.ClipByValue(
        t=(wide - mean) * scale,
        clip_value_min=tf.constant(-MAX_DEVIATIONS, tf.float64),
        clip_value_max=tf.constant(MAX_DEVIATIONS, tf.float64),
    )
    scaled = tf.where(is_there, scaled, tf.constant(0.0, tf.float64))
    return tf.cast(scaled, tf.float32), is_there


def bucket_ids(
    values: tf.Tensor,
    features: Sequence[Numeric],
    statistics: Mapping[str, NumberStatistics],
) -> tf.Tensor:
    """The bucket of each number, `(batch, len(features))` float32 to int32 ids."""
    own = [statistics[feature.name].boundaries for feature in features]
    # No finite number reaches the boundaries that fill up the rows.
    longest = max(1, *(len(boundaries) for boundaries in own))
    boundaries = np.full((len(own), longest), np.inf, np.float32)
    for row, known in zip(boundaries, own, strict=True):
        row[: len(known)] = known
    buckets = tf.raw_ops.UpperBound(
        sorted_inputs=tf.constant(boundaries), values=tf.transpose(values)
    )
    missing = tf.logical_not(tf.math.is_finite(values))
    ids = tf.transpose(buckets) + (MISSING_BUCKET_ID + 1)
    return tf.where(missing, tf.constant(MISSING_BUCKET_ID), ids)


def log_transform(values: np.ndarray) -> np.ndarray:
    """sign(x) log(1 + |x|), in the precision of the input; for learning statistics."""
    return np.sign(values) * np.log1p(np.abs(values))
