"""What needs no framework loads none: `check` answers at once, a client soon."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHECK = [sys.executable, "-m", "mtl_rec", "check", "configs/quickstart.yaml"]
LOADED = """
import json, sys
from mtl_rec.cli.app import main
try:
    main(sys.argv[1:])
except SystemExit as exit_:
    frameworks = ["tensorflow", "keras", "jax", "torch"]
    print(json.dumps([exit_.code, [n for n in frameworks if n in sys.modules]]))
"""


def exit_code_and_frameworks(*arguments):
    command = [sys.executable, "-c", LOADED, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def runs(tmp_path):
    """The folders of two runs."""
    for time_of_run in ("20260101-120000", "20260102-120000"):
        folder = tmp_path / "shop" / time_of_run
        folder.mkdir(parents=True)
        shutil.copy(ROOT / "configs" / "quickstart.yaml", folder / "run.yaml")
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "configs/quickstart.yaml"],
        ["ls", "architectures"],
        ["runs", "{runs}"],
        ["compare", "20260101", "20260102", "--runs", "{runs}"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_what_only_reads_settings_loads_no_framework(arguments, runs):
    given = [argument.format(runs=runs) for argument in arguments]
    assert exit_code_and_frameworks(*given) == [0, []]


def test_scoring_rows_by_a_rest_server_loads_no_framework(tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"item_id": "i1"}\n')
    # Nobody answers there: all that a client needs was loaded to find that out.
    options = ["--url", "http://127.0.0.1:9", "--timeout", "0.1"]

    assert exit_code_and_frameworks("predict", "shop", str(rows), *options) == [1, []]


def test_completing_a_setting_loads_no_framework():
    line = "mtl-rec train configs/quickstart.yaml --set model.architecture.kind=m"
    asked = {"_MTL_REC_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": line}
    command = [sys.executable, "-c", LOADED]

    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | asked,
        capture_output=True,
        text=True,
        check=True,
    )

    *offered, loaded = done.stdout.splitlines()
    assert "mmoe" in " ".join(offered)
    assert json.loads(loaded) == [0, []]


def test_checking_a_config_takes_less_than_one_and_a_half_seconds():
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run(CHECK, cwd=ROOT, capture_output=True, check=True)
        seconds.append(time.perf_counter() - started)

    assert min(seconds) < 1.5
