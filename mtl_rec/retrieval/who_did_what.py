"""The ids, events and times of all rows, without their features."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.data import TimeSplit
from mtl_rec.config.sampling import IS_SAMPLED
from mtl_rec.config.tasks import Task
from mtl_rec.data.events.codes import MISSING, Codes, recoded
from mtl_rec.data.exposures import ExposureStream
from mtl_rec.data.sampling import sampling_columns
from mtl_rec.data.splitting import LEFT_OUT, PARTS
from mtl_rec.data.times import read_times
from mtl_rec.errors import SchemaError
from mtl_rec.evaluation.id_columns import id_texts, require_id_columns
from mtl_rec.schema.columns import label_values, sampled_flags

TRAIN, VALIDATION, TEST = range(len(PARTS))


@dataclass(frozen=True)
class WhoDidWhat:
    """All rows of the data in their order.

    Attributes:
        users: `(rows,)` places in `user_ids`.
        items: `(rows,)` places in `item_ids`.
        weights: `(rows,)`, how much the event counts that happened; 0 without one.
        parts: `(rows,)` places in `PARTS`, or `LEFT_OUT`, as rows without a user or an
            item are.
        times: `(rows,)`, that sort them.
        is_sampled: `(rows,)`, whether the item was drawn as a negative: nobody was
            shown it there.
        user_ids: `(users,)` text, in order.
        item_ids: `(items,)` text, in order.
    """

    users: np.ndarray
    items: np.ndarray
    weights: np.ndarray
    parts: np.ndarray
    times: np.ndarray
    is_sampled: np.ndarray
    user_ids: np.ndarray
    item_ids: np.ndarray


def read_who_did_what(
    stream: ExposureStream,
    user_column: str,
    item_column: str,
    event_weights: Mapping[str, float],
) -> WhoDidWhat:
    """Reads ids, labels and times.

    Args:
        stream: Any part of the data; all parts are read.
        user_column: Column of the user's id.
        item_column: Column of the item's id.
        event_weights: By event, how much it counts; without any, each event counts 1.

    Raises:
        SchemaError: A column is missing or holds no ids, or no row has a user and an
            item.
        ArtifactError: A file is damaged.
    """
    require_id_columns(stream, user_column, item_column)
    tasks = [task for task in stream.tasks if task.kind == "binary"]
    split = stream.data.split
    time = split.column if isinstance(split, TimeSplit) else None
    columns = [user_column, item_column, *(task.label_column for task in tasks)]
    columns += [time] if time else []
    says_sampled = IS_SAMPLED in sampling_columns(stream.source)
    columns += [IS_SAMPLED] if says_sampled else []
    codes = Codes(), Codes()
    read: list[tuple[np.ndarray, ...]] = []
    for batch, parts, first_row in stream.batches(list(dict.fromkeys(columns))):
        users, items = (
            own.add(_ids(batch, name))
            for own, name in zip(codes, (user_column, item_column), strict=True)
        )
        times = np.arange(first_row, first_row + batch.num_rows)
        if time:
            times = read_times(batch.column(time), time)[1]
        is_sampled = np.zeros(batch.num_rows, bool)
        if says_sampled:
            flags = pa.chunked_array([batch.column(IS_SAMPLED)])
            is_sampled = sampled_flags(flags).to_numpy(zero_copy_only=False)
        parts = np.where((users == MISSING) | (items == MISSING), LEFT_OUT, parts)
        weights = _weights(batch, tasks, event_weights)
        read.append((users, items, weights, parts, times, is_sampled))
    users, items, *others = map(np.concatenate, zip(*read, strict=True))
    if not len(codes[0]) or not len(codes[1]):
        raise SchemaError(
            "Retrieval needs rows with ids of users and items. Received: no value in "
            f"'{user_column}' or none in '{item_column}'."
        )
    return WhoDidWhat(
        recoded(users, codes[0].ranks()),
        recoded(items, codes[1].ranks()),
        *others,
        *(np.array(own.values().to_pylist(), object) for own in codes),
    )


def _ids(batch: pa.RecordBatch, column: str) -> pa.Array:
    """Texts, null where one is missing."""
    texts = id_texts(pa.chunked_array([batch.column(column)]), column)
    return pc.if_else(pc.equal(texts, ""), None, texts)


def _weights(
    batch: pa.RecordBatch, tasks: Sequence[Task], event_weights: Mapping[str, float]
) -> np.ndarray:
    weights = np.zeros(batch.num_rows, np.float32)
    for task in tasks:
        own = event_weights.get(task.name, 0.0) if event_weights else 1.0
        labels = label_values(pa.chunked_array([batch.column(task.label_column)]), task)
        happened = np.nan_to_num(labels.to_numpy()) > 0
        weights = np.maximum(weights, np.float32(own) * happened)
    return weights
