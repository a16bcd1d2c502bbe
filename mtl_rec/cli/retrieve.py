"""`mtl-rec retrieve`: from a config to a verified retrieval version."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from mtl_rec.cli.backend import frameworks
from mtl_rec.cli.options import ConfigPath, Overrides
from mtl_rec.cli.output import OutputFormat, Quiet, progress_console
from mtl_rec.config import load_config

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec retrieve configs/quickstart.yaml\n\n"
    "mtl-rec retrieve configs/quickstart.yaml "
    "--set retrieval.architecture.kind=content\n\n"
    "mtl-rec retrieve configs/quickstart.yaml "
    "--set retrieval.architecture.kind=popularity "
    "--set retrieval.architecture.within=category\n\n"
    "tensorboard --logdir runs"
)


def retrieve(
    config: ConfigPath,
    overrides: Overrides = [],  # noqa: B006 - typer copies it
    runs: Annotated[
        Path, typer.Option(help="Folder that gets <name>-<kind>/<time>/ of the run.")
    ] = Path("runs"),
    output_format: OutputFormat = "auto",
    quiet: Quiet = False,
) -> None:
    """Train what finds candidates, judge it by user, export and verify it.

    The kind is `retrieval.architecture.kind` of the config: two_tower, content,
    matrix_factorization, item_knn or popularity. The version is
    `<export.directory>/<name>-<kind>/<number>`.
    """
    run = load_config(config, overrides)
    with frameworks():
        from mtl_rec.cli.retrieval_tables import show_retrieved
        from mtl_rec.cli.stages import Stages
        from mtl_rec.retrieval.pipeline import retrieve_run
        from mtl_rec.training.progress import EpochProgress

    console = progress_console(output_format, quiet)
    # Closed, so that a terminal has its cursor back if this is interrupted.
    with closing(EpochProgress(console)) as progress:
        result = retrieve_run(run, runs, Stages(console), (progress,))
    show_retrieved(result, runs, output_format)
