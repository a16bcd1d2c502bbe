"""How much of what was learned of a user counts beside how often items were chosen."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mtl_rec.retrieval.asked_users import AskedUsers
from mtl_rec.retrieval.id_factors import is_known_user, user_ids_alone, with_factors
from mtl_rec.retrieval.lists import blocks
from mtl_rec.retrieval.tower_design import TowerDesign
from mtl_rec.retrieval.two_towers import TwoTowers

SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
MEAN = 0.5
"""The share of two models that say the same; for want of users who tell better."""


@dataclass(frozen=True)
class TriedShares:
    """What known users find, and how probable what they choose is, by share.

    Attributes:
        recalls: `(users,)`, recall of each; of one who finds nothing where none is
            known.
        log_likelihoods: Mean log-probability of what they choose; NaN where none is
            known.
    """

    recalls: Mapping[float, np.ndarray]
    log_likelihoods: Mapping[float, float]

    @property
    def chosen(self) -> float:
        """The share by which choices are most probable, of those that find enough.

        Recall is what counts, and is so noisy that most shares can't be told apart by
        it: those that find less than the best by more than one standard error of the
        difference are out. The probability of all choices decides between the others,
        with far less noise. Alone it would not do: it punishes a model that is sure
        and wrong more than one that is not sure and puts little on the first places.

        Reference: Hastie, Tibshirani and Friedman, "The Elements of Statistical
        Learning", 2nd edition, section 7.10.1, on the standard error.
        """
        best = max(self.recalls.values(), key=np.mean)
        enough = [s for s, own in self.recalls.items() if not _is_less(own, best)]
        return max(enough, key=lambda share: self.log_likelihoods[share])

    def about(self) -> dict[str, Any]:
        """As JSON."""
        tried = {
            share: {
                "recall": float(self.recalls[share].mean()),
                "log_likelihood": self.log_likelihoods[share],
            }
            for share in self.recalls
        }
        return {"chosen": self.chosen, "validation": tried}


def try_shares(
    towers: TwoTowers,
    factors: TwoTowers,
    design: TowerDesign,
    asked: AskedUsers,
    temperature: float = 1.0,
) -> TriedShares:
    """Tries each share of `with_factors` on users who took no part in the training.

    Ids and all fields say the same in part, and both have learned some of their events
    by heart: their sum is surer than it should be, the more so the less there is to
    learn.

    Args:
        towers: Of all fields, trained.
        factors: Of `ids_alone`, trained.
        design: Of the towers.
        asked: Those whose id was learned count, as the share is of them.
        temperature: What scores are divided by before the softmax.

    Returns:
        Of `SHARES`; of `MEAN` alone where no user is known.
    """
    users, items = asked.vectors(with_factors(towers, factors, design, 1.0))
    user_ids = user_ids_alone(asked.users, design.schema, design.ids)
    is_known = np.asarray(is_known_user(user_ids, design))[:, 0]
    if not is_known.any():
        return TriedShares({MEAN: np.zeros(1)}, {MEAN: math.nan})
    recalls = {}
    for share in SHARES:
        scale = np.full(users.shape[1], share, np.float32)
        scale[-1] = 1  # The prior counts as it is.
        recalls[share] = asked.recalls_of(users * scale, items)[is_known]
    sums = dict.fromkeys(SHARES, 0.0)
    for block in blocks(len(users), len(items)):
        for share, own in _of_block(users, items, asked, block, temperature):
            sums[share] += float(own[is_known[block]].sum())
    num_known = np.count_nonzero(is_known)
    return TriedShares(recalls, {share: own / num_known for share, own in sums.items()})


def _is_less(own: np.ndarray, best: np.ndarray) -> bool:
    """Whether the mean is less by more than the standard error of the difference."""
    less = best - own
    return less.mean() > less.std() / math.sqrt(len(less))


def _of_block(
    users: np.ndarray,
    items: np.ndarray,
    asked: AskedUsers,
    block: slice,
    temperature: float,
) -> Iterator[tuple[float, np.ndarray]]:
    """Each share with the users' mean log-probabilities, `(block,)`."""
    learned = users[block, :-1] @ items[:, :-1].T
    prior = users[block, -1:] * items[:, -1]
    if asked.exclude_seen:
        # What is in no list has no part in the softmax either.
        prior[asked.queries.seen.mask(len(items), block)] = -np.inf
    wanted = asked.queries.relevant.mask(len(items), block)
    lengths = wanted.sum(axis=1)
    for share in SHARES:
        scores = (share * learned + prior) / temperature
        found = np.where(wanted, scores, 0.0).sum(axis=1) / lengths
        most = scores.max(axis=1)
        total = np.exp(scores - most[:, None]).sum(axis=1)
        yield share, found - most - np.log(total)
