"""What the tests of `data` share: a small declaration, and files made from columns."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from pydantic import TypeAdapter

from mtl_rec.config.data import Data, Split
from mtl_rec.config.features import Categorical, Numeric
from mtl_rec.config.tasks import Task
from mtl_rec.data import Splits, open_exposures
from mtl_rec.data.sources import RowsInMemory
from mtl_rec.data.splitting import (
    LEFT_OUT,
    PARTS,
    open_split,
    require_split_columns,
)

FEATURES = (
    Categorical(kind="categorical", name="user_id", side="user"),
    Numeric(kind="numeric", name="price", side="item"),
)
TASKS = (Task(name="click"), Task(name="purchase", after="click"))


@pytest.fixture
def shop() -> dict[str, list[Any]]:
    """Ten exposures of which the first four are clicked and the first two bought."""
    return {
        "user_id": [f"u{row % 5}" for row in range(10)],
        "price": [float(row) for row in range(10)],
        "click": [1, 1, 1, 1, 0, 0, 0, 0, 0, 0],
        "purchase": [1, 1, 0, 0, 0, 0, 0, 0, 0, 0],
        "part": ["train", "validation", "test", "train", "train"] * 2,
        "time": list(range(10)),
    }


@pytest.fixture
def write(tmp_path) -> Callable[..., Path]:
    """Writes columns to a CSV or Parquet file in `tmp_path`."""

    def write_columns(name: str, columns: Mapping[str, Any], **options: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        table = pa.table(dict(columns))
        if path.suffix == ".parquet":
            pq.write_table(table, path, **options)
        else:
            pacsv.write_csv(table, path)
        return path

    return write_columns


@pytest.fixture
def open_file() -> Callable[..., Splits]:
    """Opens a file, split by its column `part` unless told otherwise."""

    def open_path(
        path: Path | str,
        split: Mapping[str, Any] | None = None,
        features=FEATURES,
        tasks=TASKS,
        **data: Any,
    ) -> Splits:
        settings = {
            "source": {"kind": "table", "path": str(path)},
            "split": split or {"kind": "column", "column": "part"},
            **data,
        }
        return open_exposures(Data.model_validate(settings), features, tasks)

    return open_path


@pytest.fixture
def parts_of() -> Callable[..., list[str]]:
    """Splits columns; tells the part of each row by name."""

    def split_columns(columns, batch_rows: int = 1000, **split: Any) -> list[str]:
        source = RowsInMemory("a test", pa.table(columns))
        declared = TypeAdapter(Split).validate_python(split)
        require_split_columns(declared, source)
        assign = open_split(declared, source, batch_rows)
        names = {LEFT_OUT: "left out", **dict(enumerate(PARTS))}
        parts: list[str] = []
        for batch in source.batches(list(columns), batch_rows):
            parts += [names[position] for position in assign(batch, len(parts))]
        return parts

    return split_columns
