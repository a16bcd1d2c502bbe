"""Arguments that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

ConfigPath = Annotated[Path, typer.Argument(help="YAML file of the run.")]

Overrides = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Replace one setting, as often as needed. List items go by their name: "
        "features.price.transform=log.",
    ),
]

RunPath = Annotated[
    Path, typer.Argument(help="Folder of a finished run, runs/<name>/<time>.")
]
