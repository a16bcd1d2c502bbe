"""Drift and leakage: what may go wrong with the data, before it is trained on."""

from mtl_rec.data.report.drawing import require_plots
from mtl_rec.data.report.drift import Drift, compare_with_files
from mtl_rec.data.report.findings import Finding
from mtl_rec.data.report.making import make_report
from mtl_rec.data.report.report import Report
from mtl_rec.data.report.writing import write_report

__all__ = [
    "Drift",
    "Finding",
    "Report",
    "compare_with_files",
    "make_report",
    "require_plots",
    "write_report",
]
