"""AUCs of the encoders on one output, against the truth where it is known."""

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from contenders.comparing import Aucs, aucs, difference
from contenders.runs import Run
from contenders.scored import Scored
from reporting import Bar

MEAN = "mean"
"""What every other encoder is compared with."""
BEATS_MEAN = ("din", "transformer")
"""Encoders that are claimed to be ahead of it where the truth is known."""

Runs = Mapping[str, Mapping[int, Run]]


def scores_of(output: Scored, runs: Runs) -> dict[str, Aucs]:
    """By encoder, its AUCs: against the truth where it is known, else the labels."""
    scored = {}
    for encoder, own in runs.items():
        predictions = {
            seed: run.predictions[output.name][output.rows] for seed, run in own.items()
        }
        scored[encoder] = (
            aucs(output, predictions)
            if output.truth is None
            else true_aucs(output, predictions)
        )
    return scored


def true_aucs(output: Scored, predictions: Mapping[int, Any]) -> Aucs:
    """As `aucs`, against the true probabilities."""
    from mtl_rec.metrics.soft import soft_auc

    estimates = {
        seed: soft_auc(output.truth, values, output.draws)
        for seed, values in predictions.items()
    }
    return Aucs(
        {seed: estimate.value for seed, estimate in estimates.items()},
        {seed: estimate.resampled for seed, estimate in estimates.items()},
    )


def table_row(
    output: Scored, encoder: str, scores: Mapping[str, Aucs], runs: Mapping[int, Run]
) -> dict[str, Any]:
    """One encoder on one output, over its seeds."""
    own, about = scores[encoder], [run.about for run in runs.values()]
    ahead = None if encoder == MEAN else difference(own, scores[MEAN])
    return {
        "data": output.data_set,
        "output": output.name,
        "positives": f"{output.positives:,}",
        "encoder": encoder,
        "seeds": len(own.exact),
        "AUC of": "labels" if output.truth is None else "true probabilities",
        "AUC": f"{mean(own.exact.values()):.4f}",
        "less that of mean": str(ahead) if ahead else "",
        "trained on": "; ".join(sorted({own["trained_on"] for own in about})),
        "parameters": f"{about[0]['num_parameters']:,}",
        "rows/s": f"{mean(own['rows_per_second'] for own in about):,.0f}",
        "CPU us/row": f"{mean(own['cpu_microseconds_per_row'] for own in about):.1f}",
    }


def bars_of(output: Scored, scores: Mapping[str, Aucs]) -> list[Bar]:
    """That target attention and the transformer beat the mean on simulated data."""
    if output.truth is None:
        return []
    bars = []
    for encoder in BEATS_MEAN:
        measured = None
        if encoder in scores:
            measured = difference(scores[encoder], scores[MEAN])
        if measured is not None:
            place = f"{output.data_set}, {output.name}"
            ahead = f"true AUC of {encoder} less that of {MEAN} {measured}"
            bars.append(Bar(f"{place}: {ahead}, lower end", measured.low, 0.0))
    return bars


def ceiling_sentences(outputs: Sequence[Scored]) -> list[str]:
    """What the true probabilities themselves score."""
    known = [output for output in outputs if output.truth is not None]
    return [
        f"{output.data_set}, {output.name}: the true probabilities have a true AUC of "
        f"{true_aucs(output, {0: output.truth}).exact[0]:.4f}."
        for output in known
    ]
