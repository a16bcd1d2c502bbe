"""The rows of the table that readers compare."""

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

import numpy as np

from contenders.comparing import Aucs
from contenders.runs import Run
from contenders.scored import Scored


def table_row(
    output: Scored, contender: str, scores: Aucs, runs: Mapping[int, Run]
) -> dict[str, Any]:
    """One contender on one output, over its seeds."""
    from mtl_rec.metrics import binary

    values = list(scores.exact.values())
    predictions = [run.predictions[output.name][output.rows] for run in runs.values()]
    about = [run.about for run in runs.values()]
    return {
        "data": output.data_set,
        "output": output.name,
        "positives": f"{output.positives:,}",
        "contender": contender,
        "seeds": len(values),
        "AUC": f"{mean(values):.4f}",
        "lowest": f"{min(values):.4f}",
        "highest": f"{max(values):.4f}",
        "log loss": f"{_mean_of(binary.log_loss, output, predictions):.4f}",
        "calibration": f"{_mean_of(binary.calibration_ratio, output, predictions):.3f}",
        "CPU s": f"{mean(own['cpu_seconds'] for own in about):.0f}",
        **true_columns(output, predictions),
    }


def overview_row(
    output: Scored, scores: Mapping[str, Aucs], contenders: Sequence[str]
) -> dict[str, str]:
    """The mean AUCs of all contenders on one output, side by side."""
    means = {
        name: f"{mean(scores[name].exact.values()):.4f}" if name in scores else ""
        for name in contenders
    }
    positives = f"{output.positives:,}"
    about = {"data": output.data_set, "output": output.name, "positives": positives}
    return about | means


def true_columns(output: Scored, predictions: list[np.ndarray]) -> dict[str, str]:
    """AUC against the true probabilities, and the share of what the truth reaches."""
    if output.truth is None:
        return {"true AUC": "", "of the ceiling": ""}
    ceiling = true_auc(output, output.truth)
    value = mean(true_auc(output, own) for own in predictions)
    share = (value - 0.5) / (ceiling - 0.5)
    return {"true AUC": f"{value:.4f}", "of the ceiling": f"{share:.1%}"}


def true_auc(output: Scored, scores: np.ndarray) -> float:
    """AUC over all labels that the true probabilities could have given."""
    from mtl_rec.metrics.resampling import Resamples
    from mtl_rec.metrics.soft import soft_auc

    no_draws = Resamples.of(np.arange(len(scores)), 0)
    return soft_auc(output.truth, scores, no_draws).value


def _mean_of(metric: Any, output: Scored, predictions: list[np.ndarray]) -> float:
    return mean(
        metric(output.labels, own, weights=output.weights) for own in predictions
    )
