"""Runs of `train` and of `retrieve`; read without a framework."""

from pathlib import Path

from mtl_rec.config.checks import suggestion
from mtl_rec.errors import ArtifactError
from mtl_rec.retrieval.listing import list_retrieval_runs, retrieval_folders
from mtl_rec.run.entry import RunEntry
from mtl_rec.run.listing import list_runs, run_folders

SHOWN = 5
"""Runs that an error lists."""


def every_run(directory: Path) -> list[RunEntry]:
    """Runs of both kinds in a folder, the newest first.

    Args:
        directory: Holds `<name>/<time>/`, or `<time>/`, or is a run itself.

    Raises:
        ArtifactError: There is no such folder, or it holds no run.
    """
    entries: list[RunEntry] = [*list_retrieval_runs(directory)]
    if not entries or run_folders(directory):
        entries += list_runs(directory)
    return sorted(entries, key=lambda entry: entry.path.name, reverse=True)


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
    if path in [*run_folders(path), *retrieval_folders(path)]:
        return every_run(path)[0]
    runs = every_run(directory)
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
