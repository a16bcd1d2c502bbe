"""The rows that one output is scored on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from mtl_rec.evaluation.keys import EvaluationKeys, Slicing
from mtl_rec.metrics import binary
from mtl_rec.metrics.resampling import Resamples
from mtl_rec.metrics.ties import ascending
from mtl_rec.schema import EncodedExposures, FunnelOutput


@dataclass(frozen=True)
class OutputRows:
    """Predictions of one output beside what happened.

    Attributes:
        name: Of the output.
        is_event: Whether it is a probability rather than a value.
        places: `(rows,)` positions among all rows.
        labels: `(rows,)`.
        predictions: `(rows,)`, ascending, so that nothing sorts them again.
        resamples: Of these rows.
        losses: `(rows,)` log losses of an event; None for values.
        weights: `(rows,)`, how many rows each stands for; None where it is one.
        truth: `(rows,)` true probabilities; None where they are not known.
    """

    name: str
    is_event: bool
    places: np.ndarray
    labels: np.ndarray
    predictions: np.ndarray
    resamples: Resamples
    losses: np.ndarray | None = None
    weights: np.ndarray | None = None
    truth: np.ndarray | None = None

    def __len__(self) -> int:
        """Returns the number of rows."""
        return len(self.places)

    def rows(self, chosen: np.ndarray) -> "OutputRows":
        """Some of the rows, as a mask or by their positions."""
        columns = ("places", "labels", "predictions", "losses", "weights", "truth")
        values = {name: getattr(self, name) for name in columns}
        kept = {n: None if v is None else v[chosen] for n, v in values.items()}
        return replace(self, resamples=self.resamples.rows(chosen), **kept)

    def slices(self, slicing: Slicing) -> Iterator[tuple[str, "OutputRows"]]:
        """The rows of each slice that has any, by its label."""
        codes = slicing.codes[self.places]
        order = np.argsort(codes, kind="stable")
        ends = np.cumsum(np.bincount(codes, minlength=len(slicing.labels)))
        for label, chosen in zip(
            slicing.labels, np.split(order, ends[:-1]), strict=True
        ):
            if len(chosen):
                yield label, self.rows(chosen)


def scored_outputs(
    predictions: Mapping[str, np.ndarray],
    exposures: EncodedExposures,
    keys: EvaluationKeys,
    num_resamples: int,
) -> Iterator[OutputRows]:
    """The rows of every output of the funnel, one output at a time.

    Args:
        predictions: By name of an output, `(rows,)`.
        exposures: Rows in the same order; only labels and weights are read.
        keys: Of these rows.
        num_resamples: How often users are drawn.
    """
    outputs = exposures.schema.funnel.outputs()
    missing = [output.name for output in outputs if output.name not in predictions]
    if missing:
        raise ValueError(
            f"`predictions` must have every output of the funnel. Missing: {missing}. "
            f"Received: {sorted(predictions)}."
        )
    num_rows = len(next(iter(exposures.labels.values())))
    resamples = Resamples.of(keys.users_of(num_rows), num_resamples)
    for output in outputs:
        yield _output_rows(output, predictions, exposures, keys, resamples)


def _output_rows(
    output: FunnelOutput,
    predictions: Mapping[str, np.ndarray],
    exposures: EncodedExposures,
    keys: EvaluationKeys,
    resamples: Resamples,
) -> OutputRows:
    """Those that it speaks of, by their predictions."""
    task = exposures.schema.funnel.task(output.task)
    label = exposures.joint_label(task)[:, 0]
    prediction = predictions[output.name]
    _require_finite_rows(output.name, prediction, len(label))
    places = exposures.rows_of(output)
    order = ascending(prediction[places])
    places = places if order is None else places[order]
    label, prediction = label[places], prediction[places]
    is_event = task.kind == "binary"
    weights = exposures.sampling_weights
    return OutputRows(
        output.name,
        is_event,
        places,
        label,
        prediction,
        resamples.rows(places),
        binary.losses(label, prediction) if is_event else None,
        None if weights is None else weights[places, 0],
        _truth(output, keys.truth, places),
    )


def _truth(
    output: FunnelOutput, truth: Mapping[str, np.ndarray], places: np.ndarray
) -> np.ndarray | None:
    """The true probability of an output, given what it is conditioned on."""
    if output.task not in truth:
        return None
    joint = truth[output.task][places].astype(np.float64)
    if output.given is None:
        return joint
    given = truth.get(output.given)
    return None if given is None else np.clip(joint / given[places], 0.0, 1.0)


def _require_finite_rows(name: str, prediction: np.ndarray, rows: int) -> None:
    if prediction.shape != (rows,):
        raise ValueError(
            f"`predictions['{name}']` must have the shape ({rows},), one for each row. "
            f"Received: {prediction.shape}."
        )
    if not np.isfinite(prediction).all():
        wrong = np.count_nonzero(~np.isfinite(prediction))
        raise ValueError(
            f"`predictions['{name}']` must be finite. "
            f"Received: NaN or infinity on {wrong} of {rows} rows."
        )
