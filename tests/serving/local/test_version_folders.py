"""Which children of a folder are versions."""

import pytest

from mtl_rec.serving.local.version_folders import versions_in


@pytest.mark.parametrize(
    ("name", "number"),
    [("1", 1), ("007", 7), ("+3", 3), ("0", 0), (str(2**63 - 1), 2**63 - 1)],
)
def test_names_that_are_numbers_are_versions(tmp_path, name, number):
    (tmp_path / name).mkdir()

    assert versions_in(tmp_path) == {number: tmp_path / name}


@pytest.mark.parametrize(
    "name",
    [".tmp-1", "1.0", "1_0", "-1", "v1", "\u0661", "1e3", "0x1", str(2**63)],
)
def test_other_names_are_not(tmp_path, name):
    (tmp_path / name).mkdir()

    assert versions_in(tmp_path) == {}


def test_two_names_of_one_number_are_one_version(tmp_path, caplog):
    for name in ("01", "1"):
        (tmp_path / name).mkdir()

    assert versions_in(tmp_path) == {1: tmp_path / "1"}
    assert "both version 1" in caplog.text
