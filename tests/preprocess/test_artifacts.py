import re

import pytest

from mtl_rec.errors import ArtifactError
from mtl_rec.preprocess import Preprocessor

FILES = ["checksums.json", "numbers.json", "schema.json", "vocabulary.txt"]


def test_what_was_saved_encodes_the_same(fitted, nasty_table, tmp_path):
    fitted.save(tmp_path / "one")
    loaded = Preprocessor.load(tmp_path / "one")
    loaded.save(str(tmp_path / "two"))
    again = Preprocessor.load(str(tmp_path / "two"))

    expected = fitted.encode(nasty_table).fingerprint()
    assert loaded.schema == fitted.schema
    assert loaded.encode(nasty_table).fingerprint() == expected
    assert again.encode(nasty_table).fingerprint() == expected


def test_a_saved_preprocessor_is_four_files(fitted, tmp_path):
    fitted.save(tmp_path / "new" / "folder")

    names = sorted(path.name for path in (tmp_path / "new" / "folder").iterdir())
    assert names == FILES


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "changed", "a folder"])
def test_a_damaged_folder_is_refused(fitted, tmp_path, name, damage):
    fitted.save(tmp_path)
    path = tmp_path / name
    content = path.read_bytes()
    path.unlink()
    match damage:
        case "empty":
            path.touch()
        case "cut":
            path.write_bytes(content[: len(content) // 2])
        case "changed":
            place = len(content) // 2
            flipped = bytes([content[place] ^ 1])
            path.write_bytes(content[:place] + flipped + content[place + 1 :])
        case "a folder":
            path.mkdir()

    with pytest.raises(ArtifactError, match=re.escape(f"'{tmp_path}'")):
        Preprocessor.load(tmp_path)


def test_what_changed_is_named(fitted, tmp_path):
    fitted.save(tmp_path)
    with (tmp_path / "vocabulary.txt").open("a") as file:
        file.write("a=one more\n")

    with pytest.raises(ArtifactError) as error:
        Preprocessor.load(tmp_path)

    assert str(error.value) == (
        f"The preprocessor in '{tmp_path}' is damaged: vocabulary.txt changed since "
        "it was saved."
    )


def test_files_of_two_preprocessors_do_not_mix(fitted, nasty_table, tmp_path):
    fitted.save(tmp_path / "one")
    other = Preprocessor.fit(
        fitted.schema.features, fitted.schema.tasks, nasty_table.slice(0, 50)
    )
    other.save(tmp_path / "two")
    (tmp_path / "two" / "numbers.json").replace(tmp_path / "one" / "numbers.json")

    with pytest.raises(ArtifactError, match=r"numbers\.json changed since"):
        Preprocessor.load(tmp_path / "one")


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ArtifactError, match=r"can't be read.*No such file"):
        Preprocessor.load(tmp_path / "nowhere")
