"""Tables of a page, with everything in them escaped."""

from collections.abc import Iterable, Sequence
from html import escape


class Marked(str):
    """HTML that is to stay as it is."""


def table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], texts: int = 1
) -> Marked:
    """An HTML table.

    Args:
        headings: Of the columns.
        rows: Cells.
        texts: Columns from the left that hold text; the others hold numbers.
    """
    lines = [_row("th", headings, texts)]
    lines += [_row("td", row, texts) for row in rows]
    return Marked(f'<div class="wide"><table>{"".join(lines)}</table></div>')


def paragraph(text: str, kind: str = "") -> Marked:
    """A paragraph of plain text."""
    shown = f' class="{escape(kind)}"' if kind else ""
    return Marked(f"<p{shown}>{inline(text)}</p>")


def section(title: str, *contents: Marked) -> Marked:
    """A heading and what is below it."""
    return Marked(f"<h2>{escape(title)}</h2>\n" + "\n".join(contents))


def folded(summary: str, content: Marked) -> Marked:
    """What is shown on a click."""
    return Marked(f"<details><summary>{escape(summary)}</summary>{content}</details>")


def numbered(texts: Iterable[str]) -> Marked:
    """A numbered list of plain texts."""
    items = "".join(f"<li>{inline(text)}</li>" for text in texts)
    return Marked(f"<ol>{items}</ol>")


def inline(text: str) -> Marked:
    """Plain text; what is between backticks is set as code."""
    pieces = escape(text).split("`")
    if len(pieces) % 2 == 0:
        return Marked(escape(text))
    return Marked(
        "".join(
            f"<code>{piece}</code>" if place % 2 else piece
            for place, piece in enumerate(pieces)
        )
    )


def _row(tag: str, cells: Sequence[str], texts: int) -> str:
    shown = [
        f"<{tag}>{escape(cell)}</{tag}>"
        if place < texts
        else f'<{tag} class="n">{escape(cell)}</{tag}>'
        for place, cell in enumerate(cells)
    ]
    return f"<tr>{''.join(shown)}</tr>\n"
