"""The bars of a comparison, and the sentences that say when multi-task did not help."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from reporting import Bar

from contenders.baselines import LOGISTIC, POPULARITY
from contenders.comparing import Aucs, Difference, difference
from contenders.scored import Scored

FEWEST_POSITIVES = 300
NOT_BEHIND = -0.002

MULTI_TASK = ("shared_bottom", "mmoe")
TWIN = "single_task"
PEERS = {"shared_bottom": "DeepCTR SharedBottom", "mmoe": "DeepCTR MMOE"}
BEATS_BASELINES = ("quickstart", "complete_journey")
"""Data sets on whose tasks ours must be ahead of both baselines."""


@dataclass(frozen=True)
class Claim:
    """That one contender's AUC on one output is high enough beside another's.

    Attributes:
        output: What is compared.
        ours: A contender.
        theirs: A contender.
        limit: What the lower end of the difference's interval must reach.
        measured: None where one of them has not run.
    """

    output: Scored
    ours: str
    theirs: str
    limit: float
    measured: Difference | None

    def bar(self) -> Bar:
        """The claim as a bar, shown with the difference and its interval."""
        place = f"{self.output.data_set}, {self.output.name}"
        name = f"{place}: AUC of {self.ours} less that of {self.theirs}"
        if self.measured is None:
            return Bar(f"{name}, not measured", math.nan, self.limit)
        return Bar(f"{name} {self.measured}, lower end", self.measured.low, self.limit)

    def as_json(self) -> dict[str, Any]:
        return {
            "data": self.output.data_set,
            "output": self.output.name,
            "ours": self.ours,
            "theirs": self.theirs,
            "limit": self.limit,
            **(asdict(self.measured) if self.measured else {}),
        }


def claims_of(
    output: Scored, scores: Mapping[str, Aucs], asked: Sequence[str]
) -> list[Claim]:
    """What must hold on one output; nothing where too few positives could tell.

    Args:
        output: With its rows.
        scores: By contender that ran.
        asked: Contenders that were to run.
    """
    if output.positives < FEWEST_POSITIVES:
        return []
    limits: dict[tuple[str, str], float] = {}
    for own in MULTI_TASK:
        limits[own, PEERS[own]] = NOT_BEHIND
        if output.given is not None:
            limits[own, LOGISTIC] = NOT_BEHIND
        elif output.data_set in BEATS_BASELINES:
            limits |= {(own, baseline): 0.0 for baseline in (POPULARITY, LOGISTIC)}
    return [
        Claim(output, own, other, limit, measured(scores, own, other))
        for (own, other), limit in limits.items()
        if own in asked and other in asked
    ]


def measured(scores: Mapping[str, Aucs], own: str, other: str) -> Difference | None:
    """The difference of two contenders; None where one has not run."""
    if own not in scores or other not in scores:
        return None
    return difference(scores[own], scores[other])


def sentences(twins: Sequence[Claim]) -> list[str]:
    """Where each multi-task model helped, made no difference that shows, and harmed.

    Args:
        twins: Comparisons with the single-task twin.
    """
    lines = []
    for own in MULTI_TASK:
        groups: dict[str, list[str]] = {BETTER: [], LEVEL: [], WORSE: []}
        for claim in twins:
            if claim.ours == own and claim.measured is not None:
                place = f"{claim.output.name} of {claim.output.data_set}"
                groups[_outcome(claim.measured)].append(f"{place} {claim.measured}")
        lines += [
            f"{own} {outcome} `{TWIN}`: {'; '.join(places)}."
            for outcome, places in groups.items()
            if places
        ]
    return lines


BETTER = "is better than"
LEVEL = "did not help, as its AUC can't be told from that of"
WORSE = "did not help, as it is worse than"


def _outcome(measured: Difference) -> str:
    if measured.low > 0:
        return BETTER
    return WORSE if measured.high < 0 else LEVEL


def twin_claims(output: Scored, scores: Mapping[str, Aucs]) -> list[Claim]:
    """Each multi-task model beside its single-task twin; these are no bars."""
    if output.positives < FEWEST_POSITIVES:
        return []
    return [
        Claim(output, own, TWIN, 0.0, measured(scores, own, TWIN)) for own in MULTI_TASK
    ]
