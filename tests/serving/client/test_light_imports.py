"""A REST client costs its program no framework."""

import json
import subprocess
import sys

LOADED = """
import json, sys
from mtl_rec.serving.client import Client
Client("http://localhost:8501", "shop").close()
heavy = ["tensorflow", "keras", "grpc", "pandas", "pyarrow"]
print(json.dumps([name for name in heavy if name in sys.modules]))
"""


def test_a_rest_client_loads_no_framework():
    command = [sys.executable, "-c", LOADED]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == []
