"""Names for the rows of embedding tables, from the files that a run has."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.schema.fields import IdField, IdListField, Vocabulary
from mtl_rec.schema.preprocessor_files import VOCABULARY
from mtl_rec.schema.schema import Schema
from mtl_rec.schema.vocabulary_file import read_vocabulary_values
from mtl_rec.training.board.notes import Labels
from mtl_rec.training.board.samples import sample_rows

SAMPLE_ROWS = 2**18
"""Training rows in which the other features of an id are looked for."""

MOST_VALUES = 200_000
"""Values of a vocabulary that are read: words of titles are more than are shown."""

DETERMINED = 0.99
"""Share of an id's rows that have what its first row has, from which on that is taken
to be of the id: an item has one title, though a user has many hours."""


def embedding_labels(preprocessor: Path, train: EncodedExposures) -> Labels:
    """For every learned vocabulary its values, and what else is known of an id.

    A title, if each item has one, comes first: it is what the projector shows.

    Args:
        preprocessor: Folder of a saved preprocessor.
        train: Says which features belong to an id, such as the title of an item.
    """
    values = read_vocabulary_values(preprocessor / VOCABULARY, MOST_VALUES)
    rows = sample_rows(train, SAMPLE_ROWS)
    owners = {
        field.vocabulary: field
        for field in rows.schema.fields
        if isinstance(field, IdField) and field.name == field.vocabulary
    }
    labels = {}
    for name, own in values.items():
        texts, others = {}, {}
        if name in owners:
            texts, others = _described(owners[name], rows, values)
        labels[name] = {**texts, name: own, **others}
    return labels


def _described(
    owner: IdField, rows: EncodedExposures, values: dict[str, list[str]]
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Columns of text, and others, that an id decides."""
    schema = rows.schema
    ids = schema.ids_of(owner, rows.inputs)[:, 0]
    distinct, first, place = np.unique(ids, return_index=True, return_inverse=True)
    vocabulary = schema.vocabularies[owner.vocabulary]
    row_of = dict(zip(distinct.tolist(), first.tolist(), strict=True))
    known = range(vocabulary.num_ids - vocabulary.num_values, vocabulary.num_ids)
    texts: dict[str, list[str]] = {}
    others: dict[str, list[str]] = {}
    for field in _neighbours(owner, schema):
        if field.vocabulary not in values:
            continue
        found = schema.ids_of(field, rows.inputs)
        if (found == found[first][place]).all(axis=1).mean() < DETERMINED:
            continue
        own, words = schema.vocabularies[field.vocabulary], values[field.vocabulary]
        group = texts if isinstance(field, IdListField) else others
        group[field.name] = [
            " ".join(_words(found[row_of[id_]], own, words)) if id_ in row_of else ""
            for id_ in known[:MOST_VALUES]
        ]
    return texts, others


def _neighbours(owner: IdField, schema: Schema) -> Iterator[IdField | IdListField]:
    """Other fields of the same side."""
    for field in schema.fields:
        is_beside = field.side == owner.side and field.name != owner.name
        if is_beside and isinstance(field, IdField | IdListField):
            yield field


def _words(ids: np.ndarray, own: Vocabulary, words: list[str]) -> Iterator[str]:
    first_known = own.num_ids - own.num_values
    for id_ in ids.tolist():
        number = id_ - first_known
        if 0 <= number < len(words):
            yield words[number]
        elif id_:
            yield "?"
