from mtl_rec.schema.vocabulary_file import (
    read_vocabulary_keys,
    read_vocabulary_values,
    write_vocabulary_file,
)


def test_keys_come_back_by_vocabulary_in_their_order(tmp_path):
    path = tmp_path / "vocabulary.txt"
    lines = [b"item=b", b"item=", b"item=a=\x0b\t,\xff", b"user=1"]

    write_vocabulary_file(path, [7, 2**62, -4, 7], lines)

    keys = read_vocabulary_keys(path)
    assert {name: own.tolist() for name, own in keys.items()} == {
        "item": [7, 2**62, -4],
        "user": [7],
    }


def test_a_file_without_values_has_no_keys(tmp_path):
    write_vocabulary_file(tmp_path / "vocabulary.txt", [], [])

    assert read_vocabulary_keys(tmp_path / "vocabulary.txt") == {}


def test_values_are_read_in_their_order_and_no_more_than_asked_for(tmp_path):
    path = tmp_path / "vocabulary.txt"
    lines = [b"item=a=b", "item=é".encode(), b"item=c", b"brand=\t", b"brand=\xff"]
    write_vocabulary_file(path, range(5), lines)

    values = read_vocabulary_values(path, most=2)

    assert values == {"item": ["a=b", "é"], "brand": ["\t", "\ufffd"]}
