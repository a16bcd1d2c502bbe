"""`mtl-rec versions`: what versions a model has."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from mtl_rec.cli.output import output_console
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
        bool, typer.Option("--json", help="Everything that is known, as JSON.")
    ] = False,
) -> None:
    """Show a model's versions: time, size, labels and test metrics."""
    from mtl_rec.cli.version_tables import versions_table
    from mtl_rec.serving.versions import list_versions

    entries = list_versions(model_directory)
    if as_json:
        sys.stdout.write(_json(entries))
    else:
        output_console().print(versions_table(entries))


def _json(entries: "Sequence[VersionEntry]") -> str:
    shown = [
        {
            **asdict(entry),
            "path": str(entry.path),
            "created": entry.created.isoformat(timespec="seconds"),
        }
        for entry in entries
    ]
    return json.dumps(shown, indent=2) + "\n"
