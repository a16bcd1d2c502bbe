"""Virtual environments of contenders, made when they are first needed."""

import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser()
DEFAULT = FOLDER / "mtl_rec" / "peers"
INSTALLED = "installed-requirements.txt"


def python_of(name: str, folder: Path, may_make: bool) -> Path | None:
    """The interpreter of an environment that has what its requirements file says.

    Args:
        name: Of the environment, a folder in `folder`.
        folder: Where the environments are.
        may_make: Whether to make or complete it, which takes minutes and gigabytes;
            if not, None stands for one that is not there.
    """
    wanted = (Path(__file__).parent / f"requirements-{name}.txt").read_text()
    environment = folder / name
    # Not resolved: the link is what puts Python into the environment.
    python = environment.absolute() / "bin" / "python"
    installed = environment / INSTALLED
    if installed.exists() and installed.read_text() == wanted:
        return python
    if not may_make:
        return None
    print(f"installing requirements-{name}.txt into {environment}", flush=True)
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    file = Path(__file__).parent / f"requirements-{name}.txt"
    subprocess.run([python, "-m", "pip", "install", "-q", "-r", file], check=True)
    installed.write_text(wanted)
    return python
