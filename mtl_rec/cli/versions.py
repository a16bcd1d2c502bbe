"""`mtl-rec versions`: what versions a model has."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mtl_rec.cli.output import OutputFormat, show
from mtl_rec.cli.version_options import ModelDirectory

if TYPE_CHECKING:
    from mtl_rec.serving.versions import VersionEntry

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec versions /srv/models/quickstart\n\n"
    "mtl-rec versions /srv/models/quickstart --json"
)


def versions(
    model_directory: ModelDirectory,
    as_json: Annotated[
        bool, typer.Option("--json", help="The same as --format json.")
    ] = False,
    output_format: OutputFormat = "auto",
) -> None:
    """Show a model's versions: time, size, labels and test metrics."""
    from mtl_rec.cli.version_tables import versions_table
    from mtl_rec.serving.versions import list_versions

    entries = list_versions(model_directory)
    chosen = "json" if as_json else output_format
    show(_plain(entries), chosen, versions_table(entries))


def _plain(entries: "Sequence[VersionEntry]") -> list[dict[str, Any]]:
    return [
        {
            **asdict(entry),
            "path": str(entry.path),
            "created": entry.created.isoformat(timespec="seconds"),
        }
        for entry in entries
    ]
