"""Vectors of a file and of texts that stand in for them are of one encoder."""

from collections.abc import Mapping, Sequence

from mtl_rec.config.features import Feature, vectors_by_text
from mtl_rec.errors import ArtifactError
from mtl_rec.pretrained.language_model import LoadedModel
from mtl_rec.schema.given_vectors import GivenVectors


def require_one_encoder(
    features: Sequence[Feature],
    vectors: Mapping[str, GivenVectors],
    language_models: Mapping[str, LoadedModel],
) -> None:
    """Refuses vectors of which some would be in a space of their own.

    Args:
        features: That are declared.
        vectors: By feature that has a file of them.
        language_models: By text that has one.

    Raises:
        ArtifactError: A file was written by another encoder, or by none that is known.
    """
    for text, vector in vectors_by_text(features).items():
        encoder = vectors[vector.name].encoder
        if encoder == language_models[text].about.fingerprint:
            continue
        wrote = "another encoder" if encoder else "something else"
        raise ArtifactError(
            f"`fallback` of '{vector.name}' needs vectors of the language model that "
            f"encodes '{text}'. Received: '{vector.path}', which {wrote} wrote. Write "
            "it anew by `mtl-rec encode-items`, with the `source` of "
            f"'{text}' as `--encoder`."
        )
