"""Tables in TFRecord files of `tf.train.Example`, parsed a batch at a time.

The one module of `data` that imports TensorFlow, which has the only parser of these
records that is fast; nothing imports it before such a file is read.
"""

import itertools
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import tensorflow as tf
from google.protobuf.message import DecodeError

from mtl_rec.data.files import unreadable
from mtl_rec.errors import SchemaError

# Features may be left out of a record, so that one does not tell the columns.
HEADER_RECORDS = 200
READ_BYTES = 2**20
_TYPES = {
    "bytes_list": (tf.string, pa.binary()),
    "float_list": (tf.float32, pa.float32()),
    "int64_list": (tf.int64, pa.int64()),
}


def tfrecord_columns(file: str) -> dict[str, str]:
    """Names of the features in the first records, and the kind of list of each."""
    kinds: dict[str, str] = {}
    with _readable(file):
        for record in itertools.islice(_records(file), HEADER_RECORDS):
            example = tf.train.Example.FromString(record.numpy())
            for name, feature in example.features.feature.items():
                kind = feature.WhichOneof("kind")
                if kind is not None:
                    kinds.setdefault(name, kind)
    return kinds


def tfrecord_batches(
    file: str, columns: Sequence[str], max_rows: int, lists: Collection[str] = ()
) -> Iterator[pa.RecordBatch]:
    """Columns of a file as their records have them, null where a feature is missing.

    Args:
        file: Plain, or gzipped as its ending says.
        columns: Names of features to read.
        max_rows: Rows of a batch at most.
        lists: Those that may have several values a row.

    Raises:
        ArtifactError: The file is damaged, or a feature has several kinds of values.
        SchemaError: Another feature than those of `lists` has several values.
    """
    kinds = tfrecord_columns(file)
    types = {name: _TYPES[kinds[name]] for name in columns}
    parsed = {
        name: tf.io.RaggedFeature(kind, row_splits_dtype=tf.int32)
        for name, (kind, _) in types.items()
    }
    # Records are batched before they are parsed, which costs a fifteenth.
    batches = iter(_records(file).batch(max_rows).prefetch(1))
    while True:
        with _readable(file), tf.device("CPU"):
            records = next(batches, None)
            if records is None:
                return
            rows = tf.io.parse_example(records, parsed) if parsed else {}
        arrays = {
            name: _array(rows[name], kind, name in lists, f"'{name}' of '{file}'")
            for name, (_, kind) in types.items()
        }
        yield pa.record_batch(arrays)


def _array(rows: Any, kind: pa.DataType, is_list: bool, title: str) -> pa.Array:
    values, splits = rows.flat_values.numpy(), rows.row_splits.numpy()
    flat = pa.array(values, kind)
    if pa.types.is_binary(kind):
        flat = flat.cast(pa.string())
    if is_list:
        return pa.ListArray.from_arrays(pa.array(splits, pa.int32()), flat)
    lengths = np.diff(splits)
    if lengths.max(initial=0) > 1:
        raise SchemaError(
            f"Feature {title} must have one value a record. "
            f"Received: {lengths.max()}. Declare it `multi_categorical` or `sequence`."
        )
    return flat.take(pa.array(splits[:-1], mask=lengths == 0))


def _records(file: str) -> tf.data.TFRecordDataset:
    compression = "GZIP" if Path(file).suffix == ".gz" else ""
    return tf.data.TFRecordDataset(file, compression, buffer_size=READ_BYTES)


@contextmanager
def _readable(file: str) -> Iterator[None]:
    try:
        yield
    except (tf.errors.OpError, DecodeError) as error:
        raise unreadable(file, "tfrecord", error) from error
