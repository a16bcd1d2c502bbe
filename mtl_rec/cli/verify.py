"""`mtl-rec verify`: does a version still answer what it answered when it was made?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mtl_rec.cli.backend import frameworks
from mtl_rec.cli.output import output_console
from mtl_rec.errors import ArtifactError

if TYPE_CHECKING:
    from mtl_rec.export.climbing import RungResult

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec verify saved_models/quickstart/1\n\n"
    "mtl-rec verify saved_models/quickstart/1 --earlier-releases --server"
)


def verify(
    version: Annotated[
        Path,
        typer.Argument(help="An exported version, saved_models/<name>/<number>."),
    ],
    earlier_releases: Annotated[
        bool,
        typer.Option(
            "--earlier-releases",
            help="Also run it in the libraries of the two TensorFlow releases before. "
            "They are fetched once, 260 MB each, and kept in ~/.cache/mtl_rec.",
        ),
    ] = False,
    server: Annotated[
        bool,
        typer.Option("--server", help="Also ask a local server over gRPC and REST."),
    ] = False,
) -> None:
    """Prove an exported version by itself: its files, its answers, its warm-up."""
    _require_version(version)
    with frameworks():
        from mtl_rec.cli.display import rungs_table
        from mtl_rec.export.earlier_rungs import earlier_rungs
        from mtl_rec.export.verification import climb_by_itself

        more = earlier_rungs() if earlier_releases else []
        if server:
            from mtl_rec.serving.server_rung import local_server_rung

            more.append(local_server_rung())

    console = output_console()
    passed: list[RungResult] = []
    try:
        with console.status("verifying ...") as status:
            for result in climb_by_itself(version, more):
                passed.append(result)
                status.update(f"{result.name} passed, verifying on ...")
    finally:
        # What holds is worth knowing, most of all where the next rung failed.
        if passed:
            console.print(rungs_table(passed))


def _require_version(folder: Path) -> None:
    if (folder / "saved_model.pb").exists() or (folder / "assets.extra").exists():
        return
    if not folder.is_dir():
        raise ArtifactError(f"'{folder}' is no folder: name an exported version.")
    numbers = [int(path.name) for path in folder.iterdir() if path.name.isdecimal()]
    hint = f" Did you mean '{folder / str(max(numbers))}'?" if numbers else ""
    raise ArtifactError(
        f"'{folder}' must be an exported version, with saved_model.pb.{hint}"
    )
