import numpy as np
import pytest

from mtl_rec.export.rungs.rung_protocol import (
    answer,
    batches,
    one_line,
    read_arrays,
    write_arrays,
)


def test_strings_and_numbers_come_back_as_they_were(tmp_path):
    words = [["", "Ärmel", b"\xff\x00"], ["x" * 100, "end\x00", "日本"]]
    arrays = {
        "score/words": np.array(words, object),
        "score/none": np.array([], object),
        "score/fixed": np.array(["a", "bc"]),
        "score/numbers": np.array([[1, 2]], np.int64),
    }

    write_arrays(tmp_path / "rows.npz", arrays)
    read = read_arrays(tmp_path / "rows.npz")

    assert read["score/words"].tolist() == [
        [b"", "Ärmel".encode(), b"\xff\x00"],
        [b"x" * 100, b"end\x00", "日本".encode()],
    ]
    assert read["score/none"].tolist() == []
    assert read["score/fixed"].tolist() == [b"a", b"bc"]
    assert read["score/numbers"].dtype == np.int64
    assert read["score/numbers"].tolist() == [[1, 2]]


def test_a_missing_string_is_refused(tmp_path):
    with pytest.raises(TypeError, match=r"must be str or bytes. Received: None\."):
        write_arrays(tmp_path / "rows.npz", {"words": np.array([None], object)})


def test_small_batches_keep_an_input_of_one_row():
    rows = {"user": np.array(["anna"]), "item": np.arange(5)}

    sizes = [
        (size, len(batch["user"]), len(batch["item"])) for size, batch in batches(rows)
    ]

    assert sizes == [(5, 1, 5), (1, 1, 1), (3, 1, 3)]


def test_an_input_without_rows_is_named():
    with pytest.raises(ValueError, match="no rows for input 'price' of 'score'"):
        answer({"score/item": np.arange(2)}, "score", ["item", "price"], dict)


def test_a_failure_names_the_signature_and_the_batch():
    def run(batch):
        if len(batch["item"]) == 3:
            raise ValueError("why\n\tand more")
        return batch

    with pytest.raises(RuntimeError, match=r"^'score' fails on a batch of 3: why$"):
        answer({"score/item": np.arange(9)}, "score", ["item"], run)


def test_a_reason_is_the_line_that_tells():
    message = "Graph execution error:\n\n2 root error(s) found.\n  (0) NO: why\n\t[[x]]"

    assert one_line(message) == "(0) NO: why"
