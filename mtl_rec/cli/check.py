"""`mtl-rec check`: is the config right? No framework is loaded, nothing is run."""

from pathlib import Path

from mtl_rec.cli.options import ConfigPath, Overrides
from mtl_rec.cli.output import OutputFormat, show
from mtl_rec.config import RunConfig, load_config
from mtl_rec.config.complete_journey import CompleteJourney
from mtl_rec.errors import ArtifactError
from mtl_rec.run.source_run import source_run

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec check configs/quickstart.yaml\n\n"
    "mtl-rec check configs/quickstart.yaml --set training.batch_size=1024"
)


def check(
    config: ConfigPath,
    overrides: Overrides = [],  # noqa: B006 - typer copies it
    output_format: OutputFormat = "auto",
) -> None:
    """Check a config without running it; every problem is listed."""
    run = load_config(config, overrides)
    _require_source(run)
    if run.training.warm_start is not None:
        source_run(run.training.warm_start)
    funnel = ", ".join(
        f"{task.name} after {task.after}" if task.after else task.name
        for task in run.tasks
    )
    count = len(run.features)
    result = {
        "config": config,
        "name": run.name,
        "source": run.data.source.kind,
        "features": [feature.name for feature in run.features],
        "tasks": [{"name": task.name, "after": task.after} for task in run.tasks],
        "architecture": run.model.architecture.kind,
    }
    line = (
        f"'{config}' is right: {count} feature{'s' if count > 1 else ''}; "
        f"tasks {funnel}; {run.model.architecture.kind}."
    )
    show(result, output_format, line)


def _require_source(run: RunConfig) -> None:
    if isinstance(run.data.source, CompleteJourney):
        return  # a package, or a folder
    path = getattr(run.data.source, "path", None)
    is_glob = path is not None and any(character in path for character in "*?[")
    if path is not None and not is_glob and not Path(path).exists():
        raise ArtifactError(
            f"`data.source.path` must name existing data. Received: '{path}'. "
            f"Relative paths start at '{Path.cwd()}'."
        )
