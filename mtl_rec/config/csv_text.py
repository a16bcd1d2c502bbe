"""How the text of CSV files is written."""

from typing import Annotated

from pydantic import StringConstraints

from mtl_rec.config.base import NonEmpty, Section

Separator = Annotated[str, StringConstraints(min_length=1, max_length=1)]


class CsvText(Section):
    """What a CSV does not say of itself; other formats do."""

    header: tuple[NonEmpty, ...] = ()
    """Names of all columns of a CSV whose first line has none, in their order."""
    separator: Separator = ","
    """The character between the fields of a CSV: `;`, or a tab, written "\\t"."""
    quoted: bool = True
    """Whether a CSV puts quotes around fields with separators."""
    missing: tuple[NonEmpty, ...] = ()
    """Texts of a CSV that stand for no value, beside the empty one: `NA`, `?`."""
