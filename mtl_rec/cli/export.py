"""`mtl-rec export`: a finished run as the next verified version."""

from mtl_rec.cli.backend import frameworks
from mtl_rec.cli.options import RunPath
from mtl_rec.cli.output import OutputFormat, Quiet, progress_console

EXAMPLES = "Example:\n\nmtl-rec export runs/quickstart/20260101-120000"


def export(
    run: RunPath, output_format: OutputFormat = "auto", quiet: Quiet = False
) -> None:
    """Export a finished run as the next version, verified before it appears."""
    with frameworks():
        from mtl_rec.cli.results import show_exported
        from mtl_rec.cli.stages import Stages
        from mtl_rec.run import RunFolder, export_run

    stages = Stages(progress_console(output_format, quiet))
    show_exported(export_run(RunFolder.open(run), stages), output_format)
