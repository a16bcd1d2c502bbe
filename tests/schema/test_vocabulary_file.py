from mtl_rec.schema.vocabulary_file import read_vocabulary_keys, write_vocabulary_file


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
