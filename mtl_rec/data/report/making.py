"""From splits to their report."""

import numpy as np

from mtl_rec.data.events.progress import Progress, unseen
from mtl_rec.data.exposures import Splits
from mtl_rec.data.report.chunks import read_chunks
from mtl_rec.data.report.comparing import compared_features
from mtl_rec.data.report.counting import Counts, count
from mtl_rec.data.report.days import Days, find_days
from mtl_rec.data.report.label_shifts import LabelShift, compared
from mtl_rec.data.report.rates import LabelSums, Rate
from mtl_rec.data.report.report import DayRows, PartRows, Report, Timeline
from mtl_rec.data.report.screening import screen
from mtl_rec.data.splitting import PARTS


def make_report(splits: Splits, progress: Progress = unseen) -> Report:
    """Looks for drift from training on, and for features that know the answer.

    Rows are read once, and their times once before that. Counts are of all rows;
    distributions and rankings are of samples of `SAMPLE_ROWS` at most, always the same.

    Args:
        splits: The parts of the data.
        progress: Is told how far it is.

    Raises:
        ArtifactError: A file is damaged.
        SchemaError: Rows contradict what is declared, or a part has no rows.
    """
    days = find_days(splits)
    counts = Counts(splits, days.number if days else 0)
    count(read_chunks(splits, days), counts, progress)
    others = dict(counts.of_parts)
    train = others.pop("train")
    shifts = compared_features(train, others, progress)
    sample = train.sample.table()
    rankings = [r for f in counts.features for r in screen(f, sample, counts.tasks)]
    by_part = _by_output(counts, counts.by_part)
    return Report(
        parts=tuple(
            PartRows(name, int(counts.sizes[n]), int(counts.sampled[n]), by_part[n])
            for n, name in enumerate(PARTS)
        ),
        left_out=counts.left_out,
        values=_values(counts),
        timeline=_timeline(counts, days) if days else None,
        label_shifts=_label_shifts(counts, by_part),
        feature_shifts=tuple(shifts),
        rankings=tuple(rankings),
        sample_rows={
            part: counts.of_parts[part].sample.table().num_rows for part in PARTS
        },
    )


def _values(counts: Counts) -> tuple[str, ...]:
    values = {task.name for task in counts.tasks if task.kind == "regression"}
    return tuple(output.name for output in counts.outputs if output.task in values)


def _by_output(counts: Counts, sums: list[LabelSums]) -> list[dict[str, Rate]]:
    """For each day or part, the rates of all outputs."""
    names, values = [output.name for output in counts.outputs], _values(counts)
    rates = [
        of_output.rates(name not in values)
        for name, of_output in zip(names, sums, strict=True)
    ]
    return [dict(zip(names, group, strict=True)) for group in zip(*rates, strict=True)]


def _label_shifts(
    counts: Counts, by_part: list[dict[str, Rate]]
) -> tuple[LabelShift, ...]:
    train, *others = by_part
    values = _values(counts)
    return tuple(
        compared(
            name,
            part,
            name not in values,
            train[name],
            other[name],
            len(others) * len(train),
        )
        for part, other in zip(PARTS[1:], others, strict=True)
        for name in train
    )


def _timeline(counts: Counts, days: Days) -> Timeline:
    # The item itself has more values than what describes it.
    sizes = {name: first.num_values for name, first in counts.new_items.items()}
    item = max(sizes, key=lambda name: sizes[name]) if sizes else None
    new = counts.new_items[item].rows_of_new(days.number) if item else None
    rates = _by_output(counts, counts.by_day)
    exposures = counts.exposures_by_day
    return Timeline(
        column=days.column,
        kind=days.kind,
        zone=days.zone,
        item_feature=item,
        cuts=dict(zip(PARTS[1:], counts.first_days[1:].tolist(), strict=True)),
        days=tuple(
            DayRows(
                name,
                int(exposures[day]),
                int(counts.sampled_by_day[day]),
                None
                if new is None or not exposures[day]
                else _share(new, exposures, day),
                rates[day],
            )
            for day, name in enumerate(days.names())
        ),
    )


def _share(part: np.ndarray, whole: np.ndarray, position: int) -> float:
    return float(part[position] / whole[position])
