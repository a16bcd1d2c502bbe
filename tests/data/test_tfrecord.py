"""Records of `tf.train.Example` are the rows that Parquet has."""

import re

import pyarrow as pa
import pytest
import tensorflow as tf

from mtl_rec.config.data import Table
from mtl_rec.config.features import Categorical, IdSequence, MultiCategorical, Numeric
from mtl_rec.data.reading import open_table
from mtl_rec.errors import ArtifactError, SchemaError
from mtl_rec.schema.raw_types import plain

FEATURES = (
    Categorical(kind="categorical", name="user_id", side="user"),
    Numeric(kind="numeric", name="price", side="item"),
    MultiCategorical(kind="multi_categorical", name="tags", side="item", max_values=2),
    IdSequence(kind="sequence", name="past", side="user", max_length=3),
)


def record(row):
    """One row as an example; what is None is left out."""
    features = {}
    for name, value in row.items():
        values = [
            v for v in (value if isinstance(value, list) else [value]) if v is not None
        ]
        if not values:
            continue
        if isinstance(values[0], str):
            own = {"bytes_list": tf.train.BytesList(value=[v.encode() for v in values])}
        elif isinstance(values[0], float):
            own = {"float_list": tf.train.FloatList(value=values)}
        else:
            own = {"int64_list": tf.train.Int64List(value=values)}
        features[name] = tf.train.Feature(**own)
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return example.SerializeToString()


@pytest.fixture
def write_records(tmp_path):
    def write_file(name, columns):
        options = tf.io.TFRecordOptions("GZIP" if name.endswith(".gz") else "")
        with tf.io.TFRecordWriter(str(tmp_path / name), options) as writer:
            for row in pa.table(columns).to_pylist():
                writer.write(record(row))
        return tmp_path / name

    return write_file


@pytest.fixture
def rich(shop):
    shop["tags"] = [["red", "new"], ["red"], [], None, ["蓝"]] * 2
    shop["past"] = [[n] * (n % 4) for n in range(10)]
    shop["price"][3] = None
    shop["user_id"][4] = None
    return shop


@pytest.mark.parametrize("name", ["rows.tfrecord", "rows.tfrecord.gz"])
def test_records_and_parquet_are_the_same_streams(
    write, write_records, open_file, rich, name
):
    records = open_file(write_records(name, rich), features=FEATURES)
    parquet = open_file(write("rows.parquet", rich), features=FEATURES)

    for part in ("train", "validation", "test"):
        a, b = (
            plain(pa.concat_tables(list(getattr(s, part)))) for s in (records, parquet)
        )
        assert a.schema == b.schema
        assert str(a.to_pylist()) == str(b.to_pylist())  # `str`, since NaN != NaN


def test_several_values_need_a_feature_of_lists(write_records, open_file, rich):
    path = write_records("rows.tfrecord", rich)
    features = (Categorical(kind="categorical", name="tags", side="item"),)

    with pytest.raises(
        SchemaError, match=r"must have one value a record\. Received: 2"
    ):
        list(open_file(path, features=features).train)


def test_a_damaged_file_is_refused_by_name(write_records, shop):
    path = write_records("rows.tfrecord", shop)
    whole = path.read_bytes()
    text = f"'{path}' must be a readable tfrecord file. Received: "

    other_byte = bytes([whole[80] ^ 1])
    for damaged in (whole[:-5], b"x" * 100, whole[:80] + other_byte + whole[81:]):
        path.write_bytes(damaged)
        with pytest.raises(ArtifactError, match=re.escape(text)):
            list(open_table(Table(kind="table", path=str(path))).batches(["price"], 4))


def test_records_that_are_no_examples_are_refused_by_name(tmp_path):
    path = tmp_path / "rows.tfrecord"
    with tf.io.TFRecordWriter(str(path)) as writer:
        writer.write(b"\xff not an example")

    with pytest.raises(ArtifactError, match="must be a readable tfrecord file"):
        open_table(Table(kind="table", path=str(path)))


def test_a_feature_of_two_kinds_is_refused(tmp_path):
    path = tmp_path / "rows.tfrecord"
    with tf.io.TFRecordWriter(str(path)) as writer:
        for value in (1.5, "two"):
            writer.write(record({"price": value}))

    with pytest.raises(ArtifactError, match="must be a readable tfrecord file"):
        list(open_table(Table(kind="table", path=str(path))).batches(["price"], 4))
