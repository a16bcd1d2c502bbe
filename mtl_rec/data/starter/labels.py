"""Which columns are what is to be predicted, and how they follow one another."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mtl_rec.config.tasks import Task
from mtl_rec.data.starter import names
from mtl_rec.data.starter.names import cleaned, has_word, words
from mtl_rec.data.starter.profile import POSITIVE, Column
from mtl_rec.errors import SchemaError
from mtl_rec.schema.columns import label_values

FEWEST = 10
"""Rows with the event, and without it, from which it can be learned and judged."""


@dataclass(frozen=True)
class Label:
    """A column that says what happened.

    Attributes:
        column: The column.
        task: What is predicted.
        values: 0 and 1, or numbers of a value, `(rows,)`.
        why: Why it is one.
    """

    column: Column
    task: Task
    values: np.ndarray
    why: str

    @property
    def is_event(self) -> bool:
        """Whether it is 0 or 1."""
        return self.task.kind == "binary"

    @property
    def rate(self) -> float:
        """Share of the rows on which it happened."""
        return float(self.values.mean())

    @property
    def is_rare(self) -> bool:
        """Whether too few rows have it, or have it not."""
        ones = int(self.values.sum())
        return self.is_event and min(ones, len(self.values) - ones) < FEWEST


def find_labels(
    columns: Sequence[Column],
    wished: Sequence[str],
    are_named: bool,
    why: str = "--label",
) -> list[Label]:
    """The labels, the most frequent event first.

    Args:
        columns: Columns without a role.
        wished: Those that are labels for sure; where any are given, no others are.
        are_named: Whether the names are the data's own.
        why: What to say of wished ones.

    Raises:
        SchemaError: A wished one is neither yes or no, nor a number.
    """
    if wished:
        by_name = {column.name: column for column in columns}
        found = [_wished(by_name[name], why) for name in wished]
    else:
        marked = [column for column in columns if _is_label(column)]
        found = [_event(column, "by its name and its values") for column in marked]
        found = found or _without_names(columns, are_named)
    events = [label for label in found if label.is_event]
    events.sort(key=lambda label: -label.rate)
    return events + [label for label in found if not label.is_event]


_PLAIN = ("label", "target", "y", "outcome", "response")
"""Names of which any two values are a label."""


def _is_label(column: Column) -> bool:
    if not has_word(column.name, names.LABEL) or has_word(column.name, names.COUNTED):
        return False
    # Where it did not happen it may be missing: then it has one value.
    return column.is_flag or (column.is_two_valued and has_word(column.name, _PLAIN))


def _without_names(columns: Sequence[Column], are_named: bool) -> list[Label]:
    """What is left to try where no name speaks of an event."""
    rated = [c for c in columns if has_word(c.name, names.VALUE_LABEL)]
    ratings = [column for column in rated if _is_value(column)]
    if ratings:
        return [_value(ratings[0], "a value that people gave, by its name")]
    flags = [column for column in columns if column.is_flag]
    ends = [c for c in (*columns[-1:], *columns[:1]) if c.is_two_valued]
    if not are_named and ends:
        return [_event(ends[0], "two values, at the end of the row: check")]
    if len(flags) == 1:
        return [_event(flags[0], "the only column of yes and no: check")]
    grades = [c for c in columns if c.is_whole and 3 <= c.num_distinct <= 11]
    if not are_named and grades:
        return [_value(grades[-1], "few whole numbers, as ratings have: check")]
    return []


def _is_value(column: Column) -> bool:
    return column.kind == "number" and column.num_known == len(column)


def _wished(column: Column, why: str) -> Label:
    if column.kind in ("number", "text") and column.num_distinct <= 2:
        return _event(column, why)
    if _is_value(column):
        return _value(column, f"{why}, a value")
    raise SchemaError(
        f"A label must be 0 or 1, or another pair of values, or a number on every row. "
        f"Received: column '{column.name}' with {column.num_distinct} values, "
        f"{column.missing_share:.0%} missing."
    )


def _event(column: Column, why: str) -> Label:
    positive = _positive(column)
    task = Task(name=task_name(column.name), positive=positive, label=_source(column))
    values = label_values(pa.chunked_array([column.values]), task).to_numpy()
    if task.positive and column.values.null_count:
        why += f", {column.missing_share:.0%} missing, taken as 0"
    elif task.positive:
        why += f", 1 where it is '{task.positive}'"
    return Label(column, task, values, why)


def _value(column: Column, why: str) -> Label:
    task = Task(name=task_name(column.name), kind="regression", label=_source(column))
    return Label(column, task, np.asarray(column.numbers), why)


def task_name(column: str) -> str:
    """A name for the event that a column tells of."""
    name = cleaned(column, "label")
    is_marked = words(name)[:1] == ["is"] and len(words(name)) > 1
    return name[2:].strip("_").lower() if is_marked else name


def _source(column: Column) -> str | None:
    """The label column, where the task is called otherwise."""
    return None if task_name(column.name) == column.name else column.name


def _positive(column: Column) -> str | None:
    """What stands for 1, where that is not understood without being said."""
    counts = column.counts
    plain = {value.lower() for value in counts} <= {"0", "1", "true", "false"}
    if plain and not column.values.null_count:
        return None
    for value in counts:
        if value.lower() in POSITIVE:
            return value
    if len(counts) == 2 and column.kind == "number":
        return max(counts, key=float)
    # Of two words, what is predicted is the rarer one.
    return min(counts, key=lambda value: counts[value])


def parent_of(label: Label, earlier: Sequence[Label]) -> Label | None:
    """The rarest of the more frequent events that happened wherever this one did."""
    happened = label.values == 1
    parents = [
        other
        for other in earlier
        if other.is_event
        and other.values.sum() > happened.sum()
        and bool((other.values[happened] == 1).all())
    ]
    return min(parents, key=lambda other: other.rate, default=None)


def nearly_parent_of(
    label: Label, earlier: Sequence[Label]
) -> tuple[Label, int] | None:
    """The event that mostly happened where this one did, and the rows that differ."""
    happened = label.values == 1
    misses = [
        (other, int((other.values[happened] == 0).sum()))
        for other in earlier
        if other.is_event and other.values.sum() > happened.sum()
    ]
    near = [(o, miss) for o, miss in misses if 0 < miss < 0.05 * happened.sum()]
    return min(near, key=lambda pair: pair[1], default=None)
