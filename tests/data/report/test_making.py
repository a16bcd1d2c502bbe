"""Reports of small shops."""

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mtl_rec.config.features import Categorical, Numeric
from mtl_rec.data.report import Report, make_report
from mtl_rec.errors import SchemaError


@pytest.fixture
def report_on(open_frame) -> Callable[..., Report]:
    return lambda frame, **options: make_report(open_frame(frame, **options))


def spoilt(frame: pd.DataFrame) -> tuple[pd.DataFrame, list]:
    """A shop with four injected faults, and its features."""
    late = frame["time"] >= frame["time"].quantile(0.8)
    random = np.random.default_rng(1)
    frame["price"] += 0.5 * late
    frame["brand"] = frame["brand"].mask(
        late & (random.random(len(frame)) < 0.2), "new"
    )
    frame["order"] = np.where(frame["buy"], [f"o{n}" for n in frame.index], "")
    frame["click"] = np.where(
        late & (random.random(len(frame)) < 0.2), 1, frame["click"]
    )
    features = [
        Categorical(kind="categorical", name="item", side="item"),
        Categorical(kind="categorical", name="brand", side="item"),
        Categorical(kind="categorical", name="order", side="context"),
        Numeric(kind="numeric", name="price", side="item"),
    ]
    return frame, features


def test_a_shop_without_faults_is_not_flagged(report_on, frame):
    assert report_on(frame).findings() == []


def test_faults_are_found_the_worst_first(report_on, frame):
    frame, features = spoilt(frame)

    findings = report_on(frame, features=features).findings()

    found = [(finding.kind, finding.subject) for finding in findings]
    assert found[0] == ("leak", "order")
    assert ("label_shift", "click") in found
    assert {s for kind, s in found if kind == "feature_shift"} == {"price", "brand"}
    kinds = [kind for kind, _ in found]
    assert kinds == sorted(kinds, key=["leak", "label_shift", "feature_shift"].index)
    texts = {finding.subject: finding.text for finding in findings}
    assert "alone ranks `buy`" in texts["order"]
    assert "Whether it is missing alone gives 1.000" in texts["order"]
    assert "'new' is on 0 % of the training rows" in texts["brand"]
    assert all(f.figure >= 0.8 * f.threshold for f in findings)


def test_days_count_every_row_and_rate(report_on, frame):
    timeline = report_on(frame).timeline

    by_day = frame.groupby("time")
    assert [day.exposures for day in timeline.days] == by_day.size().tolist()
    assert [day.name for day in timeline.days][:2] == ["2024-02-20", "2024-02-21"]
    rates = [day.rates["click"].mean for day in timeline.days]
    assert rates == pytest.approx(by_day["click"].mean().tolist())
    given = [day.rates["buy_given_click"].mean for day in timeline.days]
    clicked = frame[frame["click"] == 1].groupby("time")
    assert given == pytest.approx(clicked["buy"].mean().tolist())
    assert timeline.cuts == {"validation": 14, "test": 16}


def test_new_items_are_counted_on_their_first_day(report_on, frame):
    frame.loc[frame["time"] == "2024-02-25", "item"] = "fresh"

    timeline = report_on(frame.sample(frac=1, random_state=0)).timeline

    shares = [day.new_items for day in timeline.days]
    assert timeline.item_feature == "item"
    assert shares[0] == shares[5] == 1.0
    assert shares[6] == 0.0


def rounded(entry):
    """Sums of floats depend on their order by the last digits."""
    return json.loads(json.dumps(entry), parse_float=lambda text: f"{float(text):.6g}")


def test_neither_chunks_nor_runs_change_a_report(report_on, frame):
    reports = [report_on(frame, chunk_rows=rows).about() for rows in (501, 501, 10**6)]

    assert reports[0] == reports[1]
    assert rounded(reports[0]) == rounded(reports[2])


def test_without_time_the_parts_are_compared(report_on, frame):
    report = report_on(frame, split={"kind": "random"})

    assert report.timeline is None
    assert {part.name for part in report.parts} == {"train", "validation", "test"}
    assert len(report.label_shifts) == 2 * 6


def test_unseen_and_missing_values_are_counted(report_on, frame):
    late = frame["time"] >= frame["time"].quantile(0.8)
    frame.loc[late, "query"] = [f"z{n % 4}" if n % 4 else "" for n in range(late.sum())]

    shifts = {s.feature: s for s in report_on(frame).feature_shifts}

    assert shifts["query"].missing == (0, 0.25)
    assert shifts["query"].unseen == 1.0
    assert shifts["item"].unseen == 0.0
    assert shifts["title"].unseen is None
    assert shifts["price"].missing[0] == pytest.approx(0.1, abs=0.01)


def test_sampled_negatives_are_counted_apart_and_weighted(report_on, frame):
    frame["is_sampled"] = frame["click"] == 0
    frame["log_sampling_rate"] = np.log(0.1)

    report = report_on(frame)

    clicks = int(frame["click"].sum())
    day = report.timeline.days[0]
    assert sum(d.exposures for d in report.timeline.days) == clicks
    assert sum(d.sampled for d in report.timeline.days) == len(frame) - clicks
    ones = day.exposures
    assert day.rates["click"].mean == pytest.approx(ones / (ones + 10 * day.sampled))
    assert report.is_sampled


def test_a_feature_that_equals_a_label_is_reported_not_refused(report_on, frame):
    frame["answer"] = frame["click"].astype(str)
    features = [Categorical(kind="categorical", name="answer", side="context")]

    findings = report_on(frame, features=features).findings()

    assert [f.subject for f in findings] == ["answer"]
    assert findings[0].figure == 1.0


def test_wrong_labels_are_refused_as_in_training(report_on, frame):
    frame.loc[3, "click"] = 2

    with pytest.raises(SchemaError, match="`click` must be 0 or 1 on every row"):
        report_on(frame)


def test_it_tells_how_far_it_is(open_frame, frame):
    told = []

    make_report(open_frame(frame), lambda *progress: told.append(progress))

    assert told[-1] == ("compare features", 14, 14)
    assert ("read exposures", len(frame), None) in told
