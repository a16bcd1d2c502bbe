"""What lists are worth, with intervals over users and seeds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from contenders.comparing import Aucs
from contenders.runs import Run

from mtl_rec.retrieval.judging import Judgement, judge
from retrieval_contenders.datasets import DataSet, queries_of
from retrieval_contenders.lists import Lists

CUTOFFS = (20, 100)
KNOWN_RECALL = "recall@100 of known users"


@dataclass(frozen=True)
class Judged:
    """One contender on one data set.

    Attributes:
        data_set: Its name.
        contender: Its name.
        judgements: By seed.
        runs: By seed.
    """

    data_set: str
    contender: str
    judgements: Mapping[int, Judgement]
    runs: Mapping[int, Run]

    def mean(self, metric: str) -> float:
        """Over the seeds, on the test users as they are."""
        return float(np.mean(list(self.scores(metric).exact.values())))

    def interval(self, metric: str) -> tuple[float, float]:
        """Of the mean over the seeds, with other users and seeds."""
        values = np.stack(list(self.scores(metric).resampled.values()))
        random = np.random.default_rng(0)
        drawn = random.integers(len(values), size=values.shape)
        low, high = np.quantile(
            np.take_along_axis(values, drawn, axis=0).mean(axis=0), [0.025, 0.975]
        )
        return float(low), float(high)

    def scores(self, metric: str) -> Aucs:
        """A metric by seed, as differences are made of."""
        own = {s: j.estimates[metric] for s, j in self.judgements.items()}
        return Aucs(
            {seed: estimate.value for seed, estimate in own.items()},
            {seed: estimate.resampled for seed, estimate in own.items()},
        )


def judged(data_set: DataSet, contender: str, runs: Mapping[int, Run]) -> Judged:
    """Judges the test lists of every seed; users are drawn alike for all contenders."""
    log = data_set.log
    counts, is_cold = log.training_counts(), log.cold_items["test"]
    queries = log.queries["test"]
    known = data_set.known("test")
    known_queries = queries_of(queries, known)
    judgements = {}
    for seed, run in runs.items():
        lists = Lists(run.predictions["all"], run.predictions["cold"])
        own, of_known = (
            judge(asked.score(len(counts)), whom, counts, is_cold, CUTOFFS, True)
            for asked, whom in (
                (lists, queries),
                (lists.of_queries(known), known_queries),
            )
        )
        apart = {KNOWN_RECALL: of_known.estimates["recall@100"]}
        judgements[seed] = replace(own, estimates={**own.estimates, **apart})
    return Judged(data_set.name, contender, judgements, runs)
