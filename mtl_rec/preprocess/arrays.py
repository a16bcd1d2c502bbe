"""Whole tables to arrays: each distinct string is encoded once."""

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import tensorflow as tf

from mtl_rec.config.features import SIDES, Feature, IdSequence, MultiCategorical
from mtl_rec.config.sampling import SAMPLING_OFFSET
from mtl_rec.errors import SchemaError
from mtl_rec.preprocess.graph import EncodingGraph
from mtl_rec.preprocess.lists import element_places, list_length
from mtl_rec.preprocess.sampling import sampled_alike, sampling_offsets
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.schema.fields import PADDING_ID, IdField, IdListField
from mtl_rec.schema.rows import says_how_sampled
from mtl_rec.schema.sampling import sampling_weights
from mtl_rec.schema.schema import Schema


def encode_tables(
    graph: EncodingGraph, tables: Iterable[pa.Table], with_labels: bool
) -> EncodedExposures:
    """Encodes canonical tables into one set of arrays.

    Rows with labels keep what they say of how they were sampled; others only predict.

    Raises:
        SchemaError: There are no rows, or some say how they were sampled and others
            do not.
    """
    schema = graph.schema
    names = [name for name in schema.inputs() if name != SAMPLING_OFFSET]
    inputs: dict[str, list[np.ndarray]] = {name: [] for name in names}
    weights: list[np.ndarray] = []
    tasks = schema.tasks if with_labels else ()
    labels: dict[str, list[np.ndarray]] = {task.name: [] for task in tasks}
    num_rows = 0
    for table in sampled_alike(tables):
        num_rows += len(table)
        for name, array in _encode(graph, table):
            inputs[name].append(array)
        for name, parts in labels.items():
            parts.append(table[name].to_numpy()[:, np.newaxis])
        if with_labels and says_how_sampled(table.column_names):
            weights.append(sampling_weights(table)[:, np.newaxis])
            if schema.sampling and schema.sampling.varies:
                offsets = sampling_offsets(table, schema.sampling)
                inputs.setdefault(SAMPLING_OFFSET, []).append(offsets)
    if not num_rows:
        raise SchemaError("The exposures must have rows. Received: none.")
    return EncodedExposures(
        schema,
        _joined(inputs),
        _joined(labels),
        np.concatenate(weights) if weights else None,
    )


def raw_tensors(schema: Schema, table: pa.Table) -> dict[str, np.ndarray]:
    """A canonical table as the served signature takes it.

    Returns:
        By feature, float32 or the bytes of strings; lists are padded with b"".
    """
    raw = {}
    for feature in schema.features:
        values = table[feature.name].combine_chunks()
        if isinstance(feature, MultiCategorical | IdSequence):
            kept, rows, places = element_places(values, feature)
            padded = np.full((len(values), list_length(feature)), b"", object)
            padded[rows, places] = _bytes(values.flatten())[kept]
            raw[feature.name] = padded
        elif pa.types.is_string(values.type):
            raw[feature.name] = _bytes(values)
        else:
            raw[feature.name] = values.to_numpy()
    return raw


def _encode(graph: EncodingGraph, table: pa.Table) -> Iterator[tuple[str, np.ndarray]]:
    # A server has no GPU either.
    with tf.device("CPU"):
        ids = {
            feature.name: _string_ids(graph, feature, table[feature.name])
            for feature in graph.strings
        }
        if graph.bucketed:
            buckets = graph.bucket_ids(_columns(table, graph.bucketed)).numpy()
            for column, feature in enumerate(graph.bucketed):
                ids[feature.name] = buckets[:, column : column + 1]
        numbers = {}
        if graph.standardised:
            numbers = graph.pack_numbers(_columns(table, graph.standardised))
    for side in SIDES:
        single = graph.schema.fields_of(IdField, side)
        if single:
            yield f"{side}_ids", np.concatenate([ids[f.name] for f in single], axis=1)
        for field in graph.schema.fields_of(IdListField, side):
            yield field.name, ids[field.name]
    yield from ((name, packed.numpy()) for name, packed in numbers.items())


def _columns(table: pa.Table, features: Iterable[Feature]) -> tf.Tensor:
    """Numbers of several features, `(rows, features)` float32."""
    return tf.constant(np.stack([table[f.name].to_numpy() for f in features], axis=1))


def _string_ids(
    graph: EncodingGraph, feature: Feature, column: pa.ChunkedArray
) -> np.ndarray:
    values = column.combine_chunks()
    if not isinstance(feature, MultiCategorical | IdSequence):
        return _distinct_ids(graph, feature, values)
    ids = np.full((len(values), list_length(feature)), PADDING_ID, np.int32)
    kept, rows, places = element_places(values, feature)
    ids[rows, places] = _distinct_ids(graph, feature, values.flatten())[kept, 0]
    return ids


def _distinct_ids(
    graph: EncodingGraph, feature: Feature, values: pa.Array
) -> np.ndarray:
    """Ids of `(n,)` strings, `(n, width)`; equal strings are looked up once."""
    encoded = pc.dictionary_encode(values)
    distinct = tf.constant(_bytes(encoded.dictionary), tf.string)
    ids = graph.string_ids(feature, distinct).numpy()
    return ids[encoded.indices.to_numpy()]


def _bytes(strings: pa.Array) -> np.ndarray:
    """Strings as objects of bytes, whatever the bytes are."""
    return strings.cast(pa.binary()).to_numpy(zero_copy_only=False)


def _joined(parts: dict[str, list[np.ndarray]]) -> dict[str, np.ndarray]:
    """One array a name; parts are let go one name at a time."""
    joined = {}
    for name in list(parts):
        own = parts.pop(name)
        joined[name] = own[0] if len(own) == 1 else np.concatenate(own)
    return joined
