"""The laws that answers are held to where a distance from the expected is no measure.

Each is for answers of the type and shape that are expected.
"""

from collections.abc import Mapping

import numpy as np

from mtl_rec.export.proofs import MOST_RUNNERS_UP, Listing


class WrongAnswerError(ValueError):
    """An output that no tolerance makes right."""

    def __init__(self, output: str, what: str) -> None:
        super().__init__(what)
        self.output = f"Output '{output}'"


def require_equal(output: str, actual: np.ndarray, expected: np.ndarray) -> None:
    """Text and whole numbers are the same."""
    for place in np.ndindex(expected.shape):
        found, right = _plain(actual[place]), _plain(expected[place])
        if found != right:
            what = f"is {found!r} {at(place)}. Expected: {right!r}"
            raise WrongAnswerError(output, what)


def require_ratio(
    output: str, actual: np.ndarray, expected: np.ndarray, most: float
) -> None:
    """Products are as exact as their factors, however small they are."""
    distance = np.abs(actual.astype(np.float64) - expected)
    # What is smaller than every normal number counts as 0.
    allowed = most * np.abs(expected) + np.finfo(np.float32).tiny
    for place in zip(*np.nonzero(~(distance <= allowed)), strict=True):
        raise WrongAnswerError(
            output,
            f"is {actual[place]:.9g} {at(place)}. Expected: {expected[place]:.9g}, "
            f"within {most:g} of it",
        )


def require_order(
    output: str,
    order: np.ndarray,
    sorted_output: str,
    answers: Mapping[str, np.ndarray],
) -> None:
    """Ties may come in any order, and the best alone may be named."""
    for row, (positions, values) in enumerate(
        zip(order, answers[sorted_output], strict=True)
    ):
        named = sorted(set(positions.tolist()))
        if len(named) < len(positions) or not set(named) <= set(range(len(values))):
            raise WrongAnswerError(
                output,
                f"must name positions below {len(values)}, each once. Received: "
                f"{positions.tolist()} at row {row}",
            )
        best_first = values[positions]
        rest = np.delete(values, positions)
        lowest = best_first[-1] if len(best_first) else np.inf
        if not ((np.diff(best_first) <= 0).all() and (rest <= lowest).all()):
            raise WrongAnswerError(
                output,
                f"must sort '{sorted_output}', best first. Received: "
                f"{positions.tolist()} for {values.tolist()} at row {row}",
            )


def row_sizes(expected: np.ndarray) -> np.ndarray:
    """The size of the largest number of each row, `(rows, 1)`.

    The lowest number of all, which stands for none, is not counted as large.
    """
    sizes = np.abs(expected.astype(np.float64))
    sizes[sizes >= np.finfo(np.float32).max] = 0.0
    largest = sizes.max(axis=1, keepdims=True, initial=0.0)
    return np.maximum(largest, np.finfo(np.float32).tiny)


def require_listing(
    output: str,
    listing: Listing,
    actual: np.ndarray,
    expected: np.ndarray,
    scores: np.ndarray,
    share: float,
) -> None:
    """Things whose scores are equal, as exactly as they are known, change places."""
    allowed = 2 * share * row_sizes(scores)[:, 0]
    for row, (found, right) in enumerate(zip(actual, expected, strict=True)):
        found, right = [list(map(_plain, names)) for names in (found, right)]
        known = dict(zip(right, scores[row].astype(np.float64), strict=True))
        # Those that nearly made it have the last one's score, as exactly.
        nearly = set(map(_plain, listing.runners_up[row])) - {b""}
        is_any = len(nearly) == MOST_RUNNERS_UP
        last = min((s for name, s in known.items() if name), default=np.nan)
        seen = set()
        for column, (name, wanted) in enumerate(zip(found, right, strict=True)):
            is_nearly = name and (is_any or name in nearly)
            score = known.get(name, last if is_nearly else np.nan)
            is_equal = abs(score - float(scores[row, column])) <= allowed[row]
            if (name != wanted and not is_equal) or (name and name in seen):
                what = f"is {name!r} {at((row, column))}. Expected: {wanted!r}"
                raise WrongAnswerError(output, f"{what}, each once")
            seen.add(name)


def _plain(value: object) -> object:
    """A number as Python's, and text, which REST answers, as its bytes."""
    if isinstance(value, str):
        return value.encode()
    return value.item() if isinstance(value, np.generic) else value


def at(place: tuple[int, ...]) -> str:
    """A place of an answer in the words of an error."""
    row, *columns = place
    if columns:
        return f"at row {row}, column {', '.join(map(str, columns))}"
    return f"at row {row}"
