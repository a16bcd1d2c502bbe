"""Embeddings with the names of what they stand for, for TensorBoard's projector."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import keras
import numpy as np
from google.protobuf import text_format
from tensorboard.plugins.projector.metadata import PROJECTOR_FILENAME
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

from mtl_rec.schema.schema import Schema
from mtl_rec.training.board.notes import Labels
from mtl_rec.training.board.tables import VocabularyRows, read_rows, vocabulary_rows
from mtl_rec.whole_files import written_whole

MOST_POINTS = 10_000
"""Rows of a vocabulary that are shown: those of its most frequent values."""

FEWEST_POINTS = 20
"""Values a vocabulary must have to be shown."""

FOLDER = "projector"


class Projector:
    """Writes embeddings as text, the one form in which they can be labelled.

    Keras' `TensorBoard` names variables of a checkpoint that it does not write.

    Args:
        folder: One of TensorBoard's runs; gets `projector_config.pbtxt`, and the points
            below `projector/`.
        schema: Says what rows stand for.
        labels: Names of known values.
    """

    def __init__(self, folder: Path, schema: Schema, labels: Labels) -> None:
        self._folder, self._schema, self._labels = folder, schema, labels

    def write(self, model: keras.Model) -> None:
        """Writes the points of a model as it is now."""
        places = vocabulary_rows(model, self._schema.vocabularies)
        shown = [place for place in places if self._num_points(place) >= FEWEST_POINTS]
        if not shown:
            return
        (self._folder / FOLDER).mkdir(parents=True, exist_ok=True)
        config = ProjectorConfig()
        for place in shown:
            self._write_points(place)
            embedding = config.embeddings.add()
            name = embedding.tensor_name = place.label
            embedding.tensor_path = f"{FOLDER}/{name}.tsv"
            embedding.metadata_path = f"{FOLDER}/{name}_labels.tsv"
        with written_whole(self._folder / PROJECTOR_FILENAME) as unfinished:
            unfinished.write_text(text_format.MessageToString(config), encoding="utf-8")

    def _num_points(self, place: VocabularyRows) -> int:
        columns = self._labels.get(place.vocabulary.name, {}).values()
        labelled = min((len(column) for column in columns), default=0)
        return min(labelled, len(place.known), MOST_POINTS)

    def _write_points(self, place: VocabularyRows) -> None:
        name, count = place.label, self._num_points(place)
        points = read_rows(place.layer, np.array(place.known[:count]))
        lines = ("\t".join(f"{value:.5g}" for value in point) for point in points)
        _write_lines(self._folder / FOLDER / f"{name}.tsv", lines)
        labels = self._labels[place.vocabulary.name]
        columns = {n: own[:count] for n, own in labels.items()}
        _write_lines(self._folder / FOLDER / f"{name}_labels.tsv", _table(columns))


def _table(columns: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """Lines of labels; the projector wants no header above a single column."""
    if len(columns) > 1:
        yield "\t".join(map(_cell, columns))
    for row in zip(*columns.values(), strict=True):
        yield "\t".join(map(_cell, row))


def _cell(text: str) -> str:
    """A text on one line without tabs; an empty line would shift all labels."""
    return " ".join(text.split()) or "(empty)"


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    with written_whole(path) as unfinished:
        unfinished.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
