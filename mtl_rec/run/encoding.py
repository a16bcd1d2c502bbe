"""The encoded splits of a run: in memory while they fit, else in files."""

import hashlib
from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from pathlib import Path

from mtl_rec.config.data import EncodedCache
from mtl_rec.data import Splits
from mtl_rec.data.fingerprint import data_fingerprint
from mtl_rec.preprocess import Preprocessor
from mtl_rec.run.memory_budget import MemoryBudget
from mtl_rec.run.stages import Stage, quiet
from mtl_rec.schema.encoded import EncodedExposures, joined
from mtl_rec.schema.encoded_files import has_encoded, open_encoded, write_encoded

LAYOUT = 2
"""Of encoded files; those of another one are not found."""


class SplitEncoder:
    """Encodes each split once, or finds it encoded by an earlier run.

    Args:
        preprocessor: Encodes.
        splits: What there is to encode.
        cache: How much stays in memory, and where the rest goes.
        stage: Called with what begins; the context ends with it.
    """

    def __init__(
        self,
        preprocessor: Preprocessor,
        splits: Splits,
        cache: EncodedCache,
        stage: Stage = quiet,
    ) -> None:
        self._preprocessor = preprocessor
        self._splits = splits
        self._cache = cache
        self._stage = stage
        self._encoded: dict[str, EncodedExposures] = {}
        self._budget = MemoryBudget(cache.memory_gib)

    def encode(self, name: str) -> EncodedExposures:
        """One split, in memory or stored.

        Args:
            name: `train`, `validation` or `test`.

        Raises:
            SchemaError: The rows contradict the config.
            ArtifactError: The data or the encoded files can't be read.
        """
        if name not in self._encoded:
            with self._stage(f"encode the {name} split"):
                self._encoded[name] = self._found_or_made(name)
        return self._encoded[name]

    def _found_or_made(self, name: str) -> EncodedExposures:
        schema, split = self._preprocessor.schema, getattr(self._splits, name)
        if Path(self._cache.directory).is_dir() and has_encoded(self.folder / name):
            return self._budget.placed(open_encoded(self.folder / name, schema))
        chunks = self._preprocessor.encode_chunks(split)
        kept: list[EncodedExposures] = []
        num_bytes = 0
        for chunk in chunks:
            kept.append(chunk)
            num_bytes += chunk.num_bytes
            if num_bytes > self._budget.bytes_left:
                del chunk
                write_encoded(self.folder / name, chain(_released(kept), chunks))
                return open_encoded(self.folder / name, schema)
        return self._budget.placed(joined(_released(kept)))

    @cached_property
    def folder(self) -> Path:
        """Where splits are stored: named by all that decides what is in them.

        Costs a pass over the files of the data.
        """
        learned = self._preprocessor.fingerprint()
        data = data_fingerprint(self._splits.train)
        named = f"{learned}{data}{LAYOUT}"
        name = hashlib.sha256(named.encode()).hexdigest()[:16]
        return Path(self._cache.directory) / name


def _released(kept: list[EncodedExposures]) -> Iterator[EncodedExposures]:
    """Yields the chunks and holds none of them any longer than that."""
    while kept:
        yield kept.pop(0)
