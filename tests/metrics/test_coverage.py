"""The 95 % interval of a metric covers what it is over all users 95 % of the time."""

import numpy as np
import pytest

from mtl_rec.config.tasks import Task
from mtl_rec.evaluation import EvaluationKeys
from mtl_rec.evaluation.evaluator import output_estimates
from mtl_rec.evaluation.output_rows import scored_outputs
from mtl_rec.schema import EncodedExposures, Schema

TASKS = (Task(name="click"),)
SCHEMA = Schema(features=(), tasks=TASKS, vocabularies={}, label_scales={})
WORLDS = 200


def estimates(num_users: int, seed: int, num_resamples: int):
    """Of users who differ in taste, which the model does not know, and in activity."""
    random = np.random.default_rng(seed)
    sizes = random.poisson(8, num_users) + 1
    users = np.repeat(np.arange(num_users), sizes)
    taste, rows = random.normal(0, 0.7, num_users)[users], len(users)
    item = random.normal(size=rows)
    clicks = random.random(rows) < 1 / (1 + np.exp(2 - taste - item))
    scores = 1 / (1 + np.exp(1.7 - 0.6 * item - random.normal(0, 0.3, rows)))
    exposures = EncodedExposures(SCHEMA, {}, {"click": clicks[:, None].astype(float)})
    keys = EvaluationKeys(users)
    [output] = scored_outputs({"click": scores}, exposures, keys, num_resamples)
    return output_estimates(output, keys, {"click": 0.25}, [5])


@pytest.mark.slow
def test_95_percent_of_the_intervals_cover_the_truth():
    truth = estimates(200_000, 12345, 0)
    drawn = [estimates(300, seed, 300) for seed in range(WORLDS)]

    for metric in truth:
        if metric == "threshold":
            continue
        ends = [own[metric].interval for own in drawn]
        covered = np.mean([low <= truth[metric].value <= high for low, high in ends])
        # Of 200, 95 % are 190 give or take 3; ECE's interval is cautious.
        assert covered >= 0.89, (metric, covered)
        assert covered <= 0.99 or metric == "ece", (metric, covered)
