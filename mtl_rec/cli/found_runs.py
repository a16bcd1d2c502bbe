"""A run by its folder, or by the beginning of its name or time."""

from pathlib import Path

from mtl_rec.config.checks import suggestion
from mtl_rec.errors import ArtifactError
from mtl_rec.run.entry import RunEntry
from mtl_rec.run.listing import list_runs, read_run

SHOWN = 5
"""Runs that an error lists."""


def find_run(text: str, directory: Path = Path("runs")) -> RunEntry:
    """The one run that a text stands for.

    Args:
        text: Its folder, or the beginning of `<name>/<time>` or of `<time>` that no
            other run has.
        directory: Where to look for what is no folder.

    Raises:
        ArtifactError: No run begins like this, or several do.
    """
    path = Path(text)
    if (path / "run.yaml").is_file():
        return read_run(path)
    runs = list_runs(directory)
    found = [
        r for r in runs if r.label.startswith(text) or r.path.name.startswith(text)
    ]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(run.label for run in (found or runs)[:SHOWN])
    more = len(found or runs) - SHOWN
    listed += f" and {more} more" if more > 0 else ""
    if found:
        raise ArtifactError(
            "A run must be named so that no other is. Received: "
            f"'{text}', which begins {listed}."
        )
    names = [name for run in runs for name in (run.label, run.name)]
    raise ArtifactError(
        "A run must be named by its folder, or by the beginning of its name or time. "
        f"Received: '{text}'.{suggestion(text, names)} Runs in '{directory}': {listed}."
    )
