import subprocess

import pytest

from mtl_rec.export.checksums import (
    CHECKSUMS_FILE,
    find_file_problem,
    sha256_of,
    write_checksums,
)


@pytest.fixture
def folder(tmp_path):
    """A version of two files, complete."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "items.txt").write_text("kettle")
    (tmp_path / "saved_model.pb").write_bytes(bytes(1000))
    write_checksums(tmp_path)
    return tmp_path


def test_a_complete_version_has_no_problem(folder):
    assert find_file_problem(folder) is None


def test_the_list_is_what_sha256sum_checks(folder):
    command = ["sha256sum", "--strict", "-c", CHECKSUMS_FILE]

    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)

    assert done.returncode == 0
    assert done.stdout == "assets/items.txt: OK\nsaved_model.pb: OK\n"


def test_a_missing_file_is_named(folder):
    (folder / "assets" / "items.txt").unlink()

    assert find_file_problem(folder) == "File 'assets/items.txt' is missing."


def test_files_that_nobody_listed_are_named(folder):
    for name in "abcdefg":
        (folder / name).touch()

    assert find_file_problem(folder) == (
        "Files 'a', 'b', 'c', 'd', 'e' and 2 more are not listed in SHA256SUMS."
    )


def test_a_changed_file_is_named(folder):
    (folder / "saved_model.pb").write_bytes(bytes(999) + b"1")

    assert find_file_problem(folder) == "File 'saved_model.pb' is not as written."


def test_every_flipped_bit_of_the_list_is_noticed(folder):
    (folder / "assets" / "items.txt").unlink()
    write_checksums(folder)
    path = folder / CHECKSUMS_FILE
    content = path.read_bytes()

    for place in range(len(content)):
        for bit in range(8):
            damaged = bytearray(content)
            damaged[place] ^= 1 << bit
            path.write_bytes(damaged)
            assert find_file_problem(folder), f"bit {bit} of byte {place}"


def test_every_truncation_of_the_list_is_noticed(folder):
    path = folder / CHECKSUMS_FILE
    content = path.read_bytes()

    for length in range(len(content)):
        path.write_bytes(content[:length])
        assert find_file_problem(folder), f"{length} bytes"


def test_a_version_without_the_list_is_refused(folder):
    (folder / CHECKSUMS_FILE).unlink()

    assert find_file_problem(folder) == (
        f"'{folder}/{CHECKSUMS_FILE}' can't be read: No such file or directory."
    )


def test_a_hash_is_that_of_the_standard(folder):
    (folder / "abc").write_bytes(b"abc")

    assert sha256_of(folder / "abc").startswith("ba7816bf8f01cfea414140de5dae2223")
