"""One log in CSV and in Parquet is one stream."""

import pyarrow as pa

from mtl_rec.config.features import Categorical, IdSequence, MultiCategorical, Text
from mtl_rec.schema.raw_types import dictionary_type, plain


def rows_of(stream):
    return pa.concat_tables(list(stream)).to_pylist()


def test_csv_and_parquet_give_the_same_streams(write, open_file, shop):
    shop["price"][3] = None
    shop["user_id"][4] = None
    csv = open_file(write("rows.csv", shop))
    parquet = open_file(write("rows.parquet", shop))

    for part in ("train", "validation"):
        a, b = (plain(pa.concat_tables(list(getattr(s, part)))) for s in (csv, parquet))
        assert a.schema == b.schema
        assert str(a.to_pylist()) == str(b.to_pylist())  # `str`, since NaN != NaN


def test_lists_are_joined_in_csv_and_lists_in_parquet(write, open_file, shop):
    tags = [["red", "new"], ["red"], [], None, ["blue"]] * 2
    joined = ["/".join(tag) if tag else None for tag in tags]
    features = (
        MultiCategorical(
            kind="multi_categorical",
            name="tags",
            side="item",
            max_values=2,
            separator="/",
        ),
        IdSequence(
            kind="sequence", name="past", column="tags", side="user", max_length=1,
            separator="/",
        ),
    )  # fmt: skip
    csv = write("rows.csv", shop | {"tags": joined})
    parquet = write("rows.parquet", shop | {"tags": tags})

    from_csv, from_parquet = (
        rows_of(open_file(path, features=features).train) for path in (csv, parquet)
    )

    assert from_csv == from_parquet
    assert [row["tags"] for row in from_csv[:3]] == [["red", "new"], [], ["blue"]]
    assert from_csv[0]["past"] == ["red", "new"]


def test_text_in_any_script_is_the_same_in_both(write, open_file, shop):
    shop["title"] = ["跑鞋, 轻便", "Zoë's “shoe”", "x", None, "y"] * 2
    features = (Text(kind="text", name="title", side="item"),)

    from_csv, from_parquet = (
        rows_of(open_file(write(name, shop), features=features).train)
        for name in ("rows.csv", "rows.parquet")
    )

    assert from_csv == from_parquet
    assert [row["title"] for row in from_csv[:3]] == ["跑鞋, 轻便", "", "y"]


def test_ids_may_be_integers_in_one_file_and_strings_in_the_next(
    write, open_file, shop
):
    write("day/1.parquet", shop | {"user_id": list(range(10))})
    write("day/2.parquet", shop | {"user_id": [str(n) for n in range(10)]})
    path = write("day/3.parquet", shop | {"user_id": [float(n) for n in range(10)]})

    train = rows_of(open_file(path.parent).train)

    assert [row["user_id"] for row in train] == ["0", "3", "4", "5", "8", "9"] * 3


def test_strings_of_parquet_stay_in_dictionaries(write, open_file, shop):
    """Over row groups and missing values, and where a file has them as numbers."""
    tags = [["red", None], None, [], ["red", "new"], ["blue"]] * 2
    shop |= {"tags": tags, "user_id": ["u1", None, "u2", "u1", ""] * 2}
    features = (
        Categorical(kind="categorical", name="user_id", side="user"),
        MultiCategorical(
            kind="multi_categorical", name="tags", side="item", max_values=2
        ),
    )
    path = write("rows.parquet", shop, row_group_size=3)

    rows = pa.concat_tables(list(open_file(path, features=features).train))

    assert rows.schema.types[:2] == [dictionary_type(feature) for feature in features]
    assert rows["user_id"].to_pylist() == ["u1", "u1", "", "u1", "u1", ""]
    assert rows["tags"].to_pylist() == [
        ["red", ""], ["red", "new"], ["blue"], ["red", ""], ["red", "new"], ["blue"],
    ]  # fmt: skip
