"""Where the encoding finds raw features: one tensor each, or many in one."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import tensorflow as tf

from mtl_rec.config.features import (
    Feature,
    IdSequence,
    MultiCategorical,
    Numeric,
    Vector,
    holds_list,
)
from mtl_rec.config.served_names import NUMBERS, STRINGS
from mtl_rec.preprocess.lists import list_length


class RawColumns(Protocol):
    """A batch of raw features."""

    def stacked(self, features: Sequence[Feature]) -> tf.Tensor:
        """Features with one value a row, `(batch, features)`."""
        ...

    def column(self, feature: Feature) -> tf.Tensor:
        """One feature as its declared shape has it."""
        ...


class NamedColumns:
    """A tensor for each feature, by its name."""

    def __init__(self, raw: Mapping[str, tf.Tensor]) -> None:
        self._raw = raw

    @staticmethod
    def specs(features: Sequence[Feature]) -> dict[str, tf.TensorSpec]:
        """Name, shape and type of every input."""
        return {feature.name: _spec(feature) for feature in features}

    def stacked(self, features: Sequence[Feature]) -> tf.Tensor:
        """Features with one value a row, `(batch, features)`."""
        columns = tf.stack([self._raw[feature.name] for feature in features], axis=1)
        return tf.ensure_shape(columns, [None, len(features)])

    def column(self, feature: Feature) -> tf.Tensor:
        """One feature as its declared shape has it."""
        return self._raw[feature.name]


class PackedColumns:
    """`strings` and `numbers`, a column for each feature by alphabet, and the lists.

    Vectors are lists of numbers. A server needs about a microsecond for every input of
    a request, which for forty features is half of what a single row takes.

    Args:
        features: All features.
        raw: The inputs, as `specs` describes them.
    """

    def __init__(
        self, features: Sequence[Feature], raw: Mapping[str, tf.Tensor]
    ) -> None:
        self._raw = {
            name: tf.ensure_shape(raw[name], spec.shape)
            for name, spec in self.specs(features).items()
        }
        self._order = {
            STRINGS: [f.name for f in _packed_strings(features)],
            NUMBERS: [f.name for f in _packed_numbers(features)],
        }

    @staticmethod
    def specs(features: Sequence[Feature]) -> dict[str, tf.TensorSpec]:
        """Name, shape and type of every input; those without a column are left out."""
        specs = {}
        for name, own, dtype in (
            (STRINGS, _packed_strings(features), tf.string),
            (NUMBERS, _packed_numbers(features), tf.float32),
        ):
            if own:
                specs[name] = tf.TensorSpec([None, len(own)], dtype, name=name)
        for feature in features:
            if holds_list(feature):
                specs[feature.name] = _spec(feature)
        return specs

    def stacked(self, features: Sequence[Feature]) -> tf.Tensor:
        """Features with one value a row, `(batch, features)`."""
        pack = NUMBERS if isinstance(features[0], Numeric) else STRINGS
        order = self._order[pack]
        places = [order.index(feature.name) for feature in features]
        if places == list(range(len(order))):
            return self._raw[pack]
        return tf.gather(self._raw[pack], places, axis=1)

    def column(self, feature: Feature) -> tf.Tensor:
        """One feature as its declared shape has it."""
        if holds_list(feature):
            return self._raw[feature.name]
        return self._raw[STRINGS][:, self._order[STRINGS].index(feature.name)]


def _spec(feature: Feature) -> tf.TensorSpec:
    match feature:
        case Numeric():
            return tf.TensorSpec([None], tf.float32, name=feature.name)
        case MultiCategorical() | IdSequence():
            shape = [None, list_length(feature)]
        case Vector(path=None):
            shape = [None, feature.row_dim]
            return tf.TensorSpec(shape, tf.float32, name=feature.name)
        case _:
            shape = [None]
    return tf.TensorSpec(shape, tf.string, name=feature.name)


def _packed_strings(features: Sequence[Feature]) -> list[Feature]:
    own = [f for f in features if not isinstance(f, Numeric) and not holds_list(f)]
    return sorted(own, key=lambda feature: feature.name)


def _packed_numbers(features: Sequence[Feature]) -> list[Feature]:
    own = [feature for feature in features if isinstance(feature, Numeric)]
    return sorted(own, key=lambda feature: feature.name)


def packed_rows(
    features: Sequence[Feature], raw: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Rows by feature as `PackedColumns` takes them."""
    packed = {
        name: np.stack([raw[feature.name] for feature in own], axis=1)
        for name, own in (
            (STRINGS, _packed_strings(features)),
            (NUMBERS, _packed_numbers(features)),
        )
        if own
    }
    lists = set(PackedColumns.specs(features)) - {STRINGS, NUMBERS}
    return packed | {name: raw[name] for name in lists}
