"""Folders of runs as a command that was stopped, or came to its end, leaves them."""

import json
from typing import Any

from mtl_rec.run.folder import RunFolder


def write_run(folder: RunFolder, config: str, files: dict[str, Any]) -> None:
    """Makes the folder of a run.

    Args:
        folder: Is not there yet.
        config: The text of its config.
        files: By name without `.json`, what is in them.
    """
    folder.path.mkdir(parents=True)
    folder.config_path.write_text(config)
    for name, content in files.items():
        (folder.path / f"{name}.json").write_text(json.dumps(content))
