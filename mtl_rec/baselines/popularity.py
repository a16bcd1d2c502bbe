"""Smoothed popularity: how often the event followed this item, and its category."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mtl_rec.baselines.predicted import Baseline
from mtl_rec.baselines.teaching_rows import TeachingRows
from mtl_rec.schema import EncodedExposures
from mtl_rec.schema.fields import IdField
from mtl_rec.schema.schema import Schema

STRENGTHS = tuple(10.0 ** (half / 2) for half in range(-2, 11))
"""Rows that what is known of a whole group counts as, beside those of one member."""

WITHOUT_VALIDATION = 100.0


def fit_popularity(
    train: EncodedExposures,
    validation: EncodedExposures,
    scored: EncodedExposures,
    item: str | None = None,
) -> Baseline:
    """Mean labels of items, each shrunk to its category's, and that to the mean of all.

    `(sum of the item's labels + m * mean of the category) / (the item's rows + m)`, and
    the same of the category: the posterior mean of a rate with a beta prior, of a value
    with a normal one. Strengths m, and which of the item's fields is the category, if
    any, are those of the least loss on the validation rows.

    Args:
        train: Rows that are counted, for every output where its condition holds.
        validation: Rows to choose on.
        scored: Rows to predict.
        item: Name of the feature that tells items apart; `item_id` if there is one and
            otherwise that of the item's which has the most values. Where items have no
            id, an output has one prediction for all rows.

    Reference:
        Efron and Morris, "Data Analysis Using Stein's Estimator and its
        Generalizations", JASA 1975, on shrinking rates of small groups.
    """
    baseline = Baseline({}, {})
    splits = (train, validation, scored)
    groups = [_Group.of(f, splits) for f in _item_fields(train.schema, item)]
    for output in train.schema.funnel.outputs():
        teaching, judging = (TeachingRows.of(split, output) for split in splits[:2])
        model = _best(groups, teaching, judging)
        ids = {group.name: group.scored for group in groups}
        baseline.predictions[output.name] = model.predict(ids, len(scored))
        baseline.chosen[output.name] = model.chosen()
    return baseline


@dataclass(frozen=True)
class _Group:
    """Ids of a field in the three splits, `(rows,)` each, and how many there can be."""

    name: str
    num_ids: int
    train: np.ndarray
    validation: np.ndarray
    scored: np.ndarray

    @classmethod
    def of(cls, field: IdField, splits: Sequence[EncodedExposures]) -> "_Group":
        schema = splits[0].schema
        ids = [np.asarray(schema.ids_of(field, own.inputs)[:, 0]) for own in splits]
        return cls(field.name, schema.vocabularies[field.vocabulary].num_ids, *ids)


@dataclass(frozen=True)
class _Level:
    """Means of the members of one group, shrunk to what is above.

    Attributes:
        name: Of the field.
        strength: Rows that the mean above counts as.
        sums: `(ids,)` of labels.
        rows: `(ids,)`.
    """

    name: str
    strength: float
    sums: np.ndarray
    rows: np.ndarray

    def shrunk(self, ids: np.ndarray, above: np.ndarray | float) -> np.ndarray:
        """`(rows,)` of some rows, given the mean above of each."""
        own = self.sums[ids] + self.strength * above
        return own / (self.rows[ids] + self.strength)


@dataclass(frozen=True)
class _Popularity:
    """Levels from the widest group to the narrowest."""

    mean: float
    levels: tuple[_Level, ...] = ()

    def predict(self, ids: dict[str, np.ndarray], num_rows: int) -> np.ndarray:
        predictions: np.ndarray = np.full(num_rows, self.mean)
        for level in self.levels:
            predictions = level.shrunk(ids[level.name], predictions)
        return predictions.astype(np.float32)

    def chosen(self) -> dict[str, str | float | None]:
        return {level.name: level.strength for level in self.levels}


def _best(
    groups: Sequence[_Group], teaching: TeachingRows, judging: TeachingRows
) -> _Popularity:
    best = _Popularity(teaching.constant())
    if not teaching.teaches or not groups:
        return best
    candidates = _candidates(groups, teaching, judging, best.mean)
    if not len(judging):
        return _Popularity(best.mean, next(candidates))
    ids = {group.name: group.validation[judging.places] for group in groups}
    models = [best, *(_Popularity(best.mean, levels) for levels in candidates)]
    return min(models, key=lambda m: judging.loss(m.predict(ids, len(judging))))


def _candidates(
    groups: Sequence[_Group], teaching: TeachingRows, judging: TeachingRows, mean: float
) -> Iterator[tuple[_Level, ...]]:
    """An item without a category, and below each of them, with the best strengths."""
    item, *others = groups
    for path in ((item,), *((other, item) for other in others)):
        levels: tuple[_Level, ...] = ()
        above = np.full(len(judging), mean)
        for group in path:
            level = _best_level(group, above, teaching, judging)
            above = level.shrunk(group.validation[judging.places], above)
            levels = (*levels, level)
            yield levels


def _best_level(
    group: _Group, above: np.ndarray, teaching: TeachingRows, judging: TeachingRows
) -> _Level:
    ids = group.train[teaching.places]
    weighed = teaching.weights * teaching.labels
    sums = np.bincount(ids, weighed, minlength=group.num_ids)
    rows = np.bincount(ids, teaching.weights, minlength=group.num_ids)
    if not len(judging):
        return _Level(group.name, WITHOUT_VALIDATION, sums, rows)
    judged = group.validation[judging.places]
    levels = [_Level(group.name, strength, sums, rows) for strength in STRENGTHS]
    return min(levels, key=lambda own: judging.loss(own.shrunk(judged, above)))


def _item_fields(schema: Schema, item: str | None) -> list[IdField]:
    """What tells items apart, and then their other fields with one id."""
    fields = schema.fields_of(IdField, "item")
    wanted = item or "item_id"
    fields.sort(
        key=lambda f: (f.name != wanted, -schema.vocabularies[f.vocabulary].num_ids)
    )
    return fields
