"""A run and its contenders in the terminal."""

from typing import TYPE_CHECKING

from rich.table import Table

from mtl_rec.run.truth_verdicts import deciding, shown_difference, shown_name, written

if TYPE_CHECKING:
    from mtl_rec.run.truth import Truth


def truth_table(truth: "Truth") -> Table:
    """For every output the run, then each contender and what the run is above it."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for heading in ("output", "model"):
        table.add_column(heading, overflow="fold")
    for heading in ("AUC (RMSE)", "run - it (95 % interval)", "log loss", "GAUC"):
        table.add_column(heading, justify="right", no_wrap=True)
    for output, own in truth.metrics.items():
        metric = deciding(truth, output)
        table.add_row(output, truth.architecture, *_cells(own, metric, ""))
        for contender in truth.contenders:
            difference = contender.differences.get(output, {}).get(metric)
            cells = _cells(
                contender.metrics[output], metric, shown_difference(difference)
            )
            table.add_row("", shown_name(contender.name), *cells, style="dim")
    return table


def _cells(metrics: dict[str, float | int | None], metric: str, difference: str):
    others = [written(metrics[n]) if n in metrics else "" for n in ("log_loss", "gauc")]
    return (written(metrics[metric]), difference, *others)
