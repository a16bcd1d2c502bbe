"""Rows, sizes, memory and time of a run, from its first rows and a few steps."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import keras
import numpy as np
import pyarrow as pa

from mtl_rec.config.run import RunConfig
from mtl_rec.data.splitting import LEFT_OUT, PARTS, open_split
from mtl_rec.errors import SchemaError
from mtl_rec.models import build_model
from mtl_rec.models.linear_terms import linear_tables
from mtl_rec.preprocess import Preprocessor
from mtl_rec.run.dry_run.head import Head, read_head
from mtl_rec.run.dry_run.machine import available_bytes, peak_bytes
from mtl_rec.run.dry_run.parameters import dense_parts, slots_per_weight
from mtl_rec.run.dry_run.sizes import VocabularySize, vocabulary_sizes
from mtl_rec.run.dry_run.timing import Speed, time_steps
from mtl_rec.run.pipeline import Stage, quiet
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.training import TrainableModel, make_trainable

FLOAT_BYTES = 4


@dataclass(frozen=True)
class Estimate:
    """What a run would take.

    Attributes:
        rows: Of each split; exact if `is_exact`.
        is_exact: Whether all rows were read.
        rows_looked_at: How many were.
        vocabularies: By name.
        parameters: Weights by part of the model.
        memory: Bytes by what they are for.
        available: Bytes that the machine has.
        seconds: By stage of the run; without evaluation and export.
        epochs: That training may take.
        speed: What the steps were timed at.
    """

    rows: Mapping[str, int]
    is_exact: bool
    rows_looked_at: int
    vocabularies: Mapping[str, VocabularySize]
    parameters: Mapping[str, int]
    memory: Mapping[str, int]
    available: int
    seconds: Mapping[str, float]
    epochs: int
    speed: Speed

    @property
    def total_seconds(self) -> float:
        """Preparing, and as many epochs as it may take."""
        once = self.seconds["prepare"] + self.seconds["compile"]
        return once + self.epochs * self.seconds["epoch"]

    @property
    def total_bytes(self) -> int:
        """Memory when it is largest."""
        return sum(self.memory.values())


def estimate_run(config: RunConfig, stage: Stage = quiet) -> Estimate:
    """Reads the first rows, builds the model, trains for some seconds.

    Args:
        config: The run.
        stage: Called with what begins; the context ends with it.

    Raises:
        ArtifactError: The data can't be read.
        SchemaError: The rows contradict the config.
    """
    keras.utils.set_random_seed(config.seed)
    with stage("read the first rows"):
        head = read_head(config)
        train, shares = _train_rows(config, head)
    rows = {part: round(shares[part] * head.num_rows) for part in PARTS}
    with stage("learn vocabularies and encode"):
        started = time.perf_counter()
        preprocessor = Preprocessor.fit(config.features, config.tasks, train)
        learned = time.perf_counter()
        encoded = preprocessor.encode(train)
        ended = time.perf_counter()
    growth = rows["train"] / max(1, train.num_rows)
    width = config.model.embedding_dim
    sizes = vocabulary_sizes(
        preprocessor.schema, train, config.features, config.tasks, growth, width
    )
    with stage("build the model and time its steps"):
        model = build_model(config.model, preprocessor.schema)
        trainable = make_trainable(model, config.training, preprocessor.schema)
        speed = time_steps(trainable, encoded, config.training, rows["train"])
    tables = sum(size.parameters for size in sizes.values())
    linear = len(config.tasks) * sum(
        sizes[vocabulary.name].expected
        for own in linear_tables(preprocessor.schema).values()
        for vocabulary in own
    )
    dense = dense_parts(trainable)
    parameters = {"embedding tables": tables, "linear weights": linear, **dense}
    count = train.num_rows
    learn_seconds = (learned - started) / count * rows["train"]
    encode_seconds = (ended - learned) / count * sum(rows.values())
    memory = _memory(config, trainable, encoded, rows, tables + linear, speed)
    return Estimate(
        rows,
        head.is_whole,
        head.rows.table.num_rows,
        sizes,
        parameters,
        memory,
        available_bytes(),
        {
            "prepare": head.seconds + learn_seconds + encode_seconds,
            "compile": speed.compile_seconds,
            "epoch": speed.train_seconds_a_row * rows["train"]
            + speed.validate_seconds_a_row * rows["validation"]
            + speed.save_seconds,
        },
        config.training.epochs,
        speed,
    )


def _train_rows(config: RunConfig, head: Head) -> tuple[pa.Table, dict[str, float]]:
    """The training rows of the head, and the share of the rows that each part is."""
    assign = open_split(config.data.split, head.rows, config.data.chunk_rows)
    table = head.rows.table.combine_chunks()
    parts = np.concatenate(
        [assign(batch, 0) for batch in table.to_batches()] or [np.zeros(0, int)]
    )
    counts = {part: int((parts == PARTS.index(part)).sum()) for part in PARTS}
    if not counts["train"]:
        raise SchemaError(
            "The first rows must have some to train on. Received: "
            f"{int((parts == LEFT_OUT).sum())} left out of {len(parts)}."
        )
    shares = {part: count / len(parts) for part, count in counts.items()}
    return table.filter(pa.array(parts == 0)), shares


def _memory(
    config: RunConfig,
    trainable: TrainableModel,
    exposures: EncodedExposures,
    rows: Mapping[str, int],
    tables: int,
    speed: Speed,
) -> dict[str, int]:
    """The process as it is, and what a run has beyond it."""
    slots = slots_per_weight(trainable)
    dense = sum(dense_parts(trainable).values())
    weights = FLOAT_BYTES * (tables + dense)
    remembered = round(FLOAT_BYTES * slots * (tables + dense))
    encoded_bytes = exposures.num_bytes
    encoded = encoded_bytes / len(exposures) * sum(rows.values())
    limit = config.data.encoded.memory_gib * 2**30
    # What does not fit is in files, and a few blocks of it in memory.
    kept = min(encoded, limit)
    own = FLOAT_BYTES * (1 + slots) * trainable.count_params()
    program = max(0, round(peak_bytes() - own - encoded_bytes))
    is_averaged = config.training.average_half_life_epochs is not None
    return {
        "weights": weights,
        # It, and the weights that it stands for while an epoch ends.
        "average of weights": 2 * weights if is_averaged else 0,
        "optimizer": remembered,
        "encoded rows": round(kept),
        "batches": 4 * speed.batch_bytes,
        "program": program,
    }
