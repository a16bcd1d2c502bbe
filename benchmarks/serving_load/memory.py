"""How much memory a process has, and had at most, from Linux."""

from pathlib import Path

MIB = 2**20


def resident_mib(process_id: int) -> float:
    """What is in RAM."""
    pages = int(Path(f"/proc/{process_id}/statm").read_text().split()[1])
    return pages * 4096 / MIB


def forget_peak(process_id: int) -> None:
    """From now on `peak_mib` is about what comes."""
    Path(f"/proc/{process_id}/clear_refs").write_text("5")


def peak_mib(process_id: int) -> float:
    """The most that was in RAM."""
    status = Path(f"/proc/{process_id}/status").read_text().splitlines()
    [line] = [line for line in status if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024 / MIB
