"""Arguments that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

from mtl_rec.cli.completion import complete_config, complete_run, complete_setting

ConfigPath = Annotated[
    Path,
    typer.Argument(help="YAML file of the run.", autocompletion=complete_config),
]

Overrides = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Replace one setting, as often as needed. List items go by their name: "
        "features.price.transform=log.",
        autocompletion=complete_setting,
    ),
]

RunPath = Annotated[
    Path,
    typer.Argument(
        help="Folder of a finished run, runs/<name>/<time>.",
        autocompletion=complete_run,
    ),
]

FillMissing = Annotated[
    bool,
    typer.Option(
        "--fill-missing",
        help="Take features that the request has not for missing values.",
    ),
]
