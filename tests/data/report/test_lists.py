"""Elements that features take of lists."""

import pyarrow as pa

from mtl_rec.config.features import IdSequence, MultiCategorical
from mtl_rec.data.report.lists import trimmed


def test_the_newest_ids_and_the_first_values_are_taken():
    lists = [["a", "b", "", "c"], [], ["d"], ["", "e", "f", "g"]]
    rows = pa.table({"history": lists, "tags": lists, "x": range(4)})
    features = [
        IdSequence(kind="sequence", name="history", side="user", max_length=2),
        MultiCategorical(
            kind="multi_categorical", name="tags", side="item", max_values=2
        ),
    ]

    # Of a part of a table too, which shares its lists with the whole.
    for first in (0, 1, 3):
        taken = trimmed(rows.slice(first), features)

        newest = [["b", "c"], [], ["d"], ["f", "g"]][first:]
        foremost = [["a", "b"], [], ["d"], ["e", "f"]][first:]
        assert taken["history"].to_pylist() == newest
        assert taken["tags"].to_pylist() == foremost
        assert taken.column_names == rows.column_names
