"""CSV files written in other ways, once the config says how."""

import gzip

import pytest
from pydantic import ValidationError

from mtl_rec.config.data import Table
from mtl_rec.data.reading import open_table
from mtl_rec.errors import ArtifactError


@pytest.fixture
def read(tmp_path):
    """Reads columns of a file with this text."""

    def read_text(text: str, columns, name="rows.csv", **settings):
        path = tmp_path / name
        data = text.encode()
        path.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
        table = open_table(Table(kind="table", path=str(path), **settings))
        (batch,) = table.batches(columns, 100)
        return batch.to_pydict()

    return read_text


@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("name", ["rows.csv", "rows.tsv.gz"])
def test_the_separator_is_the_one_that_is_declared(read, separator, name):
    text = "id,x;y\n1,5;a\n".replace(";", separator)

    columns = {"id,x": ["1,5"], "y": ["a"]}
    assert read(text, ["id,x", "y"], name, separator=separator) == columns


def test_names_come_from_the_config_where_the_file_has_none(read):
    columns = read("7,a\n8,b\n", ["label", "id"], header=("id", "label"))

    assert columns == {"label": ["a", "b"], "id": ["7", "8"]}


def test_texts_that_stand_for_no_value_are_null(read):
    columns = read("x,y\nNA,1\n?,\n", ["x", "y"], missing=("NA", "?"))

    assert columns == {"x": [None, None], "y": ["1", None]}


def test_quotes_are_part_of_the_values_where_nothing_is_quoted(read):
    assert read('x,y\n5" pipe,1\n', ["x"], quoted=False) == {"x": ['5" pipe']}


def test_a_header_of_another_length_is_refused_with_the_file(read):
    with pytest.raises(ArtifactError, match=r"rows\.csv.*Expected 3 columns, got 2"):
        read("1,2\n3,4\n", ["a"], header=("a", "b", "c"))


@pytest.mark.parametrize(
    "settings", [{"header": ("a", "a")}, {"separator": ", "}, {"separator": ""}]
)
def test_what_can_not_be_is_refused_by_the_config(settings):
    with pytest.raises(ValidationError):
        Table(kind="table", path="x", **settings)
