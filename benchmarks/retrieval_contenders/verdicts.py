"""What is claimed of our retrieval, and the differences that it rests on."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from contenders.comparing import Difference, difference
from reporting import Bar

from retrieval_contenders.judged import KNOWN_RECALL, Judged

RECALL, COLD_RECALL = "recall@100", "cold_only_recall@100"
NOT_BEHIND = -0.002
"""What the lower end of a difference's interval must reach, as of AUCs."""

ID_MODELS = ("matrix_factorization", "item_knn", "ALS", "BPR")


@dataclass(frozen=True)
class Claim:
    """One of ours beside another contender.

    Attributes:
        data_set: Its name.
        metric: What is compared.
        ours: A contender.
        theirs: A contender.
        limit: What the lower end of the interval must reach.
        measured: None where one of them has not run.
    """

    data_set: str
    metric: str
    ours: str
    theirs: str
    limit: float
    measured: Difference | None

    def __str__(self) -> str:
        figure = self.measured or "not measured"
        return (
            f"{self.data_set}: {self.metric} of {self.ours} less that of "
            f"{self.theirs} {figure}"
        )

    def bar(self) -> Bar:
        low = self.measured.low if self.measured else math.nan
        return Bar(f"{self}, lower end", low, self.limit)

    def as_json(self) -> dict[str, Any]:
        measured = asdict(self.measured) if self.measured else None
        return {**asdict(self), "measured": measured}


def claims_of(contenders: Mapping[str, Judged]) -> list[Claim]:
    """What is claimed on one data set, of the contenders that ran."""
    asked: list[tuple[str, str, str, float]] = []
    for metric in (RECALL, KNOWN_RECALL):
        asked += [("two_tower", "popularity", metric, 0.0)]
        asked += [("two_tower", own, metric, NOT_BEHIND) for own in ("ALS", "BPR")]
    asked += [("content", own, COLD_RECALL, 0.0) for own in ID_MODELS]
    return [
        claim(contenders[ours], contenders[theirs], metric, limit)
        for ours, theirs, metric, limit in asked
        if ours in contenders and theirs in contenders
    ]


def claim(ours: Judged, theirs: Judged, metric: str, limit: float) -> Claim:
    """Seeds are paired, and users drawn alike."""
    measured = difference(ours.scores(metric), theirs.scores(metric))
    return Claim(
        ours.data_set, metric, ours.contender, theirs.contender, limit, measured
    )


def bars_of(claims: Sequence[Claim]) -> list[Bar]:
    return [own.bar() for own in claims]
