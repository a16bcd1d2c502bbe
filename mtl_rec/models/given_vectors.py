"""Vectors that are given, by id in a frozen table or by row, projected as trained."""

from collections.abc import Iterator, Mapping, Sequence

import keras
from keras import ops

from mtl_rec.config.feature_section import Side
from mtl_rec.config.features import Vector
from mtl_rec.errors import ArtifactError
from mtl_rec.models.fields import flattened, joined
from mtl_rec.models.layer_names import layer_name
from mtl_rec.models.layers.vector_projection import VectorProjection
from mtl_rec.models.table_reads import TableReads
from mtl_rec.schema.fields import IdField, IdListField, VectorField, Vocabulary
from mtl_rec.schema.given_vectors import read_vectors
from mtl_rec.schema.schema import Schema

ROWS_PER_COLUMN = 512
"""Rows of a table for each column of ids up to which it is projected as a whole.

A batch is seldom smaller. Measured with 1,600 vectors of 384 numbers, batch 512: with a
history of 20 items beside the item a row took 8.5 microseconds of CPU as a whole and 14
by rows; without vectors 6.5. The item alone took 8.0 as a whole and 7.5 by rows."""


def projects_whole(schema: Schema, vocabulary: Vocabulary) -> bool:
    """Whether a table has fewer rows than a batch of usual size asks it for.

    Args:
        schema: Has the fields that ask.
        vocabulary: Whose vectors are given.
    """
    columns = sum(
        field.length if isinstance(field, IdListField) else 1
        for field in schema.fields
        if isinstance(field, IdField | IdListField)
        and field.vocabulary == vocabulary.name
    )
    return vocabulary.num_ids <= ROWS_PER_COLUMN * columns


def projected(
    reads: Sequence[TableReads], vocabulary: str, width: int, network: str
) -> list[keras.KerasTensor]:
    """Given vectors as embeddings of another width, alike for all that share them.

    Args:
        reads: Of the table, which they have too if it is projected as a whole.
        vocabulary: Whose they are.
        width: Of the embeddings.
        network: As `embed_fields` has it.
    """
    layer = VectorProjection(width, name=projection_name(vocabulary, network))
    vectors = [own.read for own in reads]
    ids = [joined(own.columns.ids) for own in reads]
    table = reads[0].table if reads else None
    return layer(vectors, ids) if table is None else layer(vectors, ids, table)


def projected_rows(
    inputs: Mapping[str, keras.KerasTensor],
    schema: Schema,
    sides: Sequence[Side],
    embedding_dim: int,
    network: str,
) -> Iterator[tuple[VectorField, keras.KerasTensor]]:
    """The vectors that rows have as embeddings, `(batch, width)` each.

    Args:
        inputs: From `packed_inputs`.
        schema: Has the fields.
        sides: Whose fields.
        embedding_dim: Width where a field does not state its own.
        network: As `embed_fields` has it.
    """
    for side in sides:
        for field in schema.fields_of(VectorField, side):
            name = projection_name(field.name, network)
            layer = VectorProjection(field.embedding_dim or embedding_dim, name=name)
            (vectors,) = layer([ops.expand_dims(inputs[field.name], 1)])
            yield field, flattened(vectors)


def projection_name(feature: str, network: str) -> str:
    """The layer that projects given vectors, one for each network."""
    return layer_name(f"{feature}_projection", network)


def fill_tables(model: keras.Model, schema: Schema) -> None:
    """Reads the vectors of all features that have some into a new model.

    Raises:
        ArtifactError: A file can't be read, or is not what the preprocessor has seen.
    """
    for feature in schema.features:
        if not isinstance(feature, Vector) or feature.path is None:
            continue
        vectors = read_vectors(feature.path)
        if vectors.fingerprint() != schema.vocabularies[feature.name].vectors:
            raise ArtifactError(
                f"The vectors in '{feature.path}' have changed since the preprocessor "
                f"was fitted, which numbered the ids of '{feature.name}'. Begin a new "
                "run, with `mtl-rec train --fresh`."
            )
        table = model.get_layer(f"{feature.name}_vectors").table
        table.assign(vectors.table())
