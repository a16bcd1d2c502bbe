"""`mtl-rec check` answers at once, as it loads no framework."""

import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHECK = [sys.executable, "-m", "mtl_rec", "check", "configs/quickstart.yaml"]
LOADED = """
import json, sys
from mtl_rec.cli.app import main
try:
    main(["check", "configs/quickstart.yaml"])
except SystemExit as exit_:
    frameworks = ["tensorflow", "keras", "jax", "torch"]
    print(json.dumps([exit_.code, [n for n in frameworks if n in sys.modules]]))
"""


def test_checking_a_config_loads_no_framework():
    command = [sys.executable, "-c", LOADED]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    assert json.loads(done.stdout.splitlines()[-1]) == [0, []]


def test_checking_a_config_takes_less_than_one_and_a_half_seconds():
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run(CHECK, cwd=ROOT, capture_output=True, check=True)
        seconds.append(time.perf_counter() - started)

    assert min(seconds) < 1.5
