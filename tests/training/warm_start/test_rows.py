"""Which rows of an embedding stand for the same in another run."""

import numpy as np
import pytest

from mtl_rec.config.features import Categorical, Numeric
from mtl_rec.config.tasks import Task
from mtl_rec.schema import Schema
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.schema.number_statistics import NumberStatistics
from mtl_rec.schema.sampling import SamplingCorrection
from mtl_rec.schema.schema import LabelScale
from mtl_rec.training.warm_start import Learned
from mtl_rec.training.warm_start.rows import ABSENT, source_rows


def of_keys(keys, num_out_of_vocabulary=1):
    feature = Categorical(kind="categorical", name="item", side="item")
    own = Vocabulary("item", num_out_of_vocabulary, len(keys), None)
    schema = Schema((feature,), (Task(name="click"),), {"item": own}, {})
    return Learned(schema, {}, {"item": np.array(keys, np.int64)} if keys else {})


def of_boundaries(*boundaries):
    feature = Numeric(
        kind="numeric", name="hour", side="item", transform="quantiles", num_buckets=4
    )
    own = Vocabulary("hour", 1, len(boundaries) + 1, None)
    schema = Schema((feature,), (Task(name="click"),), {"hour": own}, {})
    return Learned(schema, {"hour": NumberStatistics(boundaries=boundaries)}, {})


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ([5, 6, 7], [7, 9, 5], [0, 1, 4, ABSENT, 2]),
        ([5], [], [0, 1]),
        ([], [5], [0, 1, ABSENT]),
        # What a repeated hash left unknown has learned nothing.
        ([5, -3], [-3, 5], [0, 1, ABSENT, 2]),
    ],
)
def test_known_values_are_found_by_their_keys(before, now, expected):
    assert source_rows("item", of_keys(before), of_keys(now)).tolist() == expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (1, 3, [0, 1, 1, 1, 2]),
        (2, 4, [0, 1, 2, 1, 2, 3]),
        # An id then has values of several, so that none of them stands for it.
        (4, 2, [0, ABSENT, ABSENT, 5]),
        (2, 3, [0, ABSENT, ABSENT, ABSENT, 3]),
    ],
)
def test_unknown_values_are_found_where_all_of_an_id_had_the_same(
    before, now, expected
):
    rows = source_rows("item", of_keys([5], before), of_keys([5], now))

    assert rows.tolist() == expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ((1.0, 2.0, 3.0), (1.0, 2.0, 3.0), [0, 1, 2, 3, 4, 5]),
        ((1.0, 2.0, 3.0), (1.1, 2.1, 3.1), [0, 1, 2, 3, 4, 5]),
        ((1.0, 2.0, 3.0), (2.0,), [0, 1, 3, 4]),
        ((2.0,), (1.0, 2.0, 3.0), [0, 1, 2, 2, 3, 3]),
        ((), (2.0,), [0, 1, 2, 2]),
        ((2.0,), (), [0, 1, 2]),
    ],
)
def test_a_bucket_is_found_by_the_numbers_in_it(before, now, expected):
    rows = source_rows("hour", of_boundaries(*before), of_boundaries(*now))

    assert rows.tolist() == expected


def test_what_is_served_of_a_logit_is_known_of_events_and_values():
    tasks = (
        Task(name="click"),
        Task(name="buy", after="click"),
        Task(name="value", after="buy", kind="regression"),
    )
    scales = {"value": LabelScale(40.0, 9.0)}
    schema = Schema((), tasks, {}, scales, SamplingCorrection(-2.0, varies=True))
    learned = Learned(schema, {}, {})

    assert learned.served_scale("click") == (-2.0, 1.0)
    assert learned.served_scale("buy") == (0.0, 1.0)
    assert learned.served_scale("value") == (40.0, 9.0)
