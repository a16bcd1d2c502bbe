"""How well rows of rarely seen items are told apart, over users and within each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import mean
from typing import Any

import numpy as np
from contenders.comparing import Aucs, aucs
from contenders.scored import Scored

from ablation.scores import true_aucs

BANDS = ("0", "1-5", "6-20", ">20")
"""Items by their rows in training, as the package's slices have them."""
COLD = BANDS[0]


def band_rows(counts: np.ndarray) -> dict[str, np.ndarray]:
    """Masks of the rows of each band."""
    from mtl_rec.evaluation.slicing import by_training_count

    slicing = by_training_count("item", counts)
    return {label: slicing.codes == code for code, label in enumerate(slicing.labels)}


def restricted(output: Scored, chosen: np.ndarray) -> Scored:
    """Some of the rows of an output.

    Args:
        output: What is scored.
        chosen: `(scored rows,)`, which to keep.
    """
    truth, weights = output.truth, output.weights
    return replace(
        output,
        rows=output.rows[chosen],
        labels=output.labels[chosen],
        weights=None if weights is None else weights[chosen],
        draws=output.draws.rows(np.flatnonzero(chosen)),
        truth=None if truth is None else truth[chosen],
    )


def over_users(output: Scored, seed: int, predicted: np.ndarray) -> Aucs:
    """AUC against the truth where it is known, else against labels."""
    own = {seed: predicted[output.rows]}
    return aucs(output, own) if output.truth is None else true_aucs(output, own)


def over_users_once(output: Scored, predicted: np.ndarray) -> float:
    """The same of the rows as they are alone, which takes far less time."""
    from mtl_rec.metrics import binary
    from mtl_rec.metrics.resampling import Resamples
    from mtl_rec.metrics.soft import soft_auc

    values = predicted[output.rows]
    if output.truth is None:
        return binary.auc(output.labels, values, weights=output.weights)
    undrawn = Resamples.of(np.arange(len(values)), 0)
    return soft_auc(output.truth, values, undrawn).value


def within_users(output: Scored, seed: int, predicted: np.ndarray) -> Aucs:
    """AUC over pairs of rows of one user, every pair alike."""
    truth = output.labels if output.truth is None else output.truth
    wins, pairs = pairs_of_rows(
        truth.astype(np.float64), predicted[output.rows], output.draws.users
    )
    exact = wins.sum() / pairs.sum() if pairs.any() else float("nan")
    resampled_wins, resampled_pairs = output.draws.sums(wins, pairs)
    with np.errstate(invalid="ignore"):
        return Aucs({seed: float(exact)}, {seed: resampled_wins / resampled_pairs})


def pairs_of_rows(
    truth: np.ndarray, scores: np.ndarray, users: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """By row i, `sum_j t_i (1 - t_j) [s_i > s_j]` over the user's others, and of pairs.

    Args:
        truth: `(rows,)` probabilities or labels.
        scores: `(rows,)`; only their order counts, and a tie counts half.
        users: `(rows,)` codes.
    """
    wins, pairs = np.zeros(len(truth)), np.zeros(len(truth))
    order = np.argsort(users, kind="stable")
    starts = np.flatnonzero(np.diff(users[order], prepend=-1))
    for start, stop in pairwise([*starts.tolist(), len(order)]):
        rows = order[start:stop]
        weight = np.outer(truth[rows], 1 - truth[rows])
        np.fill_diagonal(weight, 0)
        ahead = np.sign(np.subtract.outer(scores[rows], scores[rows]))
        wins[rows] = (weight * (ahead + 1) / 2).sum(axis=1)
        pairs[rows] = weight.sum(axis=1)
    return wins, pairs


def merged(by_seed: list[Aucs]) -> Aucs:
    """Seeds that were scored each on data of its own."""
    exact: dict[int, float] = {}
    resampled: dict[int, np.ndarray] = {}
    for own in by_seed:
        exact |= own.exact
        resampled |= own.resampled
    return Aucs(exact, resampled)


def tuning_loss(model: Any, parts: Sequence[Any]) -> float:
    """What settings are chosen by: the mean of the parts' normalised entropy.

    That of all events together, so that what is rare counts as little as it tells.

    Args:
        model: Of the best epoch.
        parts: Encoded rows that it has not learned from.
    """
    from mtl_rec.evaluation import predict
    from mtl_rec.metrics import binary
    from mtl_rec.metrics.resampled import entropy

    shares = []
    for encoded in parts:
        predicted, weights = predict(model, encoded), encoded.sampling_weights
        own = None if weights is None else weights[:, 0]
        losses, entropies = [], []
        for task in encoded.schema.tasks:
            label = encoded.joint_label(task)[:, 0]
            values = predicted[task.name].reshape(-1)
            losses.append(binary.log_loss(label, values, weights=own))
            rate = binary.label_rate(label, weights=own)
            entropies.append(float(entropy(np.array(rate))))
        shares.append(sum(losses) / sum(entropies))
    return mean(shares)


def shares_of_gap(
    scores: Mapping[str, Aucs], base: str, ceilings: Mapping[str, Aucs]
) -> dict[str, dict[str, float]]:
    """By ceiling and model, the part of the way from the base to the ceiling."""

    def value(own: Aucs) -> float:
        return mean(own.exact.values())

    start = value(scores[base])
    return {
        ceiling: {
            name: (value(own) - start) / (value(top) - start)
            for name, own in scores.items()
            if name != base
        }
        for ceiling, top in ceilings.items()
    }
