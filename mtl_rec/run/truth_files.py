"""The truth about a run as files in its folder."""

from pathlib import Path

from mtl_rec.run.truth import Truth
from mtl_rec.run.truth_verdicts import truth_page, verdicts
from mtl_rec.whole_files import write_json, written_whole


def write_truth(truth: Truth) -> Path:
    """Writes `truth.json` and `truth.md`, each whole or not at all.

    Returns:
        Path of the page.
    """
    figures = truth.to_json() | {"verdicts": verdicts(truth)}
    write_json(truth.run / "truth.json", figures)
    page = truth.run / "truth.md"
    with written_whole(page) as unfinished:
        unfinished.write_text(truth_page(truth), encoding="utf-8")
    return page
