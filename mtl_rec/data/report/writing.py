"""A report as files."""

import json
from pathlib import Path

from mtl_rec.data.report.drawing import require_plots
from mtl_rec.data.report.page import html_page
from mtl_rec.data.report.report import Report
from mtl_rec.whole_files import written_whole

PAGE_FILE = "report.html"
DATA_FILE = "report.json"


def write_report(report: Report, folder: Path, title: str = "Data report") -> Path:
    """Writes `report.html` and `report.json`, each whole or not at all.

    Args:
        report: What to write.
        folder: Where; it is made if it is not there.
        title: Of the page.

    Returns:
        The page.

    Raises:
        ArtifactError: matplotlib is not installed.
    """
    require_plots()
    folder.mkdir(parents=True, exist_ok=True)
    data = json.dumps(report.about(), indent=2, ensure_ascii=False, allow_nan=False)
    texts = {DATA_FILE: f"{data}\n", PAGE_FILE: html_page(report, title)}
    for name, text in texts.items():
        with written_whole(folder / name) as unfinished:
            unfinished.write_text(text, encoding="utf-8")
    return folder / PAGE_FILE
