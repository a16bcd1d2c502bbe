"""One score of the outputs of a candidate, for the graph and for its proof."""

from collections.abc import Mapping

import numpy as np

from mtl_rec.config.export import Ranking, ScoreTerm
from mtl_rec.schema.funnel import Funnel


def score_terms(ranking: Ranking, funnel: Funnel) -> tuple[ScoreTerm, ...]:
    """The factors of the score: those declared, or the deepest event of the funnel.

    Of events that are equally deep it is the one declared first.
    """
    if ranking.score:
        return ranking.score
    events = [t.name for t in funnel if t.kind == "binary"] or list(funnel.names)
    deepest = max(events, key=lambda name: len(funnel.path(name)))
    return (ScoreTerm(output=deepest),)


def fused_scores(
    ranking: Ranking,
    funnel: Funnel,
    outputs: Mapping[str, np.ndarray],
    numbers: Mapping[str, np.ndarray],
) -> np.ndarray:
    """`prod_t (weight_t * output_t) ** power_t`, times a number if one is declared.

    Factors that are missing, infinite or negative count as 0.

    Args:
        ranking: Declares the factors.
        funnel: Whose outputs they are.
        outputs: Predictions by name, of any one shape.
        numbers: The numeric features by name, of that shape.

    Returns:
        float32 scores of that shape.
    """
    # As in the graph: logarithms neither overflow nor become NaN on the way.
    with np.errstate(divide="ignore"):
        logs = np.float64(0.0)
        for term in score_terms(ranking, funnel):
            factor = term.weight * _positive(outputs[term.output])
            logs = logs + term.power * np.log(factor)
        if ranking.times is not None:
            logs = logs + np.log(_positive(numbers[ranking.times]))
    largest = np.log(np.float64(np.finfo(np.float32).max))
    return np.exp(np.minimum(logs, largest)).astype(np.float32)


def _positive(values: np.ndarray) -> np.ndarray:
    wide = np.asarray(values, np.float64)
    return np.where(np.isfinite(wide) & (wide > 0), wide, 0.0)
