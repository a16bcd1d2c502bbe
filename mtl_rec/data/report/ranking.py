"""How well one feature alone ranks a label.

Values are `codes` here: whole numbers from 0, in order where the values have one.
"""

import numpy as np

SMOOTHING = 10.0
"""Rows at the overall rate that are added to those a category's rate is of."""


def auc_by_order(codes: np.ndarray, labels: np.ndarray) -> float:
    """Share of the pairs of classes that the codes put in order; a tie counts half.

    The same as `metrics.binary.auc`, but a sort for each label is saved.

    Args:
        codes: `(rows,)`, of few enough kinds to count.
        labels: Whether the event happened.

    Returns:
        NaN if a class is missing.
    """
    size = int(codes.max(initial=0)) + 1
    positives = np.bincount(codes[labels], minlength=size)
    negatives = np.bincount(codes[~labels], minlength=size)
    num_pairs = float(positives.sum()) * float(negatives.sum())
    if not num_pairs:
        return float("nan")
    below = np.cumsum(negatives) - negatives
    return float(positives @ (below + negatives / 2)) / num_pairs


def auc_either_way(codes: np.ndarray, labels: np.ndarray) -> float:
    """The same, by rising or by falling codes, whichever ranks better."""
    auc = auc_by_order(codes, labels)
    return max(auc, 1 - auc)


def auc_by_rate(codes: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> float:
    """AUC of the codes' label rates, learned on rows other than those they rank.

    Each half is ranked by the rates of the other, so that an id with a row for each
    value knows nothing of it: its rows all get the overall rate. Halves are scored on
    their own, as their overall rates differ.

    Args:
        codes: `(rows,)`, in any order.
        labels: Whether the event happened.
        folds: Which half each row is of.

    Returns:
        NaN if a class is missing from a half.
    """
    total = num_pairs = 0.0
    size = int(codes.max(initial=0)) + 1
    for learned, ranked in ((folds, ~folds), (~folds, folds)):
        y = labels[learned]
        rows = np.bincount(codes[learned], minlength=size)
        events = np.bincount(codes[learned], y, minlength=size)
        prior = y.mean() if len(y) else 0.0
        rates = (events + SMOOTHING * prior) / (rows + SMOOTHING)
        order = np.unique(rates, return_inverse=True)[1]
        pairs = float(labels[ranked].sum()) * float((~labels[ranked]).sum())
        if not pairs:
            return float("nan")
        total += pairs * auc_by_order(order[codes[ranked]], labels[ranked])
        num_pairs += pairs
    return total / num_pairs
