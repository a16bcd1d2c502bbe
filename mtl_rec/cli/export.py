"""`mtl-rec export`: a finished run as the next verified version."""

from mtl_rec.cli.backend import frameworks
from mtl_rec.cli.options import RunPath
from mtl_rec.cli.output import output_console

EXAMPLES = "Example:\n\nmtl-rec export runs/quickstart/20260101-120000"


def export(run: RunPath) -> None:
    """Export a finished run as the next version, verified before it appears."""
    with frameworks():
        from mtl_rec.cli.display import rungs_table
        from mtl_rec.cli.stages import Stages
        from mtl_rec.run import RunFolder, export_run

    console = output_console()
    version = export_run(RunFolder.open(run), Stages(console))
    console.print(rungs_table(version.rungs))
    console.print(
        f"version  {version.path}", highlight=False, markup=False, soft_wrap=True
    )
