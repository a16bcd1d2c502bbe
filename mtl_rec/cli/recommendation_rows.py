"""Lists for many users as the rows of a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from mtl_rec.retrieval.recommending import RecommendedList, Recommender
from mtl_rec.retrieval.recommending.user_requests import UserRequest
from mtl_rec.run.row_files import write_rows

_USERS_AT_ONCE = 1000


@dataclass(frozen=True)
class WrittenLists:
    """What was written.

    Attributes:
        path: The file.
        users: Lists in it.
        unknown_users: Ids that the data does not have, which get no list.
        items: Rows of it.
        p50_milliseconds: What a list took in the middle.
        p95_milliseconds: What it took for 95 of 100 users at most.
    """

    path: Path
    users: int
    unknown_users: list[str]
    items: int
    p50_milliseconds: float
    p95_milliseconds: float

    def __str__(self) -> str:
        unknown = self.unknown_users
        left_out = (
            f"; {len(unknown):,} users are not in the data and get none, such as "
            f"'{unknown[0]}'"
            if unknown
            else ""
        )
        return (
            f"{self.users:,} lists with {self.items:,} items in '{self.path}'; half of "
            f"them took {self.p50_milliseconds:.1f} ms at most, 95 % "
            f"{self.p95_milliseconds:.1f} ms{left_out}"
        )


def write_lists(
    recommender: Recommender,
    requests: Mapping[str, UserRequest],
    asked: Sequence[str],
    excluded: Sequence[str],
    keep: Sequence[str],
    output: Path,
) -> WrittenLists:
    """Makes a list for each user; the file is there whole or not at all.

    Args:
        recommender: Makes lists.
        requests: By user.
        asked: All users that lists were asked for.
        excluded: Ids of items that must be in no list.
        keep: Features of the items to write beside.
        output: CSV, JSONL or Parquet; a row for each item of each list.

    Raises:
        ArtifactError: The ending of the file is unknown.
    """
    schema = _schema(recommender, keep)
    milliseconds: list[float] = []
    counts: list[int] = []

    def tables() -> Iterator[pa.Table]:
        rows: list[dict[str, Any]] = []
        for done, (user_id, own) in enumerate(requests.items(), 1):
            made = recommender.recommend(
                recommender.known(own.request), [*own.excluded_items, *excluded]
            )
            milliseconds.append(made.milliseconds["total"])
            counts.append(len(made.items))
            rows += _rows(recommender, user_id, made, keep)
            if done % _USERS_AT_ONCE == 0 or done == len(requests):
                yield pa.Table.from_pylist(rows, schema)
                rows = []

    write_rows(tables(), output)
    p50, p95 = np.quantile(milliseconds, [0.5, 0.95]).tolist()
    unknown = [user_id for user_id in asked if user_id not in requests]
    return WrittenLists(output, len(counts), unknown, sum(counts), p50, p95)


def _schema(recommender: Recommender, keep: Sequence[str]) -> pa.Schema:
    of_items = recommender.items.rows.schema
    outputs = recommender.ranker.outputs
    return pa.schema(
        {
            "user_id": pa.string(),
            "place": pa.int32(),
            "item_id": pa.string(),
            **{name: of_items.field(name).type for name in keep},
            "score": pa.float32(),
            **dict.fromkeys(outputs, pa.float32()),
            "sources": pa.string(),
        }
    )


def _rows(
    recommender: Recommender, user_id: str, made: RecommendedList, keep: Sequence[str]
) -> Iterator[dict[str, Any]]:
    features = recommender.items.features_of([i.item_id for i in made.items], keep)
    for item, kept in zip(made.items, features, strict=True):
        yield {
            "user_id": user_id,
            "place": item.place,
            "item_id": item.item_id,
            **kept,
            "score": item.score,
            **item.probabilities,
            "sources": "|".join(origin.source for origin in item.origins),
        }
