"""What an event holds, made with TensorBoard's helpers that need no TensorFlow."""

import math
import time
from collections.abc import Mapping

import numpy as np
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.histogram.summary_v2 import histogram_pb
from tensorboard.plugins.hparams import metadata as hparams_metadata
from tensorboard.plugins.hparams.api_pb2 import Status
from tensorboard.plugins.hparams.plugin_data_pb2 import (
    HParamsPluginData,
    SessionEndInfo,
)
from tensorboard.plugins.hparams.summary_v2 import hparams_pb
from tensorboard.plugins.pr_curve import metadata as pr_curve_metadata
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.plugins.text.summary_v2 import text_pb
from tensorboard.util.tensor_util import make_tensor_proto

PR_THRESHOLDS = 501
"""Between 0 and 1, evenly, as the dashboard has it: rare events lie at the low end."""

Hyperparameters = Mapping[str, bool | int | float | str]


def scalars(values: Mapping[str, float]) -> list[Summary]:
    """One for each tag; values that are not defined are left out."""
    return [
        scalar_pb(tag, value) for tag, value in values.items() if math.isfinite(value)
    ]


def histogram(tag: str, values: np.ndarray) -> Summary:
    """How values of any shape are spread."""
    return histogram_pb(tag, values)


def text(tag: str, markdown: str) -> Summary:
    """A page of the text dashboard."""
    return text_pb(tag, markdown)


def pr_curve(tag: str, labels: np.ndarray, probabilities: np.ndarray) -> Summary:
    """Precision and recall of an event at every threshold.

    Args:
        tag: Name in the dashboard.
        labels: 0 or 1, `(rows,)`.
        probabilities: Of label 1, `(rows,)`.
    """
    bucket = np.floor(np.clip(probabilities, 0, 1) * (PR_THRESHOLDS - 1)).astype(int)

    def above(weights: np.ndarray) -> np.ndarray:
        counts = np.bincount(bucket, weights, PR_THRESHOLDS)
        return counts[::-1].cumsum()[::-1]

    found, wrong = above(labels), above(1.0 - labels)
    precision = found / np.maximum(found + wrong, 1)
    recall = found / max(found[0], 1)
    rows = (found, wrong, wrong[0] - wrong, found[0] - found, precision, recall)
    summary = Summary()
    summary.value.add(
        tag=tag,
        tensor=make_tensor_proto(np.stack(rows).astype(np.float32)),
        metadata=pr_curve_metadata.create_summary_metadata(
            display_name=tag, description="", num_thresholds=PR_THRESHOLDS
        ),
    )
    return summary


def hyperparameters(values: Hyperparameters, name: str) -> Summary:
    """A row of the HParams dashboard.

    Args:
        values: By name.
        name: Of the row; rows of one name are averaged.
    """
    return hparams_pb(dict(values), trial_id=name)


def session_end() -> Summary:
    """Says in the HParams dashboard that a run came to its end."""
    end = SessionEndInfo(status=Status.STATUS_SUCCESS, end_time_secs=time.time())
    summary = Summary()
    summary.value.add(
        tag=hparams_metadata.SESSION_END_INFO_TAG,
        metadata=hparams_metadata.create_summary_metadata(
            HParamsPluginData(session_end_info=end)
        ),
        tensor=hparams_metadata.NULL_TENSOR,
    )
    return summary
