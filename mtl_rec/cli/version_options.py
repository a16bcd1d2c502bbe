"""Arguments of the commands that manage versions."""

from pathlib import Path
from typing import Annotated

import typer

from mtl_rec.serving.versions.settling import SETTLE_SECONDS

ModelDirectory = Annotated[
    Path,
    typer.Argument(
        help="Directory of the model's versions, which TensorFlow Serving watches. Its "
        "name is that of the model."
    ),
]

SettleSeconds = Annotated[
    float,
    typer.Option(
        min=0,
        help="How long the server gets to load a version before a label moves to it; "
        "longer than a load takes.",
    ),
]

DEFAULT_SETTLE_SECONDS = SETTLE_SECONDS
