"""`mtl-rec label`: which version users, and which one a canary's users get."""

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
    "mtl-rec label /srv/models/quickstart stable=4 canary=5\n\n"
    "mtl-rec label /srv/models/quickstart stable=5 canary="
)


def label(
    model_directory: ModelDirectory,
    changes: Annotated[
        list[str],
        typer.Argument(
            metavar="LABEL=VERSION...", help="No version after '=' removes the label."
        ),
    ],
    settle_seconds: SettleSeconds = DEFAULT_SETTLE_SECONDS,
) -> None:
    """Set, move or remove labels of versions, in server/models.config."""
    from mtl_rec.cli.version_tables import rollout_text
    from mtl_rec.serving.versions import set_labels

    rollout = set_labels(
        model_directory,
        dict(map(_parsed, changes)),
        settle_seconds=settle_seconds,
    )
    output_console().print(rollout_text(rollout), highlight=False, soft_wrap=True)


def _parsed(change: str) -> tuple[str, int | None]:
    name, equals, version = change.partition("=")
    is_number = version.isascii() and version.isdigit()
    if not name or not equals or not (is_number or not version):
        raise typer.BadParameter(
            f"A label must be set as in stable=4, or removed as in canary=. Received: "
            f"'{change}'."
        )
    return name, int(version) if version else None
