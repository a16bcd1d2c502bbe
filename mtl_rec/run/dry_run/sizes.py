"""Vocabularies as they will be, by how they grew over the first rows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from mtl_rec.config.features import Feature, is_learned
from mtl_rec.config.tasks import Task
from mtl_rec.preprocess.fitting import learn
from mtl_rec.schema.rows import canonical
from mtl_rec.schema.schema import Schema


@dataclass(frozen=True)
class VocabularySize:
    """The ids of one vocabulary.

    Attributes:
        seen: Ids after the rows looked at.
        expected: Ids after all training rows.
        embedding_dim: Numbers of a row of its table.
    """

    seen: int
    expected: int
    embedding_dim: int

    @property
    def parameters(self) -> int:
        """Weights of its part of a table."""
        return self.expected * self.embedding_dim


def vocabulary_sizes(
    schema: Schema,
    rows: pa.Table,
    features: Sequence[Feature],
    tasks: Sequence[Task],
    growth: float,
    embedding_dim: int,
) -> dict[str, VocabularySize]:
    """The size of every vocabulary that has a table, by name.

    Args:
        schema: Learned from all rows looked at.
        rows: These.
        features: Of the run.
        tasks: Of the run.
        growth: How many times as many training rows there are.
        embedding_dim: Of features that do not state their own.
    """
    earlier = [
        _values(rows.slice(0, max(1, rows.num_rows // part)), features, tasks)
        for part in (4, 2)
    ]
    owners = {f.name: f for f in features if is_learned(f)}
    sizes = {}
    for name, vocabulary in schema.vocabularies.items():
        if vocabulary.language_model:
            # Has no table, and as many weights whatever the rows.
            continue
        seen = vocabulary.num_values
        expected = seen
        if name in owners and growth > 1:
            counts = (*(values[name] for values in earlier), seen)
            expected = round(grown(counts, growth))
            expected = min(expected, owners[name].max_size or expected)
        others = vocabulary.num_ids - seen
        width = vocabulary.vector_dim or vocabulary.embedding_dim or embedding_dim
        sizes[name] = VocabularySize(seen + others, expected + others, width)
    return sizes


def grown(counts: Sequence[int], growth: float) -> float:
    """Known values after `growth` times as many rows.

    Each doubling of the rows multiplies the values by `2 ** b`; `b` goes on to shrink
    as it did: fast where all values are soon seen, and not at all where they are like
    the words of a language.

    Args:
        counts: Values after a quarter, a half and all of the rows.
        growth: Rows to come to, in those there are.
    """
    quarter, half, full = (max(1, count) for count in counts)
    first, second = math.log2(half / quarter), math.log2(full / half)
    shrinks = min(1.0, max(0.0, second / first)) if first > 0 else 0.0
    doublings = math.log2(growth)
    exponent, step = 0.0, second
    while doublings > 0:
        step *= shrinks
        exponent += step * min(1.0, doublings)
        doublings -= 1
    return full * 2**exponent


def _values(
    rows: pa.Table, features: Sequence[Feature], tasks: Sequence[Task]
) -> dict[str, int]:
    learned = learn(features, tasks, [canonical(rows, features, tasks)])
    return {name: len(values) for name, values in learned.values.items()}
