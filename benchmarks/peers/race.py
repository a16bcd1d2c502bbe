"""Contenders side by side: all are warm, one trains, the others wait."""

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import mtl_rec
from peers.cases import CONTENDERS, Case

BENCHMARKS = Path(__file__).parents[1]


class Process:
    """One contender in a process of its own.

    Args:
        name: In `CONTENDERS`.
        python: Of its environment.
        case: What to train.
        rows: The folder that `census.write_rows` wrote.
        source: The checkout that the contender is imported from, if it needs one.
    """

    def __init__(
        self, name: str, python: Path, case: Case, rows: Path, source: Path | None
    ) -> None:
        contender = CONTENDERS[name]
        self.name = name
        self.log = rows / f"{name}.log"
        command = [python, "-m", f"peers.{contender.module}", "--rows", rows]
        command += ["--case", json.dumps(asdict(case)), "--variant", contender.variant]
        command += ["--source", source.absolute()] if source else []
        # Its environment alone decides what it imports; ours may be a checkout.
        own = contender.environment is None
        paths = [BENCHMARKS, *([Path(mtl_rec.__file__).parents[1]] if own else [])]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "CUDA_VISIBLE_DEVICES": "",
            "JAX_PLATFORMS": "cpu",
            "TF_CPP_MIN_LOG_LEVEL": "2",
        }
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                list(map(str, command)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                text=True,
            )
        self.about: dict[str, Any] = {}

    def wait_until_warm(self) -> None:
        """Fills `about` with what it says of itself."""
        self.about = self._answer()

    def run(self, epochs: int) -> dict[str, Any]:
        """Trains; adds how many cores everything else on the machine has used."""
        busy, started = _busy_seconds(), time.perf_counter()
        assert self._process.stdin is not None
        self._process.stdin.write(f"run {epochs}\n")
        self._process.stdin.flush()
        answer = self._answer()
        wall = time.perf_counter() - started
        others = (_busy_seconds() - busy - answer["cpu"]) / wall
        return {**answer, "cores_of_others": max(0.0, others)}

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            end = "\n".join(self.log.read_text().splitlines()[-30:])
            raise RuntimeError(f"{self.name} has ended. Its last words:\n{end}")
        return json.loads(line)


def race(
    case: Case,
    pythons: Mapping[str, Path],
    rows: Path,
    sources: Mapping[str, Path],
    rounds: int,
    epochs: int,
) -> tuple[dict[str, dict[str, Any]], dict[str, list[dict[str, Any]]]]:
    """Trains every contender once a round, beginning with another one each time.

    Args:
        case: What to train.
        pythons: By contender.
        rows: The folder that `census.write_rows` wrote.
        sources: Checkouts by module.
        rounds: Repetitions.
        epochs: Of one repetition.

    Returns:
        What each said when it was warm, and what each of its repetitions cost.
    """
    processes: list[Process] = []
    try:
        for name, python in pythons.items():
            source = sources.get(CONTENDERS[name].module)
            processes.append(Process(name, python, case, rows, source))
            # One after the other: the threads of torch spin where they must share.
            processes[-1].wait_until_warm()
        runs: dict[str, list[dict[str, Any]]] = {name: [] for name in pythons}
        for number in range(rounds):
            for process in _rotated(processes, number):
                runs[process.name].append(process.run(epochs))
            print(f"  round {number + 1} of {rounds}", flush=True)
        return {process.name: process.about for process in processes}, runs
    finally:
        for process in processes:
            process.stop()


def _rotated(processes: Sequence[Process], number: int) -> list[Process]:
    first = number % len(processes)
    return [*processes[first:], *processes[:first]]


def _busy_seconds() -> float:
    """CPU-seconds that the machine has spent since it started."""
    user, nice, system, _, _, irq, softirq = map(
        int, Path("/proc/stat").read_text().split()[1:8]
    )
    busy = user + nice + system + irq + softirq
    return busy / os.sysconf("SC_CLK_TCK")
