"""What a run learned of its data, as far as weights depend on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mtl_rec.schema.number_statistics import NumberStatistics
from mtl_rec.schema.preprocessor_files import VOCABULARY, read_preprocessor_files
from mtl_rec.schema.schema import Schema
from mtl_rec.schema.vocabulary_file import read_vocabulary_keys


@dataclass(frozen=True)
class Learned:
    """Vocabularies and statistics of one run.

    Attributes:
        schema: Features, tasks and sizes.
        numbers: Statistics of every numeric feature.
        keys: Of the known values of every vocabulary, in the order of their ids.
    """

    schema: Schema
    numbers: Mapping[str, NumberStatistics]
    keys: Mapping[str, np.ndarray]

    @classmethod
    def read(cls, folder: Path) -> "Learned":
        """Reads the folder of a preprocessor, without TensorFlow.

        Raises:
            ArtifactError: A file is missing or damaged.
        """
        schema, numbers = read_preprocessor_files(folder)
        return cls(schema, numbers, read_vocabulary_keys(folder / VOCABULARY))

    def served_scale(self, task_name: str) -> tuple[float, float]:
        """Mean and deviation with which `logit * deviation + mean` is what is served.

        They are of a value's labels; an event without a parent has the correction for
        sampled negatives as its mean.
        """
        scale = self.schema.label_scales.get(task_name)
        if scale is not None:
            return scale.mean, scale.standard_deviation
        sampling = self.schema.sampling
        is_first = self.schema.funnel.task(task_name).after is None
        return (sampling.mean_log_rate if sampling and is_first else 0.0), 1.0
