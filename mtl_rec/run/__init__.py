"""A whole run, from a config to a verified version, and the folder it leaves."""

from mtl_rec.run.folder import RunFolder
from mtl_rec.run.pipeline import RunResult, evaluate_run, export_run, train_run

__all__ = ["RunFolder", "RunResult", "evaluate_run", "export_run", "train_run"]
