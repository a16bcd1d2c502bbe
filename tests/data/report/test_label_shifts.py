"""Label rates that break between training and test."""

import numpy as np
import pytest

from mtl_rec.data.report.label_shifts import LabelShift, compared
from mtl_rec.data.report.rates import LabelSums


def shift_of(train, test, is_event=True, num_tests=3) -> LabelShift:
    rates = []
    for labels in (train, test):
        sums = LabelSums(1)
        sums.add(np.zeros(len(labels), int), np.asarray(labels), np.ones(len(labels)))
        rates += sums.rates(is_event)
    return compared("click", "test", is_event, *rates, num_tests)


def events(share: float, rows: int) -> np.ndarray:
    return np.arange(rows) < round(share * rows)


def test_a_rate_that_changes_much_on_many_rows_breaks():
    shift = shift_of(events(0.10, 20_000), events(0.12, 20_000))

    assert shift.is_flagged
    assert shift.effect == pytest.approx((0.12 / 0.88) / (0.10 / 0.90))
    # The pooled two-sample z-test, by hand.
    assert shift.z == pytest.approx(0.02 / np.sqrt(0.11 * 0.89 * 2 / 20_000))


def test_a_sure_but_small_change_does_not_break():
    shift = shift_of(events(0.100, 10**6), events(0.105, 10**6))

    assert shift.z > 10
    assert not shift.is_flagged


def test_a_large_change_on_few_rows_is_chance():
    shift = shift_of(events(0.1, 100), events(0.2, 100))

    assert shift.effect > 2
    assert not shift.is_flagged


def test_reports_of_many_rates_raise_hardly_an_alarm():
    random = np.random.default_rng(0)
    alarms = 0
    for _ in range(300):
        labels = random.random((2, 6, 2000)) < 0.1
        alarms += any(
            shift_of(a, b, num_tests=6).is_flagged for a, b in zip(*labels, strict=True)
        )

    assert alarms <= 8  # 3 expected


def test_a_mean_breaks_by_a_tenth_of_the_deviation():
    values = np.random.default_rng(0).normal(50, 10, 20_000)

    assert shift_of(values, values + 1.5, is_event=False).is_flagged
    assert not shift_of(values, values + 0.5, is_event=False).is_flagged


def test_an_event_that_vanishes_breaks_and_a_part_without_rows_does_not():
    assert shift_of(events(0.1, 5000), events(0, 5000)).is_flagged
    assert not shift_of(events(0.1, 5000), []).is_flagged
