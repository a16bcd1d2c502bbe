"""The list of faults that the tests must notice, and the script that puts them in."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / ".ci" / "mutants.py"

FAULT = """
[[fault]]
name = "{name}"
file = "sums.py"
line = "{line}"
becomes = "{becomes}"
breaks = "sums"
tests = ["tests/test_sums.py"]
backend = "jax"
"""

RIGHT = "return first + second"


@pytest.fixture
def project(tmp_path):
    """A package of one sum, and a test that knows one of its values."""
    files = {
        "mtl_rec/__init__.py": "",
        "mtl_rec/sums.py": "def add(first, second):\n    return first + second\n",
        "tests/test_sums.py": "from mtl_rec.sums import add\n\n\n"
        "def test_it_adds():\n    assert add(2, 2) == 4\n",
        "pyproject.toml": "[tool.pytest.ini_options]\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    shutil.copytree(SCRIPT.parent, tmp_path / ".ci")
    return tmp_path


def mutants(project, *options, faults=None):
    if faults is not None:
        (project / ".ci" / "faults.toml").write_text(faults)
    return subprocess.run(
        [sys.executable, project / ".ci" / "mutants.py", *options],
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_listed_fault_fits_one_line_of_the_code_and_is_python():
    done = mutants(SCRIPT.parents[1], "--check")

    assert (done.returncode, done.stderr) == (0, "")


def test_a_test_that_is_not_there_is_named(project):
    fault = FAULT.format(name="minus", line=RIGHT, becomes="return first - second")
    fault = fault.replace("test_sums.py", "test_sums.py::test_it_subtracts")

    done = mutants(project, "--check", faults=fault)

    assert done.returncode == 1
    assert "Received: 'tests/test_sums.py::test_it_subtracts'." in done.stderr


def test_a_fault_is_caught_by_a_law_and_by_nothing_else(project):
    faults = {
        "minus": "return first - second",
        "times": "return first * second",
        "typo": "return missing + second",
    }
    listed = [FAULT.format(name=n, line=RIGHT, becomes=b) for n, b in faults.items()]

    done = mutants(project, "--jobs", "1", faults="".join(listed))

    found = {line.split()[1]: line.split()[0] for line in done.stdout.splitlines()[:-1]}
    assert found == {"minus": "caught", "times": "SURVIVED", "typo": "BROKEN"}
    assert done.returncode == 1
    assert RIGHT in (project / "mtl_rec" / "sums.py").read_text()


def test_nothing_is_judged_by_tests_that_fail_anyway(project):
    test = project / "tests" / "test_sums.py"
    test.write_text(test.read_text().replace("== 4", "== 5"))

    fault = FAULT.format(name="minus", line=RIGHT, becomes="return first - second")
    done = mutants(project, faults=fault)

    assert done.returncode == 1
    assert "Tests must pass without a fault." in done.stderr


@pytest.mark.parametrize(
    ("line", "becomes", "text"),
    [
        ("return first", "return second", "which is 0 of them"),
        (RIGHT, "return first +", "invalid syntax"),
        (RIGHT, RIGHT, "must differ"),
    ],
)
def test_a_fault_that_does_not_fit_is_named(project, line, becomes, text):
    fault = FAULT.format(name="stale", line=line, becomes=becomes)

    done = mutants(project, "--check", faults=fault)

    assert done.returncode == 1
    assert done.stderr.startswith("stale: ")
    assert text in done.stderr
