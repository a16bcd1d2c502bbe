"""A check that no feature is the label under another name."""

from collections.abc import Sequence
from itertools import product

import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.features import Feature, holds_list
from mtl_rec.config.tasks import Task
from mtl_rec.errors import SchemaError

# A few rows tell most features from most labels; the rest of the chunk is for those
# that they do not.
FIRST_LOOK = 1000

Value = str | float | None


class AnswerCheck:
    """Pairs of a feature and a label that agreed on every row so far.

    Args:
        features: Features to check; lists are not.
        tasks: Tasks whose labels to compare them with.
    """

    def __init__(self, features: Sequence[Feature], tasks: Sequence[Task]) -> None:
        names = [feature.name for feature in features if not holds_list(feature)]
        self.events: dict[tuple[str, str], dict[int, Value]] = {
            (name, task.name): {}
            for name, task in product(names, tasks)
            if task.kind == "binary"
        }
        self.values: dict[tuple[str, str], set[float]] = {
            (name, task.name): set()
            for name, task in product(names, tasks)
            if task.kind == "regression"
        }

    def add(self, chunk: pa.Table) -> None:
        """Drops the pairs that disagree in a chunk."""
        for rows in (chunk.slice(0, FIRST_LOOK), chunk.slice(FIRST_LOOK)):
            for pair, seen in list(self.events.items()):
                if not _event_agrees(_decoded(rows[pair[0]]), rows[pair[1]], seen):
                    del self.events[pair]
            for pair, seen in list(self.values.items()):
                if not _value_agrees(_decoded(rows[pair[0]]), rows[pair[1]], seen):
                    del self.values[pair]

    def finish(self) -> None:
        """Raises the first pair that agreed on every row.

        Raises:
            SchemaError: A feature gives a label away.
        """
        advice = "The model would see the answer. Remove the feature."
        equal = [pair for pair, seen in self.values.items() if len(seen) > 1]
        equal += [pair for pair, seen in self.events.items() if seen == {0: 0, 1: 1}]
        for feature, task in equal:
            raise SchemaError(
                f"Feature '{feature}' equals the label of task '{task}' on every "
                f"training row. {advice}"
            )
        for (feature, task), seen in self.events.items():
            if len(seen) == 2 and seen[0] != seen[1]:
                raise SchemaError(
                    f"Feature '{feature}' is {_shown(seen[1])} on every training row "
                    f"where the label of task '{task}' is 1, and {_shown(seen[0])} "
                    f"where it is 0. {advice}"
                )


def _decoded(feature: pa.ChunkedArray) -> pa.ChunkedArray:
    is_dictionary = pa.types.is_dictionary(feature.type)
    return feature.cast(pa.string()) if is_dictionary else feature


def _event_agrees(
    feature: pa.ChunkedArray, label: pa.ChunkedArray, seen: dict[int, Value]
) -> bool:
    """Whether the feature has one value per outcome; notes it in `seen`."""
    for outcome in (0, 1):
        distinct = feature.filter(pc.equal(label, outcome)).unique()
        if len(distinct) == 0:
            continue
        value = _comparable(distinct[0].as_py())
        if len(distinct) > 1 or seen.setdefault(outcome, value) != value:
            return False
    return True


def _value_agrees(
    feature: pa.ChunkedArray, label: pa.ChunkedArray, seen: set[float]
) -> bool:
    """Whether the feature equals the label wherever that is defined.

    Two of its values are noted in `seen`: agreement on a constant proves nothing.
    """
    defined = pc.is_finite(label)
    labels = label.filter(defined)
    try:
        numbers = feature.filter(defined).cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    if len(labels):
        seen |= set(pc.min_max(labels).as_py().values())
    return numbers.cast(pa.float32(), safe=False).equals(labels)


def _comparable(value: str | float) -> Value:
    """Missing values are values here: NaN, which equals nothing, becomes None."""
    return None if value == "" or value != value else value


def _shown(value: Value) -> str:
    return "missing" if value is None else repr(value)
