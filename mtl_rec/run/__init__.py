"""A whole run, from a config to a verified version, and the folder it leaves."""

from typing import TYPE_CHECKING

from mtl_rec.lazy_names import lazy_names

__all__ = ["RunFolder", "RunResult", "evaluate_run", "export_run", "train_run"]

# Loaded when used: some modules here need no framework, and some no TensorFlow.
if TYPE_CHECKING:
    from mtl_rec.run.finishing import RunResult
    from mtl_rec.run.folder import RunFolder
    from mtl_rec.run.pipeline import evaluate_run, export_run, train_run
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "RunFolder": "folder",
            "RunResult": "finishing",
            "evaluate_run": "pipeline",
            "export_run": "pipeline",
            "train_run": "pipeline",
        },
    )
