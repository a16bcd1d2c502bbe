"""The census file, which has a source of its own."""

from pathlib import Path

import pyarrow as pa

from mtl_rec.config.data import CensusIncome
from mtl_rec.data.census_income import FIELDS, SOURCES_OF_LABELS, open_census_income
from mtl_rec.data.starter.looking import Sample

LABELS = tuple(SOURCES_OF_LABELS)
_INCOMES = {"- 50000.", "50000+."}


def is_census(sample: Sample) -> bool:
    """Whether it is the file as the archive has it."""
    rows = sample.rows
    if sample.has_header or rows.num_columns != len(FIELDS):
        return False
    last = rows.column(rows.num_columns - 1).unique().to_pylist()
    return bool(last) and {str(value).strip() for value in last} <= _INCOMES


def census_rows(sample: Sample) -> pa.Table:
    """All people, with the names of the fields and the labels made of them."""
    source = CensusIncome(kind="census_income", path=str(Path(sample.path)))
    columns = (*FIELDS, *LABELS)
    return pa.Table.from_batches(open_census_income(source).batches(columns, 131_072))
