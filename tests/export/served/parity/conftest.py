"""The servable as a version that is complete, and as Keras has it."""

from pathlib import Path

import pytest
from serving_load.subject import Subject
from serving_load.versions import write_version

from mtl_rec.config.export import Ranking

ROWS = 600
RANKING = Ranking.model_validate(
    {"score": [{"output": "click"}, {"output": "purchase_given_click", "power": 0.5}]}
)


@pytest.fixture(scope="module")
def subject(model, preprocessor, nasty, tmp_path_factory) -> Subject:
    """All nasty rows, for Keras in a process of its own."""
    subject = Subject(tmp_path_factory.mktemp("subject"))
    subject.save(model, preprocessor, nasty)
    return subject


@pytest.fixture(scope="module")
def complete(model, preprocessor, nasty, tmp_path_factory):
    """A version, and what it must answer to its first rows."""
    folder: Path = tmp_path_factory.mktemp("complete") / "1"
    some = nasty.slice(0, ROWS)
    return folder, write_version(folder, model, preprocessor, some, RANKING)
