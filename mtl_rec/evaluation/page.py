"""An evaluation as one HTML page with plots, which needs nothing else."""

from collections.abc import Mapping
from html import escape
from pathlib import Path

from mtl_rec.data.report.tables import Marked, folded, inline, paragraph, section, table
from mtl_rec.data.report.template import PAGE
from mtl_rec.evaluation.evaluation import Evaluation, Interval, Slice
from mtl_rec.evaluation.plots import calibration_plot, intervals_plot, slices_plot
from mtl_rec.whole_files import written_whole


def write_page(path: Path, evaluation: Evaluation, title: str) -> None:
    """Writes the page, whole or not at all; needs matplotlib.

    Args:
        path: File to write or replace, in a folder that exists.
        evaluation: What to show.
        title: Of the page.
    """
    with written_whole(path) as unfinished:
        unfinished.write_text(html_page(evaluation, title), encoding="utf-8")


def html_page(evaluation: Evaluation, title: str) -> str:
    """The page: metrics, calibration, slices."""
    sections = [_metrics_section(evaluation)]
    if evaluation.calibration:
        sections.append(_calibration_section(evaluation))
    sections += [
        _slices_section(slicing, outputs, number)
        for number, (slicing, outputs) in enumerate(evaluation.slices.items())
    ]
    return PAGE.substitute(
        title=escape(title),
        facts=inline(_facts(evaluation)),
        findings="",
        sections="\n".join(sections),
    )


def _facts(evaluation: Evaluation) -> str:
    rows = max(int(entry["rows"] or 0) for entry in evaluation.metrics.values())
    drawn = "rows" if evaluation.users is None else f"{evaluation.users:,} users"
    return (
        f"{rows:,} rows. Intervals are of 95 %, over {evaluation.resamples:,} draws of "
        f"{drawn}. What is given an earlier event is scored on the rows that have it."
    )


def _metrics_section(evaluation: Evaluation) -> Marked:
    outputs = list(evaluation.metrics)
    names = dict.fromkeys(m for entry in evaluation.metrics.values() for m in entry)
    cells = [[name, *(_metric(evaluation, o, name) for o in outputs)] for name in names]
    return section(
        "Metrics",
        Marked(intervals_plot(evaluation)),
        folded("All as a table", table(["metric", *outputs], cells)),
    )


def _calibration_section(evaluation: Evaluation) -> Marked:
    text = (
        "Rows in twenty bins of equal weight by their probability: how often the event "
        "happened, with its interval. On the line, predictions are what happens."
    )
    plot = Marked(calibration_plot(evaluation.calibration))
    return section("Calibration", paragraph(text, "quiet"), plot)


def _slices_section(
    slicing: str, outputs: Mapping[str, Mapping[str, Slice]], number: int
) -> Marked:
    rows = [
        [
            output,
            label,
            f"{own.rows:,}",
            "" if own.positives is None else f"{own.positives:,}",
            *(
                _cell(own.metrics.get(m), own.intervals.get(m))
                for m in ("auc", "normalised_entropy", "calibration_ratio")
            ),
        ]
        for output, slices in outputs.items()
        for label, own in slices.items()
    ]
    headings = ["output", "slice", "rows", "positives", "AUC", "NE", "calibration"]
    return section(
        slicing[0].upper() + slicing[1:],
        Marked(slices_plot(outputs, number)),
        folded("All as a table", table(headings, rows, texts=2)),
    )


def _metric(evaluation: Evaluation, output: str, name: str) -> str:
    entry = evaluation.metrics[output]
    if name not in entry:
        return ""
    return _cell(entry[name], evaluation.intervals[output].get(name))


def _cell(value: float | int | None, interval: Interval) -> str:
    if value is None:
        return "undefined"
    if isinstance(value, int):
        return f"{value:,}"
    if interval is None:
        return f"{value:.5g}"
    low, high = interval
    return f"{value:.4f} ({low:.4f} to {high:.4f})"
