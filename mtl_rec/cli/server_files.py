"""`mtl-rec server-files`: what TensorFlow Serving is started with."""

from mtl_rec.cli.output import output_console
from mtl_rec.cli.version_options import ModelDirectory

EXAMPLES = "Example:\n\nmtl-rec server-files saved_models/quickstart"


def server_files(model_directory: ModelDirectory) -> None:
    """Write the files that start a server, beside versions that `export` put there."""
    from mtl_rec.serving.versions import refresh_server_files

    folder = refresh_server_files(model_directory)
    lines = [str(path) for path in sorted(folder.iterdir())]
    output_console().print(
        "\n".join(lines), highlight=False, markup=False, soft_wrap=True
    )
