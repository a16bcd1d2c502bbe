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
class Comparison:
    """One contender's AUC on one output beside another's.

    Attributes:
        output: What is compared.
        ours: A contender.
        theirs: A contender.
        limit: What the lower end of the difference's interval must reach; None where
            nothing is claimed.
        measured: None where one of them has not run.
    """

    output: Scored
    ours: str
    theirs: str
    limit: float | None
    measured: Difference | None

    def __str__(self) -> str:
        place = f"{self.output.data_set}, {self.output.name}"
        figure = self.measured or "not measured"
        return f"{place}: AUC of {self.ours} less that of {self.theirs} {figure}"

    def as_json(self) -> dict[str, Any]:
        return {
            "data": self.output.data_set,
            "output": self.output.name,
            "ours": self.ours,
            "theirs": self.theirs,
            "limit": self.limit,
            **(asdict(self.measured) if self.measured else {}),
        }


def comparisons_of(
    output: Scored, scores: Mapping[str, Aucs], asked: Sequence[str]
) -> list[Comparison]:
    """Ours beside the others on one output; none where too few positives could tell.

    Args:
        output: With its rows.
        scores: By contender that ran.
        asked: Contenders that were to run.
    """
    if output.positives < FEWEST_POSITIVES:
        return []
    return [
        Comparison(
            output, own, other, limit_of(output, other), measured(scores, own, other)
        )
        for own in MULTI_TASK
        for other in (PEERS[own], LOGISTIC, POPULARITY, TWIN)
        if own in asked and other in asked
    ]


def limit_of(output: Scored, other: str) -> float | None:
    """What is claimed of ours beside another contender.

    Of every event that it is not behind DeepCTR's, and on some data that it is ahead
    of both baselines; given an earlier event, that it is not behind the regression.
    """
    is_event = output.given is None
    if other in PEERS.values():
        return NOT_BEHIND if is_event else None
    if other == LOGISTIC and not is_event:
        return NOT_BEHIND
    is_ahead = is_event and output.data_set in BEATS_BASELINES
    return 0.0 if is_ahead and other != TWIN else None


def bars_of(comparisons: Sequence[Comparison]) -> list[Bar]:
    """What is claimed; what could not be measured does not hold."""
    return [
        Bar(
            f"{own}, lower end",
            own.measured.low if own.measured else math.nan,
            own.limit,
        )
        for own in comparisons
        if own.limit is not None
    ]


def unclaimed(comparisons: Sequence[Comparison]) -> str:
    """The other comparisons with DeepCTR and the baselines, as a list in markdown."""
    lines = [
        f"- {own}"
        for own in comparisons
        if own.limit is None and own.theirs != TWIN and own.measured
    ]
    return "\n".join(["Without a bar:", "", *lines]) if lines else ""


def measured(scores: Mapping[str, Aucs], own: str, other: str) -> Difference | None:
    """The difference of two contenders; None where one has not run."""
    if own not in scores or other not in scores:
        return None
    return difference(scores[own], scores[other])


def sentences(comparisons: Sequence[Comparison]) -> list[str]:
    """Where each multi-task model helped, made no difference that shows, and harmed."""
    lines = []
    for own in MULTI_TASK:
        groups: dict[str, list[str]] = {BETTER: [], LEVEL: [], WORSE: []}
        for comparison in comparisons:
            measured, output = comparison.measured, comparison.output
            if (comparison.ours, comparison.theirs) == (own, TWIN) and measured:
                place = f"{output.name} of {output.data_set}"
                groups[_outcome(measured)].append(f"{place} {measured}")
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
