"""What is scored on the test part: every output of a funnel where it speaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from contenders.datasets import PARTS, DataSet

NUM_RESAMPLES = 1000
USER = "user_id"


@dataclass(frozen=True)
class Scored:
    """One output, with the rows where its condition holds.

    Attributes:
        data_set: Its name.
        name: Of the output.
        given: The event it is conditioned on; None is the exposure.
        rows: `(scored rows,)` positions in the test part.
        labels: `(scored rows,)`, 0 or 1.
        weights: `(scored rows,)` of sampled data; None where every row counts once.
        draws: The users of these rows, drawn anew; equal for all outputs.
        truth: `(scored rows,)` true probability, where data is simulated.
    """

    data_set: str
    name: str
    given: str | None
    rows: np.ndarray
    labels: np.ndarray
    weights: np.ndarray | None
    draws: Any
    truth: np.ndarray | None

    @property
    def positives(self) -> int:
        return int(np.count_nonzero(self.labels))


def scored_outputs(data_set: DataSet) -> list[Scored]:
    """Every output of a data set, users drawn alike for all."""
    from mtl_rec.metrics.resampling import Resamples

    test, funnel = data_set.encoded["test"], data_set.schema.funnel
    draws = Resamples.of(users_of(data_set), NUM_RESAMPLES)
    outputs = []
    for output in funnel.outputs():
        label, rows = test.labels[output.task][:, 0], test.rows_of(output)
        weights = test.sampling_weights
        truth = None
        if output.given is None:
            truth = raw_column(data_set, f"true_{output.task}")
        outputs.append(
            Scored(
                data_set.name,
                output.name,
                output.given,
                rows,
                label[rows],
                None if weights is None else weights[rows, 0],
                draws.rows(rows),
                None if truth is None else truth[rows].astype(np.float64),
            )
        )
    return outputs


def users_of(data_set: DataSet) -> np.ndarray:
    """Codes of the users of the test part; without users every row is its own."""
    users = raw_column(data_set, USER)
    if users is None:
        return np.arange(len(data_set.encoded["test"]))
    return pd.factorize(users)[0]


def raw_column(data_set: DataSet, name: str, part: str = "test") -> np.ndarray | None:
    """A raw column of a part, in the order of the encoded rows; None without."""
    stream = getattr(data_set.splits, part)
    if any(name not in columns for columns in stream.source.headers.values()):
        return None
    number = PARTS.index(part)
    pieces = [
        batch.column(name).to_numpy(zero_copy_only=False)[parts == number]
        for batch, parts, _ in stream.batches([name])
    ]
    return np.concatenate(pieces)


def joint_and_conditional(
    schema: Any, joint: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """A funnel's outputs of a model that has one independent sigmoid per event.

    A conditional output is the ratio of the two joint ones, at most 1. Where negatives
    were sampled, the odds of the first event are put right by their rate, as those of
    our own models are, and the ratios, which sampling leaves alone, are kept.

    Args:
        schema: Of the rows.
        joint: By task, `(rows,)` probabilities as learned on the rows.
    """
    joint = {name: values.astype(np.float64) for name, values in joint.items()}
    if schema.sampling is not None:
        (first,) = [task.name for task in schema.tasks if task.after is None]
        learned = np.clip(joint[first], 1e-12, 1 - 1e-12)
        odds = learned / (1 - learned) * np.exp(schema.sampling.mean_log_rate)
        corrected = odds / (1 + odds)
        joint = {
            name: corrected * np.minimum(values / learned, 1.0)
            for name, values in joint.items()
        }
    outputs = {}
    for output in schema.funnel.outputs():
        values = joint[output.task]
        if output.given:
            values = np.minimum(values / np.maximum(joint[output.given], 1e-12), 1.0)
        outputs[output.name] = values
    return outputs
