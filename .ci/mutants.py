"""Puts one-line faults into copies of the package and asks whether the tests notice.

`faults.toml` beside this file lists them. Each must fit exactly one line of the code,
so that the list follows the code; `--check` ends there. Otherwise the tests named by a
fault run on a copy that has it, after they all passed on one without any.
"""

import argparse
import multiprocessing
import os
import queue
import re
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial
from multiprocessing import forkserver
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory

import pytest
from faults import ROOT, Fault, problems_of, read_faults

LEFT_OUT = (".git", "runs", ".hypothesis", ".pytest_cache", ".ruff_cache")
MINUTES = 60
"""After so long a run of tests counts as one that hangs."""

PRELOADED = ["keras", "tensorflow"]
"""What takes long to load; nothing of the package."""

CAUGHT, SURVIVED, BROKEN = "caught", "SURVIVED", "BROKEN"
NO_LAW = ("ImportError", "ModuleNotFoundError", "NameError", "SyntaxError")
"""Errors that any line of nonsense causes: they prove no test."""


def copied(folder: Path) -> Path:
    """A copy of the project, with what the tests read beside it."""
    project = folder / "project"
    shutil.copytree(ROOT, project, ignore=shutil.ignore_patterns(*LEFT_OUT))
    if (ROOT.parent / "shared").exists():
        (folder / "shared").symlink_to(ROOT.parent / "shared")
    return project


@contextmanager
def with_fault(fault: Fault, project: Path) -> Iterator[None]:
    """While active, the copy has the fault."""
    path = fault.path(project)
    text, times = path.read_bytes(), path.stat()
    path.write_text(fault.applied(project), encoding="utf-8")
    try:
        yield
    finally:
        path.write_bytes(text)
        # The compiled file is of that time.
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def start_fork_server() -> None:
    """Loads once what tests need, without the greetings of TensorFlow."""
    multiprocessing.get_context("forkserver").set_forkserver_preload(PRELOADED)
    errors = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        forkserver.ensure_running()
        os.dup2(errors, 2)
    os.close(errors)


def run_tests(project: Path, tests: Sequence[str], backend: str) -> tuple[int, str]:
    """Runs tests of a copy up to the first that fails; exit code and what was said.

    Raises:
        TimeoutError: They hang.
    """
    # TensorFlow takes longer to load than most faults to be noticed.
    start = "forkserver" if backend == "tensorflow" else "spawn"
    with NamedTemporaryFile("r", encoding="utf-8", errors="replace") as output:
        process = multiprocessing.get_context(start).Process(
            target=_pytest, args=(project, tests, backend, output.name)
        )
        process.start()
        process.join(60 * MINUTES)
        if process.exitcode is None:
            os.killpg(process.pid, signal.SIGKILL)
            raise TimeoutError(f"no answer within {MINUTES} minutes")
        return process.exitcode, output.read()


def _pytest(project: Path, tests: Sequence[str], backend: str, output: str) -> None:
    os.setsid()
    with open(output, "w", encoding="utf-8") as file:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(file.fileno(), stream.fileno())
    os.chdir(project)
    own = [str(project), str(project / ".ci")]
    sys.path[:0] = own
    sys.dont_write_bytecode = True
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ |= {
        "COLUMNS": "200",
        "KERAS_BACKEND": backend,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(own),
    }
    plugins = ["-p", "no:cacheprovider", "-p", "without_shrinking"]
    code = pytest.main(["-x", "-q", "-n", "0", "--tb", "line", *plugins, *tests])
    sys.stdout.flush()
    # Without waiting for threads that nobody needs any more.
    os._exit(code)


def outcome(fault: Fault, project: Path, tests: Sequence[str]) -> tuple[str, str]:
    """Whether tests notice a fault, and which of them how."""
    with with_fault(fault, project):
        try:
            code, said = run_tests(project, tests, fault.backend)
        except TimeoutError as error:
            return BROKEN, str(error)
    if code == pytest.ExitCode.OK:
        return SURVIVED, fault.breaks
    failed = re.findall(r"^(?:FAILED|ERROR) (.*)$", said, re.MULTILINE)
    if code != pytest.ExitCode.TESTS_FAILED or not failed:
        return BROKEN, f"pytest ended with {code}: {''.join(said.splitlines()[-1:])}"
    proves_nothing = any(f" - {error}" in failed[0] for error in NO_LAW)
    return BROKEN if proves_nothing else CAUGHT, failed[0]


def judge(fault: Fault, projects: "queue.Queue[Path]", whole: bool) -> tuple[str, str]:
    """The outcome by the named tests and, where asked for, by all if these do not."""
    project = projects.get()
    try:
        result = outcome(fault, project, fault.tests)
        if whole and result[0] == SURVIVED:
            result = outcome(fault, project, ["tests"])
        return result
    finally:
        projects.put(project)


def require_passing(faults: Sequence[Fault], project: Path, whole: bool) -> None:
    """Ends the program if tests fail without any fault."""
    for backend in sorted({fault.backend for fault in faults}):
        own = [fault.tests for fault in faults if fault.backend == backend]
        tests = (
            ["tests"] if whole else sorted({test for tests in own for test in tests})
        )
        code, said = run_tests(project, tests, backend)
        if code != pytest.ExitCode.OK:
            sys.exit(f"{said}\nTests must pass without a fault.")


def main() -> int:
    """The command line; 1 if a fault is not noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="look at the list alone")
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="a fault; again for more"
    )
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count(), metavar="N", help="faults at a time"
    )
    parser.add_argument(
        "--whole", action="store_true", help="all tests where the named do not notice"
    )
    options = parser.parse_args()
    faults = read_faults(Path(__file__).with_name("faults.toml"))
    if problems := list(problems_of(faults)):
        sys.stderr.write("\n".join(problems) + "\n")
        return 1
    if unknown := set(options.only or ()) - {fault.name for fault in faults}:
        parser.error(f"`--only` must name a fault. Received: {sorted(unknown)}.")
    faults = [f for f in faults if f.name in (options.only or f.name)]
    if options.check:
        sys.stdout.write(f"Each of {len(faults)} faults fits one line of the code.\n")
        return 0
    start_fork_server()
    start, counts = time.monotonic(), dict.fromkeys((CAUGHT, SURVIVED, BROKEN), 0)
    with TemporaryDirectory(prefix="mutants-") as folder:
        projects: queue.Queue[Path] = queue.Queue()
        for number in range(min(options.jobs, len(faults))):
            projects.put(copied(Path(folder, str(number))))
        require_passing(faults, projects.queue[0], options.whole)
        judged = partial(judge, projects=projects, whole=options.whole)
        with ThreadPoolExecutor(projects.qsize()) as threads:
            runs = {threads.submit(judged, fault): fault.name for fault in faults}
            for run in as_completed(runs):
                result, reason = run.result()
                counts[result] += 1
                sys.stdout.write(f"{result:9} {runs[run]:32} {reason}\n")
                sys.stdout.flush()
    told = ", ".join(f"{count} {result}" for result, count in counts.items())
    sys.stdout.write(f"{told} in {time.monotonic() - start:.0f} s\n")
    return int(counts[CAUGHT] < len(faults))


if __name__ == "__main__":
    sys.exit(main())
