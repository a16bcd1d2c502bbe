"""Vectors that are given of ids: a frozen table, and a projection that is trained."""

from collections.abc import Sequence

import keras

from mtl_rec.config.features import Vector
from mtl_rec.errors import ArtifactError
from mtl_rec.models.initial_weights import InitialWeights, glorot_limit
from mtl_rec.models.layer_names import layer_name
from mtl_rec.schema.given_vectors import read_vectors
from mtl_rec.schema.schema import Schema


def projected(
    vectors: Sequence[keras.KerasTensor], vocabulary: str, width: int, network: str
) -> list[keras.KerasTensor]:
    """Given vectors as embeddings of another width, alike for all that share them.

    Args:
        vectors: `(batch, columns, vector_dim)` each.
        vocabulary: Whose they are.
        width: Of the embeddings.
        network: As `embed_fields` has it.
    """
    limit = glorot_limit(vectors[0].shape[-1], width)
    projection = keras.layers.Dense(
        width,
        use_bias=False,
        kernel_initializer=InitialWeights("uniform", limit),
        name=projection_name(vocabulary, network),
    )
    return [projection(own) for own in vectors]


def projection_name(vocabulary: str, network: str) -> str:
    """The layer that projects given vectors, one for each network."""
    return layer_name(f"{vocabulary}_projection", network)


def fill_tables(model: keras.Model, schema: Schema) -> None:
    """Reads the vectors of all features that have some into a new model.

    Raises:
        ArtifactError: A file can't be read, or is not what the preprocessor has seen.
    """
    for feature in schema.features:
        if not isinstance(feature, Vector):
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
