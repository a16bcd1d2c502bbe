import numpy as np
import pytest

from mtl_rec.export.rungs.rung_protocol import (
    answer,
    one_line,
    read_arrays,
    requests_of,
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


REQUESTS = {
    "score/all of 9/item": np.arange(9),
    "score/three/item": np.arange(3),
    "other/one/item": np.arange(1),
}


def test_requests_to_one_signature_are_told_from_those_to_others():
    requests = requests_of(REQUESTS, "score")

    assert list(requests) == ["all of 9", "three"]
    assert requests["three"]["item"].tolist() == [0, 1, 2]


def test_an_input_without_values_is_named():
    with pytest.raises(ValueError, match="three of 'score' has no input 'price'"):
        answer({"score/three/item": np.arange(3)}, "score", ["item", "price"], dict)


def test_a_signature_without_a_request_is_refused():
    with pytest.raises(ValueError, match="There is no request to 'rank'"):
        answer(REQUESTS, "rank", ["item"], dict)


def test_a_failure_names_the_signature_and_the_request():
    def run(batch):
        if len(batch["item"]) == 3:
            raise ValueError("why\n\tand more")
        return batch

    with pytest.raises(RuntimeError, match=r"^'score' fails on three: why$"):
        answer(REQUESTS, "score", ["item"], run)


def test_a_reason_is_the_line_that_tells():
    message = "Graph execution error:\n\n2 root error(s) found.\n  (0) NO: why\n\t[[x]]"

    assert one_line(message) == "(0) NO: why"
