"""The request of a user that the data knows: as of the newest exposure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.data import TimeSplit
from mtl_rec.config.export import Ranking
from mtl_rec.config.features import (
    Feature,
    IdSequence,
    MultiCategorical,
    Numeric,
)
from mtl_rec.config.run import RunConfig
from mtl_rec.config.tasks import Task
from mtl_rec.data import open_exposures
from mtl_rec.data.events.progress import Progress, unseen
from mtl_rec.data.exposures import ExposureStream
from mtl_rec.data.times import read_times
from mtl_rec.errors import SchemaError
from mtl_rec.evaluation.id_columns import id_texts, require_id_columns
from mtl_rec.export.scores import score_terms
from mtl_rec.preprocess.lists import list_length
from mtl_rec.retrieval.id_features import id_feature
from mtl_rec.schema.columns import feature_values, label_values
from mtl_rec.schema.funnel import Funnel


@dataclass(frozen=True)
class UserRequest:
    """What the data knows of a user.

    Attributes:
        request: Values by feature of the user and of the moment, of the newest
            exposure; with the user's id, which a factorization reads undeclared.
        excluded_items: Ids of items that the deepest event of the funnel has happened
            to: those that were bought.
    """

    request: dict[str, Any]
    excluded_items: tuple[str, ...]


def read_user_requests(
    config: RunConfig, user_ids: Sequence[str], progress: Progress = unseen
) -> dict[str, UserRequest]:
    """Looks for users in all parts of the data.

    Args:
        config: Of the data and its features.
        user_ids: As the data has them.
        progress: Is told how far it is where exposures are made of a log first.

    Returns:
        By id, in the order that was asked for; users that the data lacks are left out.

    Raises:
        ArtifactError: The data is missing or damaged.
        SchemaError: It has none of the users, or columns hold something else than
            declared.
    """
    splits = open_exposures(config.data, config.features, config.tasks, progress)
    features = _asked_features(config)
    rows, positions = _rows_of(splits.train, config, features, user_ids)
    order = np.argsort(positions, kind="stable")
    ends = np.cumsum(np.bincount(positions, minlength=len(user_ids)))
    return {
        user_id: _request_of_rows(
            rows.take(pa.array(order[start:end])), config, features
        )
        for user_id, start, end in zip(
            user_ids, [0, *ends[:-1].tolist()], ends.tolist(), strict=True
        )
        if end > start
    }


def _request_of_rows(
    rows: pa.Table, config: RunConfig, features: Sequence[Feature]
) -> UserRequest:
    # Of equal times, and without times, the last row is the newest.
    newest = len(rows) - 1
    if isinstance(config.data.split, TimeSplit):
        column = config.data.split.column
        times = read_times(rows.column(column).combine_chunks(), column)[1]
        newest = int(np.flatnonzero(times == times.max())[-1])
    request = request_of(rows.slice(newest, 1), features)
    return UserRequest(request, _bought(rows, config))


def request_of(row: pa.Table, features: Sequence[Feature]) -> dict[str, Any]:
    """What is known of the user and the moment of an exposure.

    Args:
        row: One, with the data's own columns.
        features: Those that are declared; those of the item are left out.

    Raises:
        SchemaError: A column holds something else than declared.
    """
    return {
        feature.name: _value(row, feature)
        for feature in features
        if feature.side != "item"
    }


def _asked_features(config: RunConfig) -> list[Feature]:
    own_id = id_feature(config.features, "user", config.evaluation.user_column)
    return [*config.features, *([] if own_id in config.features else [own_id])]


def _rows_of(
    stream: ExposureStream,
    config: RunConfig,
    features: Sequence[Feature],
    user_ids: Sequence[str],
) -> tuple[pa.Table, np.ndarray]:
    """Rows of users in the order of the data, and the position of each row's user."""
    user, item = config.evaluation.user_column, config.evaluation.item_column
    require_id_columns(stream, user, item)
    columns = [f.source_column for f in features if f.side != "item"]
    columns += [user, item, _deepest_event(config).label_column]
    asked = pa.array(user_ids, pa.string())
    kept, positions = [], [np.empty(0, np.int64)]
    for batch, _, _ in stream.batches(columns):
        users = id_texts(pa.chunked_array([batch.column(user)]), user)
        found = pc.index_in(users, asked)
        kept.append(pa.Table.from_batches([batch.filter(found.is_valid())]))
        positions.append(found.drop_null().to_numpy().astype(np.int64))
    of_rows = np.concatenate(positions)
    if not len(of_rows):
        others = f" or {len(user_ids) - 1:,} others" if len(user_ids) > 1 else ""
        raise SchemaError(
            f"Column '{user}' of the data must have the user that is asked for. "
            f"Received: '{user_ids[0]}'{others}, which it has not. Give what is known "
            "of them in a request file."
        )
    return pa.concat_tables(kept, promote_options="permissive"), of_rows


def _bought(rows: pa.Table, config: RunConfig) -> tuple[str, ...]:
    task = _deepest_event(config)
    if task.kind != "binary":
        return ()
    happened = pc.equal(label_values(rows.column(task.label_column), task), 1.0)
    item = config.evaluation.item_column
    items = id_texts(rows.column(item), item).filter(happened)
    return tuple(item for item in pc.unique(items).to_pylist() if item)


def _deepest_event(config: RunConfig) -> Task:
    funnel = Funnel(config.tasks)
    return funnel.task(score_terms(Ranking(), funnel)[0].output)


def _value(row: pa.Table, feature: Feature) -> Any:
    """As a request has it: lists no longer than what the model reads."""
    value = feature_values(row.column(feature.source_column), feature)[0].as_py()
    match feature:
        case IdSequence():
            return [element for element in value if element][-list_length(feature) :]
        case MultiCategorical():
            return [element for element in value if element][: list_length(feature)]
        case Numeric():
            return None if math.isnan(value) else value
        case _:
            return value
