"""Raw features from serialized `tf.Example`s, as row-wise clients send them."""

from collections.abc import Mapping, Sequence
from typing import Any

import tensorflow as tf

from mtl_rec.config.features import (
    Feature,
    IdSequence,
    MultiCategorical,
    Numeric,
    Vector,
)
from mtl_rec.preprocess.lists import list_length


def parse_examples(
    serialized: tf.Tensor, features: Sequence[Feature]
) -> dict[str, tf.Tensor]:
    """Parses a batch of `tf.Example`s, `(batch,)` strings, to raw features.

    A feature that an example lacks is missing: "" for strings, NaN for numbers and all
    those of a vector, no elements for lists. Lists come unpadded and of any length;
    what is used of them is what is used in training. A number that was sent as an
    integer, an empty or a longer list for a single value, a vector of another length,
    and bytes that are no example fail the whole batch, with the feature's name.

    Returns:
        By feature, as `EncodingGraph.raw_signature` describes them.
    """
    parsed: dict[str, Any] = dict(
        tf.io.parse_example(serialized, {f.name: _spec(f) for f in features})
    )
    for feature in features:
        if isinstance(feature, MultiCategorical | IdSequence):
            parsed[feature.name] = _padded(parsed[feature.name], feature)
    return parsed


def serialized_example(values: Mapping[str, str | bytes | float | Sequence]) -> bytes:
    """A row as the `tf.Example` that `parse_examples` takes.

    Args:
        values: By feature: a string, a number, or a list of strings without padding or
            of numbers.
    """
    features = {name: _written(value) for name, value in values.items()}
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return example.SerializeToString(deterministic=True)


def _spec(feature: Feature) -> tf.io.FixedLenFeature | tf.io.RaggedFeature:
    match feature:
        case MultiCategorical() | IdSequence():
            return tf.io.RaggedFeature(tf.string)
        case Numeric():
            return tf.io.FixedLenFeature([], tf.float32, float("nan"))
        case Vector(path=None):
            missing = [float("nan")] * feature.row_dim
            return tf.io.FixedLenFeature([feature.row_dim], tf.float32, missing)
        case _:
            return tf.io.FixedLenFeature([], tf.string, "")


def _padded(
    lists: tf.RaggedTensor, feature: MultiCategorical | IdSequence
) -> tf.Tensor:
    """The newest elements of a sequence, the first of several values, without "".

    Plain operations: those of `tf.RaggedTensor` would be most of the graph.
    """
    length, splits = list_length(feature), lists.row_splits
    is_kept = tf.not_equal(lists.values, "")
    if isinstance(feature, IdSequence):
        before = _counts_before(is_kept)
        newest = tf.repeat(tf.gather(before, splits[1:]), splits[1:] - splits[:-1])
        is_kept = tf.logical_and(is_kept, newest - before[:-1] <= length)
    return tf.raw_ops.RaggedTensorToTensor(
        shape=[-1, length],
        values=tf.boolean_mask(lists.values, is_kept),
        default_value="",
        row_partition_tensors=[tf.gather(_counts_before(is_kept), splits)],
        row_partition_types=["ROW_SPLITS"],
    )


def _counts_before(flags: tf.Tensor) -> tf.Tensor:
    """How many are set before every position, and in all, `(n + 1,)` int32."""
    return tf.concat([[0], tf.cumsum(tf.cast(flags, tf.int32))], axis=0)


def _written(value: str | bytes | float | Sequence) -> tf.train.Feature:
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        value = [value]
    if value and not isinstance(value[0], str | bytes):
        return tf.train.Feature(float_list=tf.train.FloatList(value=value))
    strings = [v.encode() if isinstance(v, str) else v for v in value]
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=strings))
