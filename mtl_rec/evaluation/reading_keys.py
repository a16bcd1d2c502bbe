"""Users, slices and true probabilities of a split, from a pass over the raw rows."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from mtl_rec.config.evaluation import Evaluation
from mtl_rec.config.tasks import Task
from mtl_rec.data.exposures import Splits
from mtl_rec.data.splitting import PARTS
from mtl_rec.errors import SchemaError
from mtl_rec.evaluation.id_columns import require_id_columns
from mtl_rec.evaluation.key_columns import (
    CodedColumn,
    KeyColumn,
    NumberColumn,
    id_column,
    number_column,
    slice_column,
)
from mtl_rec.evaluation.keys import EvaluationKeys, Slicing
from mtl_rec.evaluation.slicing import by_novelty, by_training_count

USERS = "users by training"
USER_ROWS, ITEMS = "users by training rows", "items by training rows"
"""Slicings that are not of a feature, whose names hold no spaces."""

TRUTH = "true_"
"""What the name of a column of true probabilities begins with, before the event's."""


def read_keys(splits: Splits, split: str, settings: Evaluation) -> EvaluationKeys:
    """Reads what a split's predictions are evaluated by.

    Args:
        splits: The parts of the data; that for training says who and what is new.
        split: `train`, `validation` or `test`.
        settings: What to read.

    Raises:
        ArtifactError: A file is damaged.
        SchemaError: A column is missing, or holds something else than declared.
    """
    stream = splits.train
    require_key_columns(splits, settings)
    names = _names(splits)
    user, item = (
        id_column(column) if column in names else None
        for column in (settings.user_column, settings.item_column)
    )
    features = {feature.name: feature for feature in stream.features}
    slices = [slice_column(features[name]) for name in settings.slices]
    truth = _truth_columns(stream.tasks, names)
    columns: list[KeyColumn] = [c for c in (user, item) if c is not None]
    columns += [*slices, *truth.values()]
    names_read = [column.feature.source_column for column in columns]
    for batch, parts, _ in stream.batches(names_read):
        is_training, is_kept = parts == 0, parts == PARTS.index(split)
        for column in columns:
            column.add(batch, is_training, is_kept)
    return EvaluationKeys(
        user.users() if user else None,
        tuple(_slicings(user, item, slices)),
        {event: _probabilities(column) for event, column in truth.items()},
    )


def require_key_columns(splits: Splits, settings: Evaluation) -> None:
    """Refuses data that lacks a column that is named; reads no rows.

    Raises:
        SchemaError: It does.
    """
    require_id_columns(splits.train, settings.user, settings.item)


def _names(splits: Splits) -> set[str]:
    """Columns that every file has."""
    return set.intersection(*map(set, splits.train.source.headers.values()))


def _truth_columns(
    tasks: Sequence[Task], names: Collection[str]
) -> dict[str, NumberColumn]:
    return {
        task.name: number_column(TRUTH + task.name)
        for task in tasks
        if task.kind == "binary" and TRUTH + task.name in names
    }


def _slicings(
    user: CodedColumn | None, item: CodedColumn | None, slices: Sequence[KeyColumn]
) -> Iterator[Slicing]:
    if user:
        counts = user.training_counts()
        yield by_novelty(USERS, counts > 0)
        yield by_training_count(USER_ROWS, counts)
    if item:
        yield by_training_count(ITEMS, item.training_counts())
    for column in slices:
        yield column.slicing()


def _probabilities(column: NumberColumn) -> np.ndarray:
    numbers = column.numbers()
    wrong = ~((numbers >= 0) & (numbers <= 1))
    if wrong.any():
        raise SchemaError(
            f"Column '{column.feature.name}' must hold true probabilities, between 0 "
            f"and 1. Received: {numbers[wrong][0]}. Give it another name if it holds "
            "something else."
        )
    return numbers
