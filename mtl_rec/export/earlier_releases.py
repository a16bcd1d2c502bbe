"""The C library of earlier TensorFlow releases, as older servers have it.

The libraries are taken out of the wheels of `tensorflow-cpu`, about 260 MB to fetch
and 780 MB to keep for each release.
"""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version as installed_version
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

from mtl_rec.errors import ArtifactError
from mtl_rec.export.rungs.c_bindings import LIBRARIES
from mtl_rec.whole_files import folder_written_whole

RELEASES_BACK = 2

_WHEEL_VERSION = re.compile(r"tensorflow_cpu-(\d+\.\d+\.\d+)")
_FETCH_SECONDS = 900
_CHUNK_BYTES = 1 << 20


def earlier_releases() -> list[str]:
    """The minor releases before the installed one, as `2.20`, newest first."""
    major, minor = map(int, installed_version("tensorflow").split(".")[:2])
    return [f"{major}.{minor - back}" for back in range(1, RELEASES_BACK + 1)]


def libraries_of(release: str, cache: Path | None = None) -> Path:
    """The folder with both libraries of a release, its latest patch when fetched.

    Args:
        release: As `2.20`.
        cache: Where they are kept, `~/.cache/mtl_rec/tensorflow` if None.

    Raises:
        ArtifactError: They are not kept yet, and can't be fetched.
    """
    cache = cache or _default_cache()
    kept = [path for path in cache.glob(f"{release}.*") if _is_complete(path)]
    if kept:
        return max(kept, key=_patch)
    cache.mkdir(parents=True, exist_ok=True)
    # Beside where the libraries will be, as /tmp may be too small for them.
    with TemporaryDirectory(prefix=".fetching-", dir=cache) as folder:
        wheel = _fetch(release, Path(folder))
        match = _WHEEL_VERSION.match(wheel.name)
        if match is None:
            raise ArtifactError(f"'{wheel.name}' is no wheel of tensorflow-cpu.")
        target = cache / match[1]
        with folder_written_whole(target) as unfinished:
            _extract(wheel, unfinished)
    return target


def _default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "mtl_rec" / "tensorflow"


def _is_complete(folder: Path) -> bool:
    return all((folder / name).is_file() for name in LIBRARIES)


def _patch(folder: Path) -> int:
    return int(folder.name.rpartition(".")[2])


def _fetch(release: str, folder: Path) -> Path:
    """Downloads one wheel and installs nothing."""
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
        *("--only-binary", ":all:", "--dest", str(folder)),
        f"tensorflow-cpu=={release}.*",
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_FETCH_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        reason = f"no answer within {_FETCH_SECONDS} s"
        raise _unfetched(release, reason) from error
    wheels = list(folder.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise _unfetched(release, lines[-1] if lines else done.stderr.strip())
    return wheels[0]


def _extract(wheel: Path, folder: Path) -> None:
    """Takes out the two libraries alone, which need nothing else of the wheel."""
    try:
        with ZipFile(wheel) as archive:
            for name in LIBRARIES:
                with (
                    archive.open(f"tensorflow/{name}") as packed,
                    (folder / name).open("wb") as file,
                ):
                    shutil.copyfileobj(packed, file, _CHUNK_BYTES)
    except (BadZipFile, KeyError) as error:
        raise ArtifactError(
            f"'{wheel.name}' lacks TensorFlow's libraries: {error}."
        ) from error


def _unfetched(release: str, reason: str) -> ArtifactError:
    return ArtifactError(
        f"The libraries of TensorFlow {release} can't be fetched with pip: {reason}. "
        f"Reach a package index once, or put {' and '.join(LIBRARIES)} in "
        f"'{_default_cache()}/{release}.<patch>/'."
    )
