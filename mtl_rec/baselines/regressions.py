"""Linear models of one output by scikit-learn, along a path of strengths."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.special import expit
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge

from mtl_rec.baselines.teaching_rows import TeachingRows

VARIANCES = tuple(10.0 ** (half / 2) for half in range(-9, 5))
"""Variance of the normal distribution about 0 that weights are expected to have. The
smallest comes first: weights of rare ids stay near 0, where a fit begins."""

WITHOUT_VALIDATION = 0.1

PATIENCE = 2
"""Strengths in a row that may be worse than the best before the rest is left out: they
take the longest and only follow the training rows more closely."""

MOST_SEARCHED_ROWS = 150_000
"""Training rows on which the strength is looked for, spread evenly; the best one then
fits them all. A variance is of weights, not of rows: where there are more rows, the
same one is best, and a path of ten fits takes ten times as long as one."""

MOST_STEPS = 200

ROWS_LEFT = 1.0
"""How far a fit may end from the best weights: the residuals of a column may still sum
to so many rows. Of their mean, which scikit-learn looks at, those of a rare id are a
millionth from the beginning."""


@dataclass(frozen=True)
class LinearModel:
    """`bias + weights x`, of an event its log-odds.

    Attributes:
        weights: `(columns,)`.
        bias: What is added.
        is_event: Whether a probability is predicted, or a value.
        variance: That was best; None where one number is predicted of all rows.
    """

    weights: np.ndarray
    bias: float
    is_event: bool
    variance: float | None = None

    @classmethod
    def constant(cls, rows: TeachingRows, num_columns: int) -> "LinearModel":
        """The same prediction of any row."""
        mean = rows.constant()
        bias = float(np.log(mean / (1 - mean))) if rows.is_event else mean
        return cls(np.zeros(num_columns, np.float32), bias, rows.is_event)

    def predictions(self, products: np.ndarray) -> np.ndarray:
        """Probabilities or values, `(rows,)` float32, from `weights x`."""
        linear = products.astype(np.float64) + self.bias
        return (expit(linear) if self.is_event else linear).astype(np.float32)

    def chosen(self) -> dict[str, str | float | None]:
        """As JSON knows it."""
        return {"variance": self.variance}


@contextmanager
def stopped_early() -> Iterator[None]:
    """While active, a fit may end before it has converged.

    Its weights are then held to 0 more strongly than asked, which the validation rows
    judge as they do others. Threads share what warnings are shown.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def fit_path(
    train_inputs: sparse.csr_array,
    validation_inputs: sparse.csr_array,
    train: TeachingRows,
    validation: TeachingRows,
) -> LinearModel:
    """The model of the least loss on the validation rows.

    Args:
        train_inputs: `(rows, columns)`, of all rows that may teach.
        validation_inputs: Of all rows that may be chosen on.
        train: Which of the first teach what; not all the same.
        validation: Which of the second are compared with what.
    """
    train_inputs, validation_inputs = (
        _of_rows(train_inputs, train),
        _of_rows(validation_inputs, validation),
    )
    path = _events if train.is_event else _values
    if not len(validation):
        return next(path(train_inputs, train, (WITHOUT_VALIDATION,)))
    if len(train) <= MOST_SEARCHED_ROWS:
        models = path(train_inputs, train, VARIANCES)
        return _best(models, validation_inputs, validation)
    some = train.spread(MOST_SEARCHED_ROWS)
    models = path(train_inputs[some], train.taken(some), VARIANCES)
    best = _best(models, validation_inputs, validation)
    assert best.variance is not None
    return next(path(train_inputs, train, (best.variance,)))


def _best(
    models: Iterator[LinearModel], inputs: sparse.csr_array, rows: TeachingRows
) -> LinearModel:
    """The model of the least loss, of those up to where it only grows."""
    best, least, num_worse = None, np.inf, 0
    for model in models:
        loss = rows.loss(model.predictions(inputs @ model.weights))
        if best is None or loss < least:
            best, least, num_worse = model, loss, 0
            continue
        num_worse += 1
        if num_worse == PATIENCE:
            break
    assert best is not None
    return best


def _of_rows(inputs: Any, rows: TeachingRows) -> Any:
    return inputs if len(rows) == inputs.shape[0] else inputs[rows.places]


def _events(
    inputs: sparse.csr_array, rows: TeachingRows, variances: tuple[float, ...]
) -> Iterator[LinearModel]:
    tolerance = min(1e-4, ROWS_LEFT / rows.weights.sum())
    model: Any = LogisticRegression(warm_start=True, max_iter=MOST_STEPS, tol=tolerance)
    for variance in variances:
        model.C = variance
        model.fit(inputs, rows.labels > 0, rows.weights)
        weights, bias = model.coef_[0].copy(), float(model.intercept_[0])
        yield LinearModel(weights, bias, True, variance)


def _values(
    inputs: sparse.csr_array, rows: TeachingRows, variances: tuple[float, ...]
) -> Iterator[LinearModel]:
    """Weights and errors are both in units of the label's standard deviation."""
    for variance in variances:
        model: Any = Ridge(1 / variance, solver="sparse_cg", max_iter=MOST_STEPS)
        model.fit(inputs, rows.labels.astype(np.float32), rows.weights)
        yield LinearModel(model.coef_.copy(), float(model.intercept_), False, variance)
