"""`mtl-rec rollback`: the server goes back to the version before."""

from typing import Annotated

import typer

from mtl_rec.cli.output import output_console
from mtl_rec.cli.version_options import (
    DEFAULT_SETTLE_SECONDS,
    ModelDirectory,
    SettleSeconds,
)

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec rollback /srv/models/quickstart\n\n"
    "mtl-rec rollback /srv/models/quickstart --to 3"
)


def rollback(
    model_directory: ModelDirectory,
    to: Annotated[
        int | None,
        typer.Option(help="Withdraw all after this version, not only the newest."),
    ] = None,
    settle_seconds: SettleSeconds = DEFAULT_SETTLE_SECONDS,
) -> None:
    """Withdraw the newest version; its files stay, its number is never used again."""
    from mtl_rec.cli.version_tables import rollout_text
    from mtl_rec.serving.versions import roll_back

    done = roll_back(model_directory, to, settle_seconds=settle_seconds)
    lines = [
        f"newest   {model_directory / str(done.newest)}",
        rollout_text(done.rollout),
        *(f"kept     {path}" for path in done.withdrawn.values()),
    ]
    output_console().print(
        "\n".join(lines), highlight=False, markup=False, soft_wrap=True
    )
