"""A draft is tried on the rows that were looked at, by what reads them later."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from pydantic import TypeAdapter

from mtl_rec.config.data import Data, Split
from mtl_rec.config.features import Feature
from mtl_rec.config.tasks import Task
from mtl_rec.data.exposures import ExposureStream
from mtl_rec.data.sources import RowsInMemory
from mtl_rec.data.splitting import PARTS, open_split
from mtl_rec.errors import SchemaError


def split_problem(
    split: dict[str, Any],
    rows: pa.Table,
    features: Sequence[Feature],
    tasks: Sequence[Task],
) -> str | None:
    """What a run would say of the rows; None if it has nothing against them.

    Args:
        split: `data.split`.
        rows: With the data's own names of columns.
        features: To read.
        tasks: The funnel.
    """
    source = RowsInMemory("the rows looked at", rows)
    section = TypeAdapter(Split).validate_python(split)
    data = Data.model_construct(source=None, split=section, chunk_rows=131_072)
    try:
        assign = open_split(section, source, data.chunk_rows)
        for part in PARTS:
            stream = ExposureStream(part, data, features, tasks, source, assign)
            for _ in stream:
                pass
    except SchemaError as error:
        return str(error)
    return None


def choose_split(
    candidates: Sequence[tuple[dict[str, Any], str]],
    rows: pa.Table,
    features: Sequence[Feature],
    tasks: Sequence[Task],
) -> tuple[dict[str, Any], str, str | None]:
    """The first split that works on the rows, with its comment.

    Args:
        candidates: `data.split` and comment of each, the best first.
        rows: With the data's own names of columns.
        features: To read.
        tasks: The funnel.

    Returns:
        The split, its comment, and what speaks against it if none works.
    """
    problems = []
    for split, why in candidates:
        problem = split_problem(split, rows, features, tasks)
        if problem is None:
            return split, why, None
        problems.append((split, why, problem))
    return problems[0]
