"""`mtl-rec train`: from a config to a verified version."""

import json
from contextlib import closing
from pathlib import Path
from typing import Annotated, Literal

import typer

from mtl_rec.cli.backend import frameworks
from mtl_rec.cli.options import ConfigPath, Overrides
from mtl_rec.cli.output import OutputFormat, Quiet, progress_console
from mtl_rec.config import load_config
from mtl_rec.run.source_run import source_run

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec train configs/quickstart.yaml\n\n"
    "mtl-rec train configs/quickstart.yaml "
    "--set model.architecture.kind=shared_bottom --set training.epochs=3\n\n"
    "mtl-rec train configs/quickstart.yaml --backend jax\n\n"
    "mtl-rec train configs/quickstart.yaml --dry-run\n\n"
    "mtl-rec train configs/quickstart.yaml "
    "--warm-start runs/quickstart/20260101-120000\n\n"
    "tensorboard --logdir runs"
)


def train(
    config: ConfigPath,
    overrides: Overrides = [],  # noqa: B006 - typer copies it
    backend: Annotated[
        Literal["tensorflow", "jax"] | None,
        typer.Option(help="What trains; as --set training.backend=..."),
    ] = None,
    runs: Annotated[
        Path, typer.Option(help="Folder that gets <name>/<time>/ of the run.")
    ] = Path("runs"),
    warm_start: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN",
            help="Folder of a finished run to start from: the weights of all values, "
            "features and tasks that it has in common with this one.",
        ),
    ] = None,
    fresh: Annotated[
        bool,
        typer.Option(
            "--fresh", help="Begin a new run, even if one like it was interrupted."
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Train a few seconds on the first rows, say what a run would take, "
            "and write nothing.",
        ),
    ] = False,
    output_format: OutputFormat = "auto",
    quiet: Quiet = False,
) -> None:
    """Train, evaluate, export and verify.

    A run that was interrupted is gone on with: the same command ends with the same
    model as if nothing had happened.
    """
    asked = [f"training.backend={backend}"] if backend else []
    if warm_start is not None:
        # Quoted, so that it is text in YAML whatever is in it.
        asked.append(f"training.warm_start={json.dumps(str(warm_start))}")
    run = load_config(config, [*overrides, *asked])
    if run.training.warm_start is not None:
        source_run(run.training.warm_start)  # Refused before the data is read.
    with frameworks():
        # TensorFlow takes seconds to import, which a wrong config need not wait for.
        from mtl_rec.cli.estimate_tables import show_estimate
        from mtl_rec.cli.results import show_trained
        from mtl_rec.cli.stages import Stages
        from mtl_rec.run import train_run
        from mtl_rec.run.dry_run import estimate_run
        from mtl_rec.training.progress import EpochProgress

    console = progress_console(output_format, quiet)
    if dry_run:
        show_estimate(estimate_run(run, Stages(console)), output_format)
        return
    # Closed, so that a terminal has its cursor back if this is interrupted.
    with closing(EpochProgress(console)) as progress:
        result = train_run(run, runs, Stages(console), (progress,), fresh)
    show_trained(result, runs, output_format)
