import re

import pytest

from mtl_rec.errors import ArtifactError
from mtl_rec.models import load_model


def test_a_missing_file_is_named(tmp_path):
    path = tmp_path / "model.keras"
    text = f"There is no saved model at '{path}'."
    with pytest.raises(ArtifactError, match=re.escape(text)):
        load_model(path)


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "model.keras"
    path.write_bytes(b"not a model")
    with pytest.raises(ArtifactError, match=re.escape(f"'{path}' can't be loaded")):
        load_model(path)
