"""What orders a list: `rank` of an exported version, run in this process."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from mtl_rec.config.served_names import RANK
from mtl_rec.errors import ArtifactError
from mtl_rec.export.loading import load_saved_model, read_schema
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.retrieval.recommending.items import Items
from mtl_rec.retrieval.recommending.loaded_signature import LoadedSignature
from mtl_rec.serving.client import Ranking
from mtl_rec.serving.client.ranking import ranking_of
from mtl_rec.serving.client.signatures import TensorType


class Ranker:
    """Orders items for one request; their features are looked up, not sent.

    Args:
        version: Exported version of a model that ranks.
        items: Whose features it reads.

    Attributes:
        outputs: Names of the probabilities.

    Raises:
        ArtifactError: The version is missing or damaged, can't rank, or reads features
            that the items do not have.
    """

    def __init__(self, version: Path, items: Items) -> None:
        advice = " A ranker is what `mtl-rec train` exports."
        self._rank = LoadedSignature(load_saved_model(version), RANK, version, advice)
        schema = read_schema(version)
        own = tuple(f for f in schema.features if f.side == "item")
        missing = sorted({f.name for f in own} - set(items.rows.column_names))
        if missing:
            raise ArtifactError(
                f"The items of a list must have the features that '{version}' ranks "
                f"by. Missing in the catalogue: {missing}. Export the retrieval models "
                "anew, from the config of the ranker."
            )
        self.version = version
        self.outputs = [output.name for output in schema.funnel.outputs()]
        self._of_items = raw_tensors(replace(schema, features=own), items.rows)
        self._of_context = {f.name for f in schema.features if f.side == "context"}

    @property
    def inputs(self) -> dict[str, TensorType]:
        """Features of a request, those of the user and of the moment, for one row."""
        return {
            name: self._without_candidates(name, kind)
            for name, kind in self._rank.inputs.items()
            if name not in self._of_items
        }

    def rank(self, request: Mapping[str, np.ndarray], items: np.ndarray) -> Ranking:
        """Scores and orders items.

        Args:
            request: Arrays of one row by feature.
            items: `(candidates,)` positions in the catalogue, one or more.
        """
        arrays = {n: values[items][np.newaxis] for n, values in self._of_items.items()}
        for name in self.inputs:
            values = request[name]
            is_moment = name in self._of_context
            arrays[name] = values[np.newaxis] if is_moment else values
        outputs = self._rank(arrays)
        return ranking_of([outputs], self.outputs, len(items))

    def _without_candidates(self, name: str, kind: TensorType) -> TensorType:
        if name not in self._of_context or kind.shape is None:
            return kind
        return TensorType(kind.dtype, kind.shape[1:])
