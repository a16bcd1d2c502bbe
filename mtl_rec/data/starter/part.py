"""What was looked at of one file."""

from dataclasses import dataclass, field

import pyarrow as pa

from mtl_rec.config.csv_text import CsvText


@dataclass(frozen=True)
class Part:
    """Rows of one file.

    Attributes:
        rows: Those looked at.
        num_rows: Of the file, about, where not all was looked at.
        is_whole: Whether all rows were looked at.
        text: How a CSV is written.
        has_header: Whether a CSV names its columns.
        is_utf8: Whether all text was.
    """

    rows: pa.Table
    num_rows: int
    is_whole: bool
    text: CsvText = field(default_factory=CsvText)
    has_header: bool = True
    is_utf8: bool = True
