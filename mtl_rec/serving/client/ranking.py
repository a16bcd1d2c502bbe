"""The answer to a request that ranks candidates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mtl_rec.config.served_names import SCORE
from mtl_rec.serving.client.errors import ServerError


@dataclass(frozen=True)
class Ranking:
    """Candidates of one request, scored.

    Attributes:
        probabilities: By output, float32 `(candidates,)`, in the order of the request.
        score: What they are ranked by, float32 `(candidates,)`, in that order too.
        order: Positions of the candidates, the best first, int64 `(candidates,)`; of
            equal scores the first in the request comes first.
    """

    probabilities: Mapping[str, np.ndarray]
    score: np.ndarray
    order: np.ndarray


def ranking_of(
    replies: Sequence[Mapping[str, np.ndarray]], outputs: Sequence[str], count: int
) -> Ranking:
    """Joins the answers of requests that share out the candidates.

    Args:
        replies: Outputs by name, `(1, candidates)`, in order.
        outputs: Names of the probabilities.
        count: Candidates of all requests together.

    Raises:
        ServerError: An answer has no such output, or another size.
    """
    joined = joined_outputs(replies, (*outputs, SCORE), count, axis=1)
    score = joined.pop(SCORE)[0]
    # Negated rather than reversed, which would reverse equal scores as well.
    order = np.argsort(-score, kind="stable")
    return Ranking({name: own[0] for name, own in joined.items()}, score, order)


def joined_outputs(
    replies: Sequence[Mapping[str, np.ndarray]],
    outputs: Sequence[str],
    count: int,
    axis: int = 0,
) -> dict[str, np.ndarray]:
    """Outputs of several requests, one after another.

    Args:
        replies: Outputs by name, in order.
        outputs: Names of those to join.
        count: Rows, or candidates, of all requests together.
        axis: Their dimension.

    Raises:
        ServerError: An answer has no such output, or another size.
    """
    joined = {}
    for name in outputs:
        parts = [reply[name] for reply in replies if name in reply]
        if not replies:
            parts = [np.empty((1,) * axis + (0,), np.float32)]
        sizes = [part.shape[axis] for part in parts if part.ndim > axis]
        if len(sizes) < max(len(replies), 1) or sum(sizes) != count:
            shapes = [part.shape for part in parts]
            text = f"The server's output '{name}' must have {count} values"
            raise ServerError(f"{text}. Received shapes: {shapes}.", "INTERNAL")
        joined[name] = np.concatenate(parts, axis)
    return joined
