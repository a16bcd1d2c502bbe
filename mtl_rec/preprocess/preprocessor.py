"""Raw features to packed inputs: once for training, and inside the served graph."""

import os
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from mtl_rec.config.features import Feature
from mtl_rec.config.tasks import Task
from mtl_rec.preprocess.arrays import encode_tables
from mtl_rec.preprocess.fitting import fitted_schema, learn
from mtl_rec.preprocess.graph import EncodingGraph
from mtl_rec.preprocess.lookup import write_vocabularies
from mtl_rec.schema.encoded import EncodedExposures, joined
from mtl_rec.schema.number_statistics import NumberStatistics
from mtl_rec.schema.preprocessor_files import (
    VOCABULARY,
    copy_token_files,
    fingerprint,
    read_preprocessor_files,
    tokens_path,
    write_pieces,
    write_preprocessor_files,
)
from mtl_rec.schema.rows import Rows, canonical
from mtl_rec.schema.schema import Schema


class Preprocessor:
    """Encodes raw features the same way in training and in the served graph.

    Made by `fit` or `load`. `encode` turns tables into arrays; `graph` is what the
    export puts before the model.

    Attributes:
        schema: Features, funnel and learned sizes.
        graph: The encoding as TensorFlow operations.
    """

    def __init__(
        self,
        schema: Schema,
        numbers: Mapping[str, NumberStatistics],
        vocabulary_path: Path,
    ) -> None:
        self.schema = schema
        self.graph = EncodingGraph(schema, numbers, vocabulary_path)
        self._numbers = numbers
        self._vocabulary_path = vocabulary_path

    @classmethod
    def fit(
        cls,
        features: Sequence[Feature],
        tasks: Sequence[Task],
        exposures: Rows | Iterable[pa.Table],
    ) -> "Preprocessor":
        """Learns vocabularies and statistics, in one pass.

        Args:
            features: The `features` of a run.
            tasks: The `tasks` of a run.
            exposures: The training split, never those that the model is judged on; as
                `encode` takes them.

        Raises:
            SchemaError: There are no rows, or they contradict what is declared.
        """
        learned = learn(features, tasks, _canonical(exposures, features, tasks))
        schema = fitted_schema(features, tasks, learned)
        folder = Path(tempfile.mkdtemp(prefix="mtl_rec_vocabulary_"))
        try:
            write_vocabularies(folder / VOCABULARY, learned.values)
            copy_token_files(features, folder)
            for name, own in learned.language_models.items():
                write_pieces(tokens_path(folder / VOCABULARY, name), own.pieces)
            preprocessor = cls(schema, learned.numbers, folder / VOCABULARY)
        except BaseException:
            shutil.rmtree(folder)
            raise
        # An export copies the file, so it stays for as long as the graph is used.
        weakref.finalize(preprocessor.graph, shutil.rmtree, folder, ignore_errors=True)
        return preprocessor

    def encode(
        self, exposures: Rows | Iterable[pa.Table], with_labels: bool = True
    ) -> EncodedExposures:
        """Encodes one split.

        Args:
            exposures: A frame or table, or chunks such as `open_exposures` gives, with
                the data's own or the features' names.
            with_labels: Whether to take the labels; rows to predict have none.

        Raises:
            SchemaError: There are no rows, or they contradict what is declared.
        """
        return joined(self.encode_chunks(exposures, with_labels))

    def encode_chunks(
        self, exposures: Rows | Iterable[pa.Table], with_labels: bool = True
    ) -> Iterator[EncodedExposures]:
        """What `encode` joins, in the chunks that come in.

        Raises:
            SchemaError: The rows contradict what is declared.
        """
        tasks = self.schema.tasks if with_labels else ()
        chunks = _canonical(exposures, self.schema.features, tasks)
        return encode_tables(self.graph, chunks, with_labels)

    def fingerprint(self) -> str:
        """A hash of everything that was learned and declared."""
        return fingerprint(self.schema, self._numbers, self._vocabulary_path)

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Writes everything that was learned to a new or empty folder."""
        write_preprocessor_files(
            Path(folder), self.schema, self._numbers, self._vocabulary_path
        )

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> "Preprocessor":
        """Reads what `save` wrote.

        Raises:
            ArtifactError: A file is missing or damaged.
        """
        schema, numbers = read_preprocessor_files(Path(folder))
        return cls(schema, numbers, Path(folder) / VOCABULARY)


def _canonical(
    exposures: Rows | Iterable[pa.Table],
    features: Sequence[Feature],
    tasks: Sequence[Task],
) -> Iterator[pa.Table]:
    chunks = [exposures] if isinstance(exposures, Rows) else exposures
    for chunk in chunks:
        yield canonical(chunk, features, tasks)
