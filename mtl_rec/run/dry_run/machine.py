"""What the machine has, and what this process holds of it."""

import resource
from pathlib import Path

_CGROUP_FILES = (
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
)
_UNLIMITED = 2**60


def available_bytes() -> int:
    """Memory that can be had without swapping, within the limit of a container."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    values = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines}
    available = values["MemAvailable"]
    for path in map(Path, _CGROUP_FILES):
        text = path.read_text(encoding="ascii").strip() if path.exists() else ""
        if text.isdecimal() and int(text) < _UNLIMITED:
            available = min(available, int(text))
    return available + held_bytes()


def held_bytes() -> int:
    """Memory of this process as it is now."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return peak_bytes()


def peak_bytes() -> int:
    """Memory of this process when it was largest."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
