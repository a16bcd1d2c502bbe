"""The sections of a page: what each says, draws and lists."""

from collections.abc import Sequence

from mtl_rec.data.report.feature_shifts import FeatureShift
from mtl_rec.data.report.noise import DIVERGENCE, LARGEST_DIFFERENCE
from mtl_rec.data.report.plots import rankings_plot, rates_plot, rows_plot, shifts_plot
from mtl_rec.data.report.rates import Rate
from mtl_rec.data.report.report import Report, Timeline
from mtl_rec.data.report.screening import TOO_GOOD, best_views
from mtl_rec.data.report.tables import Marked, folded, paragraph, section, table
from mtl_rec.data.report.wording import amount, count, number, share

SHOWN_SHIFTS = 6
"""Features whose values are drawn."""

SHOWN_ROWS = 15
"""Features in the table that is open."""

VERDICTS = {
    "shifted": "shifted",
    "undecided": "too few rows to tell",
    "steady": "steady",
}

SHIFT_HEADINGS = ("feature", "kind", "verdict", "distance", "flagged from")


def labels_section(report: Report) -> Marked:
    """Label rates of the parts."""
    rows = [
        [
            shift.output,
            *(_rate(part.rates[shift.output], shift.is_event) for part in report.parts),
            number(shift.effect, 2),
            number(shift.z, 1),
            number(shift.z_flagged_from, 1),
            "breaks" if shift.is_flagged else "steady",
        ]
        for shift in report.label_shifts
        if shift.part == "test"
    ]
    headings = ["output", *(part.name for part in report.parts)]
    headings += ["effect", "z", "z flagged from", "verdict"]
    text = (
        "Rates of events and means of values, with 95 % intervals. The effect is the "
        "factor between the odds of training and test, or the difference of means in "
        "standard deviations; z is the difference in standard errors."
    )
    return section("Labels by part", paragraph(text, "quiet"), table(headings, rows))


def _rate(rate: Rate, is_event: bool) -> str:
    shown = share if is_event else amount
    if rate.mean is None:
        return "-"
    low, high = (shown(end).removesuffix(" %") for end in (rate.low, rate.high))
    return f"{shown(rate.mean)}\n{low} to {high}"


def days_section(report: Report, timeline: Timeline) -> Marked:
    """What changes with time."""
    names = list(timeline.days[0].rates)
    rows = [
        [
            day.name,
            count(day.exposures),
            count(day.sampled),
            share(day.new_items),
            *(_rate(day.rates[name], name not in report.values) for name in names),
        ]
        for day in timeline.days
    ]
    headings = [timeline.kind[:-1], "exposures", "sampled", "new items", *names]
    text = "Bands are 95 % intervals; dotted lines are where validation and test begin."
    if timeline.item_feature:
        text += (
            f" An item is new on the first day that '{timeline.item_feature}' has it."
        )
    if timeline.kind == "stretches":
        text += (
            f" `{timeline.column}` holds no dates: its range is cut into equal parts."
        )
    return section(
        "Day by day",
        paragraph(text, "quiet"),
        Marked(rates_plot(timeline, report.values)),
        Marked(rows_plot(timeline)),
        folded("All days as a table", table(headings, rows)),
    )


def shifts_section(report: Report) -> Marked:
    """Features of training against those of test, and of validation in a table."""
    of_test, of_validation = (
        sorted((s for s in report.feature_shifts if s.part == part), key=_rank)
        for part in ("test", "validation")
    )
    rows = _shift_rows(of_test)
    missing = ["missing, train", "missing, test"]
    headings = [*SHIFT_HEADINGS, *missing, "unseen in training"]
    text = (
        "Categories, lists and the words of texts by the largest difference of a "
        f"value's shares of the rows (L-infinity, {LARGEST_DIFFERENCE:g}), numbers by "
        "Jensen-Shannon "
        f"divergence in bits ({DIVERGENCE:g}, less what chance adds). Features are "
        "flagged a little below these thresholds, so that no shift of their size is "
        f"missed. Measured on {count(report.sample_rows['train'])} training and "
        f"{count(report.sample_rows['test'])} test rows. Drawn are those that differ "
        "most, with their distance."
    )
    more = []
    if len(rows) > SHOWN_ROWS:
        everything = table(headings, rows, texts=3)
        more = [folded(f"All {len(rows)} features as a table", everything)]
    headings[-2] = "missing, validation"
    validation = table(headings, _shift_rows(of_validation), texts=3)
    more.append(folded("The same against validation", validation))
    return section(
        "Features, training against test",
        paragraph(text, "quiet"),
        Marked(shifts_plot(of_test[:SHOWN_SHIFTS])),
        table(headings, rows[:SHOWN_ROWS], texts=3),
        *more,
    )


def _shift_rows(shifts: Sequence[FeatureShift]) -> list[list[str]]:
    return [
        [
            shift.feature,
            shift.kind,
            VERDICTS[shift.distance.verdict],
            f"{shift.measure} {number(shift.distance.figure)}",
            number(shift.distance.flagged_from),
            *(share(missing) for missing in shift.missing),
            share(shift.unseen),
        ]
        for shift in shifts
    ]


def _rank(shift: FeatureShift) -> tuple[bool, float]:
    threshold = DIVERGENCE if shift.measure == "JSD" else LARGEST_DIFFERENCE
    return shift.distance.verdict != "shifted", -shift.distance.figure / threshold


def rankings_section(report: Report) -> Marked:
    """What each feature alone knows of the labels."""
    best = best_views(report.rankings)
    text = (
        "How well one feature alone ranks a label on training rows; categories by the "
        f"label rates of other rows. From {TOO_GOOD:g} (dashed) it may know the answer."
    )
    if not best:
        text += " No label has enough rows of both kinds to tell."
        return section("Each feature alone", paragraph(text, "quiet"))
    rows = [
        [r.feature, r.by, r.output, number(r.auc), count(r.rows), count(r.positives)]
        for r in best
    ]
    headings = ["feature", "by its", "output", "AUC", "rows", "positives"]
    return section(
        "Each feature alone",
        paragraph(text, "quiet"),
        Marked(rankings_plot(report.rankings)),
        folded("All as a table", table(headings, rows, texts=3)),
    )
