"""Rows of every odd kind: tied, of one class, of one user, a single one, weighted."""

import numpy as np
from hypothesis import strategies as st

_TIED = st.sampled_from([0.0, 0.2, 0.5, 1.0])
_SCORES = st.sampled_from([_TIED, st.floats(0, 1, width=32), st.just(0.3)])
_LABELS = st.sampled_from([st.integers(0, 1), st.just(0), st.just(1)])
_USERS = st.sampled_from([st.integers(0, 4), st.just(0)])
_WEIGHTS = st.sampled_from([st.integers(1, 4), st.just(1)])


@st.composite
def any_rows(draw, max_rows=30):
    """Labels, scores, users and whole weights, `(rows,)` each."""
    num_rows = draw(st.integers(1, max_rows))
    labels, scores, users, weights = (
        draw(st.lists(draw(kind), min_size=num_rows, max_size=num_rows))
        for kind in (_LABELS, _SCORES, _USERS, _WEIGHTS)
    )
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    return (
        np.array(labels, np.float32),
        np.array(scores, dtype),
        np.array(users, np.int32),
        np.array(weights, np.float64),
    )


def repeated(weights, *columns):
    """Each row as often as it counts."""
    return [np.repeat(column, weights.astype(int)) for column in columns]
