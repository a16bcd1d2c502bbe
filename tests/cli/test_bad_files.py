"""Files that hold no such rows, through `mtl-rec train`: refused, nothing left."""

import pytest

HAS_ROWS = "'{path}' must hold rows. Received: "
BAD_FILES = {
    "rows.csv": {
        b"": HAS_ROWS + "an empty file.",
        b"user_id,price,tags,clicked,purchase,part\n": HAS_ROWS + "a header only.",
        b"a,b,a\n1,2,3\n": (
            "'{path}' must have columns of different names. "
            "Received more than once: ['a']."
        ),
        b"user_id,price,tags,clicked,purchase,part\nu1,1\n": (
            "'{path}' must be a readable csv file. Received: CSV parse error: "
            "Row #2: Expected 6 columns, got 2: u1,1."
        ),
    },
    "rows.parquet": {
        b"": HAS_ROWS + "an empty file.",
        b"PAR1 and then something else": (
            "'{path}' must be a readable parquet file. Received: Parquet magic bytes "
            "not found in footer. Either the file is corrupted or this is not a "
            "parquet file."
        ),
    },
    "rows.xlsx": {
        b"PK": (
            "'{path}' must end in .csv, .csv.gz, .tsv, .tsv.gz, .parquet, .tfrecord, "
            ".tfrecord.gz or .tfrecords, or `data.source.format` must say what it is. "
            "Received: ending '.xlsx'."
        )
    },
}


@pytest.mark.parametrize(
    ("name", "content"), [(n, c) for n, contents in BAD_FILES.items() for c in contents]
)
def test_bad_files_are_refused(train, write, name, content):
    path = write(name, content)

    message = BAD_FILES[name][content].format(path=path)
    assert train(name) == (1, "", message + "\n", [])


def test_a_file_that_is_not_there_is_named(train, tmp_path):
    text = (
        "`data.source.path` must name an existing file, folder or glob. Received: "
        f"'{tmp_path / 'rows.csv'}'. Relative paths start at "
        f"'{tmp_path / 'working_directory'}'.\n"
    )

    assert train("rows.csv") == (1, "", text, [])
