"""`mtl-rec drift`: whether other rows are still like those of training."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table

from mtl_rec.cli.options import ConfigPath, Overrides
from mtl_rec.cli.output import output_console, require_folder
from mtl_rec.config import load_config
from mtl_rec.whole_files import written_whole

if TYPE_CHECKING:
    from mtl_rec.data.report.drift import Drift

EXIT_DRIFTED = 3

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec drift configs/my_shop.yaml --against logged/2026-03-01.parquet\n\n"
    "mtl-rec drift runs/my_shop/20260101-120000/run.yaml --against 'logged/*.parquet' "
    "--output drift.json || echo 'look at drift.json'"
)

VERDICTS = {"shifted": "shifted", "undecided": "too few rows", "steady": "steady"}


def drift(
    config: ConfigPath,
    against: Annotated[
        str,
        typer.Option(
            help="Rows to compare with, such as servers logged: a CSV, Parquet or "
            "TFRecord file, a folder or a glob. Labels are not needed."
        ),
    ],
    overrides: Overrides = [],  # noqa: B006 - typer copies it
    split: Annotated[
        Literal["train", "validation", "test"],
        typer.Option(help="What of the config's data to compare."),
    ] = "train",
    output: Annotated[
        Path | None, typer.Option(help="JSON file for everything that was measured.")
    ] = None,
) -> None:
    """Tell whether features of other rows have shifted; exit code 3 if one has."""
    run = load_config(config, overrides)
    require_folder(output)
    # Half a second of imports, which a wrong config need not wait for.
    from mtl_rec.cli.stages import Stages
    from mtl_rec.data import open_exposures
    from mtl_rec.data.report.drift import compare_with_files

    console = output_console()
    with Stages(console)(f"compare '{against}' with the {split} split") as progress:
        splits = open_exposures(run.data, run.features, run.tasks, progress)
        found = compare_with_files(splits, against, split, progress)
    console.print(_table(found))
    for line in (*map(str, found.findings()), _summary(found)):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if output is not None:
        text = json.dumps(found.about(), indent=2, ensure_ascii=False, allow_nan=False)
        with written_whole(output) as unfinished:
            unfinished.write_text(f"{text}\n", encoding="utf-8")
    if found.findings():
        raise typer.Exit(EXIT_DRIFTED)


def _table(found: "Drift") -> Table:
    from mtl_rec.data.report.wording import number, share

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("feature", "verdict", "measure"):
        table.add_column(heading, overflow="fold")
    headings = ("distance", "flagged from", "missing", "in the others", "unseen")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for shift in found.shifts:
        verdict = shift.distance.verdict
        table.add_row(
            shift.feature,
            VERDICTS[verdict],
            shift.measure,
            number(shift.distance.figure),
            number(shift.distance.flagged_from),
            *(share(missing) for missing in shift.missing),
            share(shift.unseen),
            style={"shifted": "red", "steady": "dim"}.get(verdict),
        )
    return table


def _summary(found: "Drift") -> str:
    own, other = found.rows
    text = (
        f"{len(found.findings())} of {len(found.shifts)} features have shifted between "
        f"{own:,} and {other:,} rows."
    )
    undecided = found.undecided()
    if undecided:
        text += f" Too few rows to tell: {', '.join(undecided)}."
    return text
