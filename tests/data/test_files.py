"""Which files a path stands for."""

import re
from pathlib import Path

import pytest

from mtl_rec.data.files import find_files, readable
from mtl_rec.errors import ArtifactError


@pytest.fixture
def make(tmp_path):
    def make_files(*names: str) -> Path:
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("a\n1\n")
        return tmp_path

    return make_files


def names(found, root):
    return [str(file.relative_to(root)) for file in found[1]]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rows.csv", "csv"),
        ("rows.csv.gz", "csv"),
        ("ROWS.CSV", "csv"),
        ("rows.parquet", "parquet"),
    ],
)
def test_the_ending_tells_the_format(make, name, expected):
    root = make(name)

    assert find_files(str(root / name), None) == (expected, [root / name])


def test_a_declared_format_needs_no_ending(make):
    root = make("rows.txt")

    assert find_files(str(root / "rows.txt"), "csv") == ("csv", [root / "rows.txt"])


def test_a_folder_is_all_files_below_it_in_order(make):
    root = make("b/2.csv", "b/1.csv", "a/3.csv.gz", "README.md")

    found = find_files(str(root), None)

    assert names(found, root) == ["a/3.csv.gz", "b/1.csv", "b/2.csv"]


def test_hidden_files_and_what_spark_leaves_behind_are_not_rows(make):
    root = make("1.parquet", ".1.parquet", "_temporary/2.parquet", "_SUCCESS")

    assert names(find_files(str(root), None), root) == ["1.parquet"]


def test_a_glob_is_its_matches_in_order(make):
    root = make("day2.csv", "day1.csv", "other.csv")

    found = find_files(str(root / "day*.csv"), None)

    assert names(found, root) == ["day1.csv", "day2.csv"]


def test_a_glob_reaches_into_folders(make):
    root = make("a/1.csv", "a/b/2.csv")

    assert names(find_files(str(root / "**/*.csv"), None), root) == [
        "a/1.csv",
        "a/b/2.csv",
    ]


@pytest.mark.parametrize("path", ["", "*"])
def test_a_declared_format_leaves_out_the_other(make, path):
    root = make("1.csv", "2.parquet")

    assert names(find_files(str(root / path), "parquet"), root) == ["2.parquet"]


def test_a_glob_of_a_declared_format_takes_files_without_ending(make):
    root = make("part-0", "part-1")

    assert names(find_files(str(root / "part-*"), "csv"), root) == ["part-0", "part-1"]


def test_a_path_that_leads_nowhere_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = (
        "`data.source.path` must name an existing file, folder or glob. "
        f"Received: 'rows.csv'. Relative paths start at '{tmp_path}'."
    )

    with pytest.raises(ArtifactError, match=re.escape(text)):
        find_files("rows.csv", None)


def test_a_glob_without_matches_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = (
        "`data.source.path` must match at least one file. Received: '*.csv'. "
        f"Relative paths start at '{tmp_path}'."
    )

    with pytest.raises(ArtifactError, match=re.escape(text)):
        find_files("*.csv", None)


def test_a_folder_without_tables_is_refused(make):
    root = make("README.md")
    text = (
        f"The folder '{root}' must hold files that end in .csv, .csv.gz, .tsv, "
        ".tsv.gz or .parquet. Received: none."
    )

    with pytest.raises(ArtifactError, match=re.escape(text)):
        find_files(str(root), None)


def test_a_folder_without_the_declared_format_is_refused(make):
    root = make("1.csv")
    text = f"The folder '{root}' must hold files that end in .parquet. Received: none."

    with pytest.raises(ArtifactError, match=re.escape(text)):
        find_files(str(root), "parquet")


def test_mixed_formats_are_refused(make):
    root = make("1.csv", "2.csv", "3.parquet")
    text = (
        f"'{root}' must lead to files of one format. Received: 2 csv and 1 parquet. "
        "Set `data.source.format` to take one."
    )

    with pytest.raises(ArtifactError, match=re.escape(text)):
        find_files(str(root), None)


@pytest.mark.parametrize("path", ["rows.xlsx", "rows*"])
def test_an_unknown_ending_is_refused(make, path):
    root = make("rows.xlsx")
    text = (
        f"'{root / 'rows.xlsx'}' must end in .csv, .csv.gz, .tsv, .tsv.gz or "
        ".parquet, or "
        "`data.source.format` must say what it is. Received: ending '.xlsx'."
    )

    with pytest.raises(ArtifactError, match=re.escape(text)):
        find_files(str(root / path), None)


def test_an_empty_file_is_refused(make):
    root = make("1.csv", "2.csv")
    (root / "2.csv").write_bytes(b"")
    text = f"'{root / '2.csv'}' must hold rows. Received: an empty file."

    with pytest.raises(ArtifactError, match=re.escape(text)):
        find_files(str(root), None)


def test_a_readers_complaint_is_cut_to_its_first_line():
    text = "'x.csv' must be a readable csv file. Received: it is broken."

    with (
        pytest.raises(ArtifactError, match=f"^{re.escape(text)}$"),
        readable("x.csv", "csv"),
    ):
        raise OSError("it is broken.\n1,2,3")
