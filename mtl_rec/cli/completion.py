"""What the shell is offered after a Tab; no framework is loaded."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mtl_rec.cli.setting_completion import settings_like
from mtl_rec.config.yaml_text import parse
from mtl_rec.errors import MtlRecError
from mtl_rec.retrieval.listing import retrieval_folders
from mtl_rec.run.listing import run_folders

CONFIG_ENDINGS = (".yaml", ".yml")
MODE = "_MTL_REC_COMPLETE"
"""Variable in which the shell says that it wants completions, and how."""


def complete_config(incomplete: str) -> list[str]:
    """Folders, and YAML files, that begin like this."""
    return _paths(incomplete, CONFIG_ENDINGS)


def complete_run(incomplete: str) -> list[str]:
    """Folders of runs: below `runs/`, or below what is typed."""
    return _runs(incomplete, run_folders)


def complete_retrieval_run(incomplete: str) -> list[str]:
    """The same of retrieval runs."""
    return _runs(incomplete, retrieval_folders)


def complete_any_run(incomplete: str) -> list[str]:
    """The same of both."""
    return _runs(incomplete, lambda own: [*run_folders(own), *retrieval_folders(own)])


def complete_setting(incomplete: str) -> list[str]:
    """Dotted paths of settings, and after a `=` the values that one may have."""
    return settings_like(incomplete, _typed_config())


def answer_bash_about_values() -> bool:
    """Prints the values of a setting, if that is what bash asks for.

    Bash takes a `=` for a word of its own: of `--set a.b=c` it wants the `c` completed.
    """
    if os.environ.get(MODE) != "complete_bash":
        return False
    words = os.environ.get("COMP_WORDS", "").split()
    typed = words[: int(os.environ.get("COMP_CWORD", "0")) + 1]
    if "=" not in typed[-2:] or typed.index("=") < 2:
        return False
    place = len(typed) - 1 - typed[::-1].index("=")
    if typed[place - 2] != "--set":
        return False
    begin = "".join(typed[place + 1 :])
    found = settings_like(f"{typed[place - 1]}={begin}", _typed_config())
    sys.stdout.writelines(f"{text.partition('=')[2]}\n" for text in found)
    return True


def _typed_config() -> Any:
    """What the config on the command line holds; nothing where it can't be read."""
    # The parser has not come to it: it stops at the option that has no value yet.
    words = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS", "")
    for word in words.split():
        if word.endswith(CONFIG_ENDINGS):
            try:
                return parse(Path(word).read_text(encoding="utf-8"), "the config")
            except (OSError, UnicodeDecodeError, MtlRecError):
                return {}
    return {}


def _runs(incomplete: str, folders_in: Callable[[Path], list[Path]]) -> list[str]:
    folders = _paths(incomplete, ()) if incomplete else ["runs"]
    return [str(run) for own in folders for run in folders_in(Path(own))] or folders


def _paths(incomplete: str, endings: tuple[str, ...]) -> list[str]:
    """Folders with a slash, and files of these endings."""
    folder, begin = Path(incomplete or "."), ""
    if incomplete and not incomplete.endswith("/"):
        folder, begin = folder.parent, folder.name
    prefix = incomplete[: len(incomplete) - len(begin)]
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        is_hidden = path.name.startswith(".") and not begin.startswith(".")
        if is_hidden or not path.name.startswith(begin):
            continue
        if path.is_dir():
            found.append(f"{prefix}{path.name}/")
        elif path.suffix in endings:
            found.append(f"{prefix}{path.name}")
    if len(found) == 1 and found[0].endswith("/"):
        # A shell would put a blank after the only one.
        return _paths(found[0], endings) or found
    return found
