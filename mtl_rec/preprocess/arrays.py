"""Whole tables to arrays: each distinct string is encoded once."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

import numpy as np
import pyarrow as pa
import tensorflow as tf

from mtl_rec.config.features import Feature, IdSequence, MultiCategorical, is_by_row
from mtl_rec.config.sampling import SAMPLING_OFFSET
from mtl_rec.preprocess.counting import count_values
from mtl_rec.preprocess.fallback_tokens import lacks_vector
from mtl_rec.preprocess.graph import EncodingGraph
from mtl_rec.preprocess.lists import kept_elements, list_length, padded
from mtl_rec.preprocess.sampling import sampled_alike, sampling_offsets
from mtl_rec.preprocess.steps import require_equal_steps
from mtl_rec.preprocess.strings import StringIds, as_bytes
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.schema.fields import PADDING_ID, IdField, IdListField
from mtl_rec.schema.raw_types import plain
from mtl_rec.schema.rows import says_how_sampled
from mtl_rec.schema.sampling import sampling_weights
from mtl_rec.schema.schema import Schema
from mtl_rec.schema.vector_values import vector_rows


def encode_tables(
    graph: EncodingGraph, tables: Iterable[pa.Table], with_labels: bool
) -> Iterator[EncodedExposures]:
    """Encodes canonical tables, one after another.

    Rows with labels keep what they say of how they were sampled; others only predict.

    Raises:
        SchemaError: Some rows say how they were sampled and others do not.
    """
    schema, known = graph.schema, _known(graph)
    tasks = schema.tasks if with_labels else ()
    for table in sampled_alike(tables):
        inputs = _inputs(graph, known, table)
        labels = {t.name: table[t.name].to_numpy()[:, np.newaxis] for t in tasks}
        weights = None
        if with_labels and says_how_sampled(table.column_names):
            weights = sampling_weights(table)[:, np.newaxis]
            if schema.sampling and schema.sampling.varies:
                inputs[SAMPLING_OFFSET] = sampling_offsets(table, schema.sampling)
        counts = count_values(schema, table, inputs)
        yield EncodedExposures(schema, inputs, labels, weights, counts)


def encode_inputs(graph: EncodingGraph, table: pa.Table) -> dict[str, np.ndarray]:
    """The packed inputs of the graph's sides alone, `(rows, width)` each.

    Those that may be left out are where no row needs them.

    Args:
        graph: Of some sides.
        table: Canonical rows; columns of other sides may be missing.

    Raises:
        SchemaError: Sequences that run along have not as many steps.
    """
    return _inputs(graph, _known(graph), table)


def raw_tensors(schema: Schema, table: pa.Table) -> dict[str, np.ndarray]:
    """A canonical table as the served signature takes it.

    Returns:
        By feature, float32 or the bytes of strings; lists of these are padded with b"".
    """
    raw = {}
    table = plain(table)
    for feature in schema.features:
        values = table[feature.name].combine_chunks()
        if isinstance(feature, MultiCategorical | IdSequence):
            kept, lengths = kept_elements(values, feature)
            strings = np.full((len(values), list_length(feature)), b"", object)
            elements = as_bytes(values.flatten())[kept]
            raw[feature.name] = padded(elements, lengths, strings)
        elif is_by_row(feature):
            raw[feature.name] = vector_rows(values)
        elif pa.types.is_string(values.type):
            raw[feature.name] = as_bytes(values)
        else:
            raw[feature.name] = values.to_numpy()
    return raw


def _known(graph: EncodingGraph) -> dict[str, StringIds]:
    encode = partial(_string_ids, graph)
    strings = [*graph.strings, *graph.language_texts, *graph.fallback_texts]
    return {f.name: StringIds(f, encode) for f in strings}


def _inputs(
    graph: EncodingGraph, known: dict[str, StringIds], table: pa.Table
) -> dict[str, np.ndarray]:
    inputs = dict(_encode(graph, known, table))
    inputs |= _fallback_tokens(graph, known, table, inputs)
    require_equal_steps(graph.schema, inputs)
    return inputs


def _encode(
    graph: EncodingGraph, known: dict[str, StringIds], table: pa.Table
) -> Iterator[tuple[str, np.ndarray]]:
    # A server has no GPU either.
    with tf.device("CPU"):
        ids = {
            feature.name: _column_ids(feature, known[feature.name], table[feature.name])
            for feature in [*graph.strings, *graph.language_texts]
        }
        if graph.bucketed:
            buckets = graph.bucket_ids(_columns(table, graph.bucketed)).numpy()
            for column, feature in enumerate(graph.bucketed):
                ids[feature.name] = buckets[:, column : column + 1]
        numbers = {}
        if graph.standardised:
            numbers = graph.pack_numbers(_columns(table, graph.standardised))
        for feature in graph.vectors:
            vectors = vector_rows(table[feature.name].combine_chunks())
            numbers[feature.name] = graph.filled_vectors(feature, tf.constant(vectors))
    for side in graph.sides:
        single = graph.schema.fields_of(IdField, side)
        if single:
            yield f"{side}_ids", np.concatenate([ids[f.name] for f in single], axis=1)
        for field in graph.schema.fields_of(IdListField, side):
            yield field.name, ids[field.name]
    yield from ((name, packed.numpy()) for name, packed in numbers.items())


def _fallback_tokens(
    graph: EncodingGraph,
    known: dict[str, StringIds],
    table: pa.Table,
    inputs: Mapping[str, np.ndarray],
) -> Iterator[tuple[str, np.ndarray]]:
    """Texts of ids without a vector; none where no row has such an id."""
    for feature in graph.fallback_texts:
        texts = table[feature.name].combine_chunks()
        is_read = lacks_vector(graph.schema, feature.name, inputs)
        if is_read.any():
            shape = len(texts), graph.schema.text_lengths[feature.name]
            tokens = np.full(shape, PADDING_ID, np.int32)
            tokens[is_read] = known[feature.name](texts.filter(pa.array(is_read)))
            yield feature.name, tokens


def _columns(table: pa.Table, features: Iterable[Feature]) -> tf.Tensor:
    """Numbers of several features, `(rows, features)` float32."""
    return tf.constant(np.stack([table[f.name].to_numpy() for f in features], axis=1))


def _column_ids(
    feature: Feature, known: StringIds, column: pa.ChunkedArray
) -> np.ndarray:
    values = column.combine_chunks()
    if not isinstance(feature, MultiCategorical | IdSequence):
        return known(values)
    kept, lengths = kept_elements(values, feature)
    elements = known(values.flatten())[:, 0]
    if not kept.all():
        elements = elements[kept]
    ids = np.full((len(values), list_length(feature)), PADDING_ID, np.int32)
    return padded(elements, lengths, ids)


def _string_ids(
    graph: EncodingGraph, feature: Feature, strings: np.ndarray
) -> np.ndarray:
    # A server has no GPU either.
    with tf.device("CPU"):
        return graph.string_ids(feature, tf.constant(strings, tf.string)).numpy()
