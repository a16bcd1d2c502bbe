"""What `train` and `export` leave, for people and for programs."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType

from mtl_rec.cli.display import rungs_table
from mtl_rec.cli.evaluation_tables import evaluation_tables
from mtl_rec.cli.output import Format, show
from mtl_rec.cli.warm_start_table import warm_start_table
from mtl_rec.training.warm_start import WarmStartReport

if TYPE_CHECKING:
    from mtl_rec.export import ExportedVersion
    from mtl_rec.run import RunResult


def show_trained(result: "RunResult", runs: Path, output_format: Format) -> None:
    """The metrics of a run, what was proved of its version, and where both lie."""
    folder, version = result.folder.path, result.version
    shown = {"run": folder, **version_document(version), "metrics": result.metrics}
    shown["intervals"] = result.evaluation.intervals
    rendered: list[RenderableType] = []
    taken = result.folder.read_json(result.folder.warm_start_path)
    if taken is not None:
        shown["warm_start"] = taken
        rendered += [warm_start_table(WarmStartReport.from_json(taken)), ""]
    rendered += [
        *evaluation_tables(result.evaluation),
        "",
        rungs_table(version.rungs),
        f"run      {folder}",
        f"version  {version.path}",
        f"curves   tensorboard --logdir {runs}",
    ]
    show(shown, output_format, *rendered)


def show_exported(version: "ExportedVersion", output_format: Format) -> None:
    """What was proved of a version, and where it lies."""
    path = f"version  {version.path}"
    show(version_document(version), output_format, rungs_table(version.rungs), path)


def version_document(version: "ExportedVersion") -> dict[str, Any]:
    """Where a version lies and what was proved of it, as JSON says it."""
    rungs = [
        {
            "name": rung.name,
            "proves": rung.proves,
            "max_difference": rung.max_difference,
            "seconds": round(rung.seconds, 3),
        }
        for rung in version.rungs
    ]
    return {"version": version.path, "verified": rungs}
