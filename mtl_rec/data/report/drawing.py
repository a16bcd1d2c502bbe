"""Figures as SVG that takes its colours and letters from the page around it."""

import io
import re
import warnings
from importlib.util import find_spec
from typing import Any

from mtl_rec.errors import ArtifactError

TRAIN, TEST, THRESHOLD = "#4c8dc9", "#e8862e", "#d1495b"
SERIES = ("#4c8dc9", "#e8862e", "#3fa373", "#a678c4", "#c9a227", "#6b7f8c")
"""Readable on white and on black."""

# No page has these two, so that they can stand for what its reader has chosen.
_TEXT, _GRID = "#0a0b0c", "#a0b0c0"

WIDTH = 9.6
"""Of a figure, in inches."""


def require_plots() -> None:
    """Refuses to go on where nothing can draw.

    Raises:
        ArtifactError: matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise ArtifactError(
            "The report needs matplotlib for its plots. Received: no such package. "
            "Run `pip install 'mtl-rec[report]'`."
        )


def new_figure(height: float, rows: int = 1, columns: int = 1, **options: Any) -> Any:
    """A figure and its axes, `(rows, columns)`; pyplot's global figures stay out.

    Args:
        height: In inches.
        rows: Axes below each other.
        columns: Axes side by side.
        **options: For `Figure.subplots`.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, **options)
    for axis in axes.flat:
        axis.set_facecolor("none")
        axis.spines[["top", "right"]].set_visible(False)
        axis.spines[["left", "bottom"]].set_color(_GRID)
        axis.tick_params(colors=_TEXT, labelsize=9, color=_GRID)
        axis.grid(axis="y", color=_GRID, linewidth=0.5, alpha=0.5)
        axis.set_axisbelow(True)
        for text in (axis.title, axis.xaxis.label, axis.yaxis.label):
            text.set_color(_TEXT)
    return figure, axes


def entitle(axis: Any, title: str) -> None:
    """A title at the left, whatever signs it holds."""
    axis.set_title(title, loc="left", fontsize=10, color=_TEXT, parse_math=False)


def shown_legend(figure: Any, axis: Any, **options: Any) -> None:
    """A legend beside the axes, in the colours of the page."""
    handles, names = axis.get_legend_handles_labels()
    options |= {"frameon": False, "fontsize": 9, "labelcolor": _TEXT}
    figure.legend(handles, names, **options)


def label_text(axis: Any, x: float, y: float, text: str, **options: Any) -> None:
    """A note in the plot."""
    axis.text(x, y, text, fontsize=8.5, color=_TEXT, parse_math=False, **options)


def as_svg(figure: Any, name: str) -> str:
    """The figure to put into a page.

    Args:
        figure: Drawn.
        name: Of the figure on its page, so that no two share the names of parts.
    """
    from matplotlib import rc_context

    buffer = io.StringIO()
    settings: Any = {"svg.fonttype": "none", "svg.hashsalt": name}
    with rc_context(settings), warnings.catch_warnings():
        # The page's own font has the letters that matplotlib's lacks.
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure.savefig(buffer, format="svg", metadata={"Date": None}, transparent=True)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = svg.replace(_TEXT, "currentColor").replace(_GRID, "var(--line)")
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"'DejaVu Sans'[^;\"]*", "system-ui, sans-serif", svg)
    return re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
